/* What the programs agree on. Next: tests/qemu/long-end-calls/peer.c */
#pragma once

#include "abi/limits.h"

#define FLOOD_CALLS (CAP_CQ_ENTRIES - 1)
#define LOOK_NS     2000000000
