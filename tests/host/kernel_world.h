/* The kernel's rings, calls and endpoints on the host: the real code of kernel/ring, kernel/cap/endpoint.c,
 * kernel/object.c, kernel/task/account.c, audit.c and process_end.c over a small fake of what lies below it:
 * frames, user memory, timers, the processor, and a scheduler that runs whom the test says.
 *
 * A process has ARENA_PAGES pages of memory from ARENA on. With `is_quick` all of them count as used before,
 * so that the fastpaths are taken; without, none does.
 *
 * Next: tests/host/test_endpoint_model.c
 */
#pragma once

#include "abi/memory_map.h"
#include "abi/syscall.h"
#include "kernel/task/audit.h"
#include "kernel/cap/objects.h"
#include "kernel/mm/frame.h"
#include "kernel/ring/enter.h"
#include "kernel/task/fault.h"
#include "kernel/task/process.h"
#include "kernel/task/process_hooks.h"
#include "kernel/x86_64/clock.h"
#include "kernel/x86_64/upcalls.h"
#include "lib/bits.h"
#include "lib/limits.h"
#include "tests/host/test.h"

#include <asm/prctl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ARENA           0x400000ull
#define ARENA_PAGES     2
#define WORLD_PROCESSES 4
#define WORLD_TIMERS    32

struct world_process {
    struct process process;
    struct ring_client ring;
    uint8_t *arena;
    struct cap_ring *shared;
    struct process_observer observer;
    bool is_alive;
};

static struct world_process world[WORLD_PROCESSES];
static bool is_quick;
static int64_t frames_in_use;
static struct kernel_timer *running[WORLD_TIMERS];
static uint32_t running_count;
static struct cpu fake_cpu;

/* ---- Frames: memory of the host ------------------------------------------------------------------- */

void *frame_to_pointer(uint64_t paddr)
{
    return (void *)paddr;
}

uint64_t frame_from_pointer(const void *pointer)
{
    return (uint64_t)pointer;
}

enum cap_err frame_alloc(uint64_t *paddr)
{
    void *page = aligned_alloc(CAP_PAGE_BYTES, CAP_PAGE_BYTES);
    EXPECT(page);
    memset(page, 0xa5, CAP_PAGE_BYTES);
    frames_in_use++;
    *paddr = (uint64_t)page;
    return CAP_OK;
}

enum cap_err frame_alloc_zeroed(uint64_t *paddr)
{
    enum cap_err err = frame_alloc(paddr);
    memset((void *)*paddr, 0, CAP_PAGE_BYTES);
    return err;
}

void frame_free(uint64_t paddr)
{
    frames_in_use--;
    free((void *)paddr);
}

/* ---- User memory ---------------------------------------------------------------------------------- */

static struct world_process *world_of(const struct address_space *space)
{
    return (struct world_process *)((char *)space - offsetof(struct world_process, process.space));
}

enum cap_err user_range_walk(struct address_space *space, uaddr_t address, uint64_t bytes,
                             enum user_access access, struct user_range *range)
{
    (void)access;
    *range = user_range_of_kernel(world_of(space)->arena, (uint32_t)bytes);
    if (bytes == 0)
        return CAP_OK;
    if (address.value < ARENA || bytes > ARENA_PAGES * CAP_PAGE_BYTES ||
        address.value - ARENA > ARENA_PAGES * CAP_PAGE_BYTES - bytes)
        return CAP_ERR_FAULT;
    range->parts[0] = world_of(space)->arena + (address.value - ARENA);
    return CAP_OK;
}

void user_range_read_parts(const struct user_range *range, uint32_t offset, void *to, uint32_t bytes)
{
    CHECK(offset + bytes <= range->bytes);
    if (bytes)
        memcpy(to, range->parts[0] + offset, bytes);
}

void user_range_write_parts(const struct user_range *range, uint32_t offset, const void *from, uint32_t bytes)
{
    CHECK(offset + bytes <= range->bytes);
    if (bytes)
        memcpy(range->parts[0] + offset, from, bytes);
}

void user_range_copy_parts(const struct user_range *to, uint32_t to_offset, const struct user_range *from,
                           uint32_t bytes)
{
    CHECK(to_offset + bytes <= to->bytes && bytes <= from->bytes);
    if (bytes)
        memmove(to->parts[0] + to_offset, from->parts[0], bytes);
}

/* ---- Time ----------------------------------------------------------------------------------------- */

uint64_t clock_now_ns(void)
{
    return 0;
}

uint64_t timer_deadline(uint64_t timeout_ns)
{
    return timeout_ns;
}

void timer_start(struct kernel_timer *timer, uint64_t deadline_ns, void (*expire)(struct kernel_timer *timer))
{
    CHECK(!timer_runs(timer) && running_count < WORLD_TIMERS && deadline_ns != UINT64_MAX);
    timer->node.rank = 1;
    timer->node.deadline_ns = deadline_ns;
    timer->expire = expire;
    running[running_count++] = timer;
}

void timer_remove(struct kernel_timer *timer)
{
    for (uint32_t i = 0; i < running_count; i++) {
        if (running[i] != timer)
            continue;
        running[i] = running[--running_count];
        timer->node.rank = 0;
        return;
    }
    CHECK(!"it runs");
}

/* The timer with this deadline expires, as in a tick. False: none has it. */
static inline bool world_expire(uint64_t deadline_ns)
{
    for (uint32_t i = 0; i < running_count; i++) {
        struct kernel_timer *timer = running[i];
        if (timer->node.deadline_ns != deadline_ns)
            continue;
        timer_remove(timer);
        timer->expire(timer);
        object_reap();
        return true;
    }
    return false;
}

