/* The objects of the kernel, and how they are made. Each is one file of this folder.
 *
 * Objects are charged to the account of the process that has them made (kernel/task/account.h).
 *
 * Next: kernel/cap/console.c
 */
#pragma once

#include "kernel/mm/mapping.h"
#include "kernel/object.h"

struct account;
struct process;

/* Singletons; no reference is taken. */
struct object *console_object(void);
struct object *endpoint_factory_object(void);
struct object *facet_factory_object(void);
struct object *process_spawner_object(void);
struct object *timer_object(void);
struct object *frame_allocator_object(void);
struct object *boot_package_object(void);
struct object *inspector_object(void);
struct object *notification_factory_object(void);
struct object *entropy_object(void);
struct object *log_reader_object(void);
struct object *audit_reader_object(void);
struct object *allocation_fault_object(void); /* NULL: this kernel is not built for tests */
struct object *test_support_object(void);     /* likewise */

/* The boot module, for boot_package and process_spawner: byte_count bytes at physical address paddr, and the
 * message in it, which lib/manifest has accepted. */
void boot_package_init(uint64_t paddr, uint64_t byte_count, const uint64_t *words, uint32_t word_count);

/* The program of that name in the boot package, and its number, below MANIFEST_BINARIES_MAX. CAP_ERR_INVALID:
 * there is none. */
struct wire_text;
struct wire_data;
CAP_MUST_CHECK enum cap_err boot_package_binary(struct wire_text name, uint32_t *number,
                                                struct wire_data *elf);

/* New objects, with one reference for the caller. CAP_ERR_QUOTA, CAP_ERR_NO_MEMORY. */
CAP_MUST_CHECK enum cap_err endpoint_make(struct account *account, uint64_t served_interface_id,
                                          const uint64_t *ancestor_ids, uint32_t ancestor_count,
                                          struct object **endpoint);
/* byte_count zeroed bytes in frames of its own. CAP_ERR_INVALID: none, or more than FRAME_LIST_MAX pages.
 * share, if not NULL, is held, and gets frame_allocator_give_back at the end. */
CAP_MUST_CHECK enum cap_err memory_object_make(struct account *account, uint64_t byte_count,
                                               struct object *share, struct object **memory);
void frame_allocator_give_back(struct object *share, uint64_t page_count);
/* For the self-check: memory of so many pages was made through it. */
void frame_allocator_show(struct object *share, uint64_t page_count);
/* The frames from paddr on, which stay whoever's they are; read only. */
CAP_MUST_CHECK enum cap_err memory_object_make_run(struct account *account, uint64_t paddr,
                                                   uint64_t byte_count, struct object **memory);
CAP_MUST_CHECK enum cap_err virtual_memory_make(struct process *process, struct object **space);

/* A handle for a process that is about to be created with *observer; gone with its last reference. If the
 * process is created, call process_handle_started with the spawner that has counted it; else release the
 * handle. At its end process_spawner_child_ended is called. */
struct process_observer;
CAP_MUST_CHECK enum cap_err process_handle_make(struct account *account, struct object **handle,
                                                struct process_observer **observer);
void process_handle_started(struct object *handle, struct process *process, struct object *spawner);
void process_spawner_child_ended(struct object *spawner);

/* For arguments. */
extern const struct object_ops memory_object_ops;
struct mappable memory_object_mappable(struct object *memory);
uint64_t memory_object_byte_count(struct object *memory);
