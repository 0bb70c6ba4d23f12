/* What cases-time and its peers agree on. Next: tests/qemu/cases-time/cases-time.c */
#pragma once

#include "abi/base.h"

static const uint64_t parts_bad_numbers[] = {
    0,
    3,
    77,
    0x80000000,
    0xffffffff,
    1ull << 32,
    1ull << 63,
    1ull << 32 | 1,
    1ull << 63 | 2,
    0xffff800000000001,
    UINT64_MAX - 1,
    UINT64_MAX,
};
#define PARTS_BAD_NUMBERS (sizeof parts_bad_numbers / sizeof parts_bad_numbers[0])
