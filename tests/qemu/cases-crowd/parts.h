/* What cases-crowd and its peers agree on. Next: tests/qemu/cases-crowd/peer.c */
#pragma once

#include "tests/qemu/cases.h"

/* How a relay ends, whose two neighbours in the chain live. */
#define RELAY_WELL        0
#define RELAY_CALLEE_DEAD 201
#define RELAY_CALLER_DEAD 202

/* The answer of a relay whose callee is dead, with the word that it was called with. */
#define RELAY_BROKEN (1ull << 32)

/* Calls of a greedy process that may wait. */
#define GREEDY_CALLS 8

/* Calls that one of two processes that serve each other may have under way. */
#define RECURSE_CALLS 12
