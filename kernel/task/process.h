/* A process: one thread of user code, its address space, its capability table and its ring.
 *
 *              process_start            cap_enter must wait
 *   CREATED ------------------> READY ----------------------> WAITING
 *      |                         ^ |                            | |
 *      |                         | +-- exit, fault, kill --+    | | kill
 *      |                         +--- completion, timeout -|----+ |
 *      |  process_discard                                  v      v
 *      +-----------------------------------------------> ENDING ----> (gone: its observer knows how)
 *                                                        in steps
 *
 * Invariant: a process that is ending is in no queue, and makes and receives no calls. When it is gone it
 * holds no capability, no frame, no call.
 *
 * Next: kernel/task/process.c
 */
#pragma once

#include "abi/capset.h"
#include "kernel/mm/address_space.h"
#include "kernel/mm/user_memory.h"
#include "kernel/task/account.h"
#include "kernel/task/timer.h"
#include "kernel/x86_64/cpu.h"
#include "lib/cap_table.h"
#include "lib/elf.h"
#include "lib/ledger.h"
#include "lib/ring.h"

enum process_end_kind {
    PROCESS_EXITED,
    PROCESS_FAULTED,
    PROCESS_KILLED
};

struct process_end {
    enum process_end_kind kind;
    int32_t code;         /* exit code */
    uint16_t fault_kind;  /* enum os_Fault_Kind */
    uint64_t address;     /* fault: what was touched, or the number of a bad system call */
    uint64_t instruction; /* fault: where */
};

enum process_state {
    PROCESS_CREATED,
    PROCESS_READY,
    PROCESS_WAITING,
    PROCESS_ENDING
};

/* Who is told when a process ends. Lives in a record of the teller's; outlives the process. */
struct process_observer {
    void (*on_end)(struct process_observer *observer, const struct process_end *end);
};

/* Where the names of its functions are: in the boot package, which stays. Without symbols if the program came
 * from elsewhere, or has none. */
struct process_names {
    struct elf_source file;
    struct elf_range symbols;
    struct elf_range strings;
};

struct process {
    struct context context; /* user registers while not running; entry code saves here */
    struct fpu_state fpu;
    uint64_t thread_pointer; /* FS base; 0: the program has no thread-local storage */
    char name[CAP_NAME_BYTES_MAX + 1];
    struct list_node
        process_link; /* in the list of all processes, by their numbers, or of those that are ending */
    uint64_t number;  /* of kernel/task/audit.h */

    /* Of kernel/task/scheduler.c. */
    enum process_state state;
    struct list_node ready_link;
    struct kernel_timer sleep; /* runs while it waits with a timeout */

    /* Of kernel/ring. */
    struct ring ring;
    bool is_killed;           /* ends when the enter that it is in is over */
    uint32_t wait_count;      /* CQEs that end the present wait */
    struct list calls;        /* struct call: made by it, not finished */
    struct list receives;     /* struct receive: its RECVs that wait */
    struct cap_table serving; /* call ids: calls delivered to it, not yet returned */

    /* Authority and resources. */
    struct account account;
    struct cap_table caps;
    struct address_space space;
    struct cap_capset *capset; /* the kernel's view of its CapSet page */
    struct process_names names;
    struct process_observer *observer;

    /* Of kernel/task/process_end.c. */
    struct process_end end;
    uint32_t end_stage;
    uint32_t end_cursor;
};

/* Out of whose account a process lives, and how much it may have. */
struct process_budget {
    struct account *payer;
    struct ledger_share shares[LEDGER_KIND_COUNT];
};

/* A process that is built but does not run: the plan's segments are loaded from elf, ring, CapSet and
 * stack are there, the table is empty. All or nothing: CAP_ERR_QUOTA (of the payer, or the new process's own
 * limits are too low), CAP_ERR_NO_MEMORY.
 * name has at most CAP_NAME_BYTES_MAX bytes. An elf of bytes (elf_source_of_bytes) stays as long as the
 * process. The observer is told when the process ends, as the last thing.
 */
CAP_MUST_CHECK enum cap_err process_create(const char *name, uint32_t name_bytes,
                                           const struct process_budget *budget, const struct elf_plan *plan,
                                           const struct elf_source *elf, struct process_observer *observer,
                                           struct process **process);

/* Lists a capability that its table already holds in its CapSet. */
void process_name_cap(struct process *process, const char *name, uint32_t name_bytes, cap_id_t id,
                      uint64_t interface_id);

/* Copies up to a page of bytes to where a process finds its arguments; none: no page. CAP_ERR_QUOTA,
 * CAP_ERR_NO_MEMORY. */
CAP_MUST_CHECK enum cap_err process_give_arguments(struct process *process, const void *bytes,
                                                   uint32_t byte_count);

void process_start(struct process *process);

/* Ends a process that is not ending yet, the running one too. From now on nobody can reach it. Every call
 * that it serves ends, every capability is released, every frame comes back, and when that is done, the
 * observer gets the reason. It is done at once as far as it is little work, and goes on with
 * process_end_step. */
void process_end(struct process *process, const struct process_end *end);

/* The same for a process that was never started, all at once. */
void process_discard(struct process *process);

/* A bounded step of the end of one process. False: none is ending. */
bool process_end_step(void);
bool process_is_any_ending(void);

/* Those, by process_link. */
const struct list *process_ending_list(void);

/* For process_end.c: takes it out of the list of all; gives back its record and tables, which hold nothing
 * more, and its account. */
void process_unlist(struct process *process);
void process_free(struct process *process);

/* Of process.c: when there is no room. */
CAP_MUST_CHECK enum cap_err process_grow_table(struct process *process, struct cap_table *table,
                                               uint32_t count);

/* Makes room for count more capabilities, growing the table out of frames charged to the process.
 * CAP_ERR_NO_SLOT: over the table's limit. CAP_ERR_QUOTA, CAP_ERR_NO_MEMORY. */
CAP_MUST_CHECK static inline enum cap_err process_reserve_slots(struct process *process,
                                                                struct cap_table *table, uint32_t count)
{
    return __builtin_expect(cap_table_free_count(table) >= count, 1)
               ? CAP_OK
               : process_grow_table(process, table, count);
}

/* Puts an object into the table of a process; takes over the caller's reference on success. */
CAP_MUST_CHECK enum cap_err process_insert_cap(struct process *process, struct object *object, cap_id_t *id);

/* Ends a process from outside: at once, or, if it is the one that asks, when its enter is over. */
void process_kill(struct process *process);

uint32_t process_count(void);

/* The process with the lowest number from `number` on; NULL: there is none. */
struct process *process_find_from(uint64_t number);

/* The one behind it, in the same order. */
struct process *process_after(struct process *process);

/* Every process once, those that are ending last. previous NULL: the first; the result NULL: there are no
 * more. */
struct process *process_next(const struct process *previous);

/* Ends every process, the last one made first. */
void process_end_all(void);
