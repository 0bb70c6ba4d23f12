/* The CapSet: what a process was born with. One read-only page at CAP_CAPSET_ADDRESS.
 *
 * Next: abi/memory_map.h
 */
#pragma once

#include "abi/base.h"
#include "abi/limits.h"

#define CAP_CAPSET_MAGIC   0x53504143 /* "CAPS" */
#define CAP_CAPSET_VERSION 1
#define CAP_CAPSET_MAX     63

#ifndef __ASSEMBLER__

struct cap_capset_entry {
    char name[CAP_NAME_BYTES_MAX + 1]; /* the grant's name, NUL-padded */
    uint64_t interface_id;             /* Cap'n Proto type id */
    uint64_t cap;                      /* cap id */
    uint64_t reserved[2];              /* zero */
};
CAP_ASSERT_SIZE(struct cap_capset_entry, 64);
CAP_ASSERT_FIELD(struct cap_capset_entry, name, 0, 32);
CAP_ASSERT_FIELD(struct cap_capset_entry, interface_id, 32, 8);
CAP_ASSERT_FIELD(struct cap_capset_entry, cap, 40, 8);
CAP_ASSERT_FIELD(struct cap_capset_entry, reserved, 48, 16);

struct cap_capset {
    uint32_t magic;
    uint32_t version;
    uint32_t count;          /* entries used */
    uint32_t argument_bytes; /* of the message at CAP_ARGUMENTS_ADDRESS; 0: nothing is mapped there */
    uint32_t reserved[4];    /* zero */
    char process_name[CAP_NAME_BYTES_MAX + 1];
    struct cap_capset_entry entries[CAP_CAPSET_MAX];
};
CAP_ASSERT_SIZE(struct cap_capset, CAP_PAGE_BYTES);
CAP_ASSERT_FIELD(struct cap_capset, magic, 0, 4);
CAP_ASSERT_FIELD(struct cap_capset, version, 4, 4);
CAP_ASSERT_FIELD(struct cap_capset, count, 8, 4);
CAP_ASSERT_FIELD(struct cap_capset, argument_bytes, 12, 4);
CAP_ASSERT_FIELD(struct cap_capset, reserved, 16, 16);
CAP_ASSERT_FIELD(struct cap_capset, process_name, 32, 32);
CAP_ASSERT_FIELD(struct cap_capset, entries, 64, 4032);

#endif
