/* Memory of memory objects, and where address spaces show it.
 *
 * Invariants
 *  - The mappings of an address space lie in CAP_MAPPINGS_START..END and do not overlap.
 *  - So do its reservations: ranges without memory. A mapping lies wholly inside one or wholly outside all.
 *  - A mapping shows the whole of a memory, holds one reference to its object, and never allows more than
 * what it was made from does.
 *  - No memory is writable and executable at once, counted over all mappings in all address spaces.
 *
 * They are in search trees: one of the address space, and one of each reservation for what is mapped in it.
 * Each of them is a record of the process, and nothing but the search for a gap below the highest one looks
 * at more than a few.
 *
 * Next: kernel/mm/mapping.c
 */
#pragma once

#include "kernel/mm/address_space.h"
#include "lib/frame_list.h"

struct object;

/* The frames of a memory object. */
struct memory {
    uint64_t page_count;
    uint64_t run_paddr;       /* one run of frames that is never given back; 0: none, but a list */
    struct frame_list frames; /* taken from kernel_page_source() */
    uint32_t writable_count;  /* mappings that allow this now */
    uint32_t executable_count;
    uint32_t found_writable_count; /* of the self-check; 0 between checks */
    uint32_t found_executable_count;
};

/* What is mapped: the memory, the object that keeps it alive, and which of PAGE_WRITE and PAGE_EXECUTE that
 * object allows. */
struct mappable {
    struct memory *memory;
    struct object *object;
    uint32_t rights_max;
};

/* Copies out of a memory, whatever maps it. The range is in it (CHECKed). */
void memory_read(const struct memory *memory, uint64_t offset, void *to, uint64_t bytes);

/* Maps all of it at *address, or, if that is 0, where there is room with an unmapped page on both sides, and
 * says where. rights: 0, PAGE_WRITE or PAGE_EXECUTE. Nothing has changed after an error:
 *   CAP_ERR_INVALID    the address is unaligned, or the range not in CAP_MAPPINGS_START..END; the rights are
 *                      more than rights_max, or would make the memory writable and executable at once
 *   CAP_ERR_FAULT      something is mapped there, or it would cross the border of a reservation
 *   CAP_ERR_NO_MEMORY  no memory, or no room in the address space
 *   CAP_ERR_QUOTA */
CAP_MUST_CHECK enum cap_err mapping_add(struct address_space *space, const struct mappable *what,
                                        uint32_t rights, uint64_t *address);

/* Removes the mapping that begins at address. CAP_ERR_INVALID: none does. */
CAP_MUST_CHECK enum cap_err mapping_remove(struct address_space *space, uint64_t address);

/* Gives the mapping that begins at address other rights. CAP_ERR_INVALID: none does, or as for mapping_add.
 */
CAP_MUST_CHECK enum cap_err mapping_protect(struct address_space *space, uint64_t address, uint32_t rights);

/* Keeps a range of so many bytes, in whole pages, free of what is placed where there is room; at *address,
 * or, if that is 0, where there is room, and says where. Nothing has changed after an error: CAP_ERR_INVALID
 * (no bytes, unaligned, not in CAP_MAPPINGS_START..END), CAP_ERR_FAULT (something is mapped or reserved
 * there), CAP_ERR_NO_MEMORY (no room, or no memory), CAP_ERR_QUOTA. */
CAP_MUST_CHECK enum cap_err mapping_reserve(struct address_space *space, uint64_t bytes, uint64_t *address);

/* Takes back the reservation that begins at address; what is mapped in it stays. CAP_ERR_INVALID: none does.
 */
CAP_MUST_CHECK enum cap_err mapping_unreserve(struct address_space *space, uint64_t address);

/* Visits the object of each mapping. Returns how many records there are of mappings and reservations. */
struct object_visitor;
uint64_t mapping_for_each(const struct address_space *space, const struct object_visitor *visitor);

/* Counts the rights of each mapping in the found counts of its memory. */
void mapping_show_rights(const struct address_space *space);

/* Removes mappings and reservations, as far as the budget goes: each, and each page, takes one of it. True:
 * none is left. For an address space that nobody uses any more. */
CAP_MUST_CHECK bool mapping_remove_step(struct address_space *space, uint32_t *budget);
