/* What the two programs agree on. Next: tests/qemu/revoked-waiting/peer.c */
#pragma once

#include "abi/limits.h"

#define PEER_CALLS (CAP_CQ_ENTRIES - 3)
