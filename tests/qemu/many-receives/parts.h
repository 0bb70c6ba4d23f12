/* What the programs agree on. Next: tests/qemu/many-receives/peer.c */
#pragma once

#include "abi/limits.h"

#define PEER_RECVS (CAP_CQ_ENTRIES - 2)