/* ---- What else is called --------------------------------------------------------------------------- */

void scheduler_wake(struct process *process, uint64_t result)
{
    (void)process, (void)result;
    CHECK(!"nobody waits in cap_enter here");
}

void scheduler_wait_until(struct process *process, uint64_t wake_ns)
{
    (void)process, (void)wake_ns;
    CHECK(!"nobody waits in cap_enter here");
}

void scheduler_remove(struct process *process)
{
    (void)process;
}

void process_fault(struct process *process, uint16_t kind, uint64_t address)
{
    (void)process, (void)kind, (void)address;
    CHECK(!"nobody faults here");
}

struct context *kernel_next_context(void)
{
    return NULL;
}

/* ---- Processes ------------------------------------------------------------------------------------ */

enum cap_err process_grow_table(struct process *process, struct cap_table *table, uint32_t count)
{
    uint64_t paddr;
    (void)process;
    if (!cap_table_can_grow(table))
        return CAP_ERR_NO_SLOT;
    enum cap_err err = frame_alloc_zeroed(&paddr);
    if (!err)
        cap_table_add_block(table, frame_to_pointer(paddr));
    return err ? err : cap_table_free_count(table) < count ? CAP_ERR_NO_SLOT : CAP_OK;
}

void process_unlist(struct process *process)
{
    list_remove(&process->process_link);
}

bool address_space_destroy_step(struct address_space *space, uint32_t *budget)
{
    (void)space, (void)budget;
    return true;
}

static void table_free(struct cap_table *table)
{
    struct cap_slot *block;
    while ((block = cap_table_take_block(table)))
        frame_free(frame_from_pointer(block));
}

void process_free(struct process *process)
{
    table_free(&process->caps);
    table_free(&process->serving);
    account_close(&process->account);
    world_of(&process->space)->is_alive = false;
}

static void on_end(struct process_observer *observer, const struct process_end *end)
{
    (void)observer, (void)end;
}

static inline void world_process_start(struct world_process *self, struct list *list)
{
    struct process *process = &self->process;
    uint64_t paddr;
    memset(self, 0, sizeof *self);
    EXPECT_EQ(frame_alloc_zeroed(&paddr), CAP_OK);
    self->shared = frame_to_pointer(paddr);
    self->arena = aligned_alloc(CAP_PAGE_BYTES, ARENA_PAGES * CAP_PAGE_BYTES);
    memset(self->arena, 0, ARENA_PAGES * CAP_PAGE_BYTES);
    struct ledger_share shares[LEDGER_KIND_COUNT];
    for (uint32_t i = 0; i < LEDGER_KIND_COUNT; i++)
        shares[i] = (struct ledger_share){64, 64};
    EXPECT_EQ(account_open(&process->account, account_machine(), shares), CAP_OK);
    ring_init(&process->ring, self->shared);
    ring_client_init(&self->ring, self->shared);
    cap_table_init(&process->caps, 16);
    cap_table_init(&process->serving, 16);
    list_init(&process->calls);
    list_init(&process->receives);
    process->state = PROCESS_READY;
    self->observer.on_end = on_end;
    process->observer = &self->observer;
    list_push_back(list, &process->process_link);
    for (uint64_t page = ARENA; is_quick && page < ARENA + ARENA_PAGES * CAP_PAGE_BYTES;
         page += CAP_PAGE_BYTES)
        *user_cache_entry(&process->space, page) = (struct space_cache_entry){
            {user_page_tag(page), user_page_tag(page)}, (uint64_t)self->arena - ARENA, 0};
    self->is_alive = true;
}

static inline void world_start(void)
{
    static struct list list;
    list_init(&list);
    EXPECT_EQ(syscall(SYS_arch_prctl, ARCH_SET_GS, &fake_cpu), 0);
    fake_cpu.self = &fake_cpu;
    account_machine_init(1 << 20);
    for (uint32_t i = 0; i < WORLD_PROCESSES; i++)
        world_process_start(&world[i], &list);
}

static inline void world_die(uint32_t index)
{
    process_end(&world[index].process, &(struct process_end){.kind = PROCESS_KILLED});
    while (process_end_step()) {}
    object_reap();
    EXPECT(!world[index].is_alive);
}

/* Everything ends; nothing may be left. */
static inline void world_end(void)
{
    for (uint32_t i = 0; i < WORLD_PROCESSES; i++) {
        if (world[i].is_alive)
            world_die(i);
        frame_free(frame_from_pointer(world[i].shared));
        free(world[i].arena);
    }
    EXPECT_EQ(record_trim(), 0);
    EXPECT_EQ(frames_in_use, 0);
    EXPECT_EQ(running_count, 0);
    EXPECT(list_is_empty(&account_machine()->objects));
}

/* Submits one SQE and enters, without waiting. */
static inline void world_submit(uint32_t index, struct cap_sqe sqe)
{
    struct world_process *self = &world[index];
    EXPECT_EQ(ring_client_submit(&self->ring, &sqe), CAP_OK);
    fake_cpu.current = &self->process;
    (void)kernel_on_syscall(0, 0, CAP_SYSCALL_ENTER);
}

static inline cap_id_t world_give(uint32_t index, struct object *object)
{
    cap_id_t id;
    struct process *process = &world[index].process;
    EXPECT_EQ(process_reserve_slots(process, &process->caps, 1), CAP_OK);
    EXPECT_EQ(cap_table_insert(&process->caps, object, &id), CAP_OK);
    return id;
}
