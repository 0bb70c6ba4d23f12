/* What parent and children agree on. Next: tests/qemu/memory-sharing/child.c */
#pragma once

#include "tests/qemu/memory.h"

#define MAPPED_AT       CAP_MAPPINGS_START
#define PATTERN         0x1122334455667788
#define SHARED_PAGES    3
#define SIGNAL_WRITTEN  1
#define SIGNAL_UNMAPPED 2
#define SERVED_ID       0x77

enum role {
    ROLE_ONE_PAGE,
    ROLE_MANY_PAGES,
    ROLE_WRITE_READ_ONLY,
    ROLE_READ_UNMAPPED,
    ROLE_READ_MANY_UNMAPPED,
    ROLE_WRITE_PROTECTED,
    ROLE_WRITE_CODE,
    ROLE_RUN_DATA,
    ROLE_BEHIND_THE_END,
    ROLE_READ_RESERVED,
    ROLE_STACK_GUARD,
    ROLE_RUN_CODE,
    ROLE_SHARE,
    ROLE_GIVE,
    ROLE_COUNT
};

static const char *const role_names[ROLE_COUNT] = {
    [ROLE_ONE_PAGE] = "one-page",
    [ROLE_MANY_PAGES] = "many-pages",
    [ROLE_WRITE_READ_ONLY] = "write-read-only",
    [ROLE_READ_UNMAPPED] = "read-unmapped",
    [ROLE_READ_MANY_UNMAPPED] = "read-many-unmapped",
    [ROLE_WRITE_PROTECTED] = "write-protected",
    [ROLE_WRITE_CODE] = "write-code",
    [ROLE_RUN_DATA] = "run-data",
    [ROLE_BEHIND_THE_END] = "behind-the-end",
    [ROLE_READ_RESERVED] = "read-reserved",
    [ROLE_STACK_GUARD] = "stack-guard",
    [ROLE_RUN_CODE] = "run-code",
    [ROLE_SHARE] = "share",
    [ROLE_GIVE] = "give",
};
