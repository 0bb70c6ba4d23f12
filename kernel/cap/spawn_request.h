/* What a spawn asks for, judged: names, grants, arguments, mode and limits. Nothing has changed by then.
 *
 * Next: kernel/cap/spawn_request.c
 */
#pragma once

#include "build/gen/schema/capos.capnp.h"
#include "kernel/task/process.h"
#include "lib/elf.h"

struct spawn_request {
    struct wire_text name;
    struct process_budget budget;
    struct wire_data arguments;
    struct wire_text own_memory; /* empty: the child does not get its own VirtualMemory */
    uint32_t image_index; /* the capability to a MemoryObject that holds the program, or WIRE_CAP_NULL */
    uint32_t grant_count;
    struct wire_text grant_names[CAP_TRANSFER_MAX];
    uint32_t grant_indices[CAP_TRANSFER_MAX]; /* of the capabilities that came with the call */
};

/* CAP_ERR_INVALID, CAP_ERR_TOO_BIG, or an exception, as the interface says. The texts point into the call. */
CAP_MUST_CHECK enum cap_err spawn_request_read(struct wire_call *wire,
                                               struct os_ProcessSpawner_spawn_Params_reader params,
                                               struct spawn_request *request);

/* The bytes of a MemoryObject, as they are when they are read; valid as long as the object is. */
struct elf_source spawn_image_source(struct object *memory);
