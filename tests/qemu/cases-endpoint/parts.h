/* What cases-endpoint and its peers agree on. Next: tests/qemu/cases-endpoint/peer.c */
#pragma once

#include "abi/limits.h"

#define FLOOD_CALLS   (CAP_CQ_ENTRIES - 1)
#define MOURNERS      4
#define MOURNER_CALLS 5
#define HOARD_CALLS   (MOURNERS * MOURNER_CALLS)
