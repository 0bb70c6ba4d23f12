/* What random-calls and its actors agree on. Next: tests/qemu/random-calls/actor.c */
#pragma once

#include "tests/qemu/random.h"

#define ACTORS_INTERFACE_ID 0x1234

enum actors_end {
    ACTORS_END_EXIT,
    ACTORS_END_FAULT,
    ACTORS_END_KILLED, /* waits for it */
    ACTORS_END_COUNT,
};

/* FNV-1a, 64 bits (Fowler, Noll, Vo); never 0 in practice, and the same for the same name. */
static inline uint64_t actors_seed(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325;
    while (*name)
        hash = (hash ^ (uint8_t)*name++) * 0x100000001b3;
    return hash;
}

static inline enum actors_end actors_end(const char *name)
{
    return (enum actors_end)(actors_seed(name) % ACTORS_END_COUNT);
}
