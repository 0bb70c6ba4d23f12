/* Physical memory: frames of 4 KiB, and where the kernel sees them.
 *
 * Next: kernel/mm/frame.c
 */
#pragma once

#include "abi/error.h"
#include "kernel/boot.h"
#include "lib/frame_list.h"

/* Where the kernel's own tables map all memory: physical address p at DIRECT_MAP + p. */
#define DIRECT_MAP       0xffff800000000000
#define DIRECT_MAP_BYTES 0x0000400000000000

/* The kernel's view of a frame. Valid for frames of this allocator and for the boot module. */
void *frame_to_pointer(uint64_t paddr);
uint64_t frame_from_pointer(const void *pointer);

/* Takes over the usable regions. Until frame_use_own_map, frames are seen through the loader's map. */
void frame_init(const struct boot_info *info);
void frame_use_own_map(void);

/* Adds the loader's memory, once nothing of it is in use any more. */
void frame_reclaim(const struct boot_info *info);

/* Takes one frame, zeroed or with any contents. CAP_ERR_NO_MEMORY if none is left. */
CAP_MUST_CHECK enum cap_err frame_alloc(uint64_t *paddr);
CAP_MUST_CHECK enum cap_err frame_alloc_zeroed(uint64_t *paddr);
void frame_free(uint64_t paddr);

/* Gives a frame back that holds only zeros: the next who wants that need not zero it again. */
void frame_free_zeroed(uint64_t paddr);

/* Gives a whole list back, in constant time: its frames are free from now on, and taken off it one by one
 * when there are no others. The list is not empty. */
void frame_free_list(const struct frame_list *list);

uint64_t frame_free_count(void);
uint64_t frame_total_count(void);
