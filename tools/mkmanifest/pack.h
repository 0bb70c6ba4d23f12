/* From a system as JSON, and the programs that it names, to the SystemManifest message.
 *
 * Next: tools/mkmanifest/pack.c
 */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "tools/mkmanifest/problems.h"

#define BINARY_FOLDERS_MAX 16

/* Where programs are looked for, in this order. */
struct binary_folders {
    const char *paths[BINARY_FOLDERS_MAX];
    unsigned count;
};

/* A packed message: the words are the caller's, to be freed. */
struct packed {
    uint64_t *words;
    uint32_t word_count;
};

/* Builds the message. What cannot be expressed in it is added to `problems`, each with its path, and the
 * rest is still built, for lib/manifest to judge; with problems->count > 0 it is not to be used.
 * json_bytes is the length of the JSON text, which bounds the size of all but the programs.
 * words == NULL: there is nothing to judge. */
struct packed pack_system(json_t *json, size_t json_bytes, const struct binary_folders *folders,
                          struct problems *problems);
