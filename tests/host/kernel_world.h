/* The kernel's rings, calls and endpoints on the host: the real code of kernel/ring, kernel/cap/endpoint.c,
 * kernel/object.c, kernel/task/account.c, audit.c, program_log.c and process_end.c over a small fake of what
 * lies below it: frames, user memory, timers, the processor, and a scheduler that runs whom the test says.
 *
 * A process has ARENA_BYTES of memory from ARENA on. With `is_quick` they count as used before, so that the
 * fastpaths are taken; without, they do not.
 *
 * All that the kernel's code and this file remember is in one section (tests/host/world_state.ld) and in the
 * frames, and so are variables of the test that are marked WORLD_STATE. world_save copies it, world_restore
 * brings it back to where it was, so that pointers stay valid: far cheaper than a new world that
 * goes the same way.
 *
 * Next: tests/host/test_endpoint_model.c
 */
#pragma once

#include "abi/memory_map.h"
#include "abi/syscall.h"
#include "kernel/cap/endpoint.h"
#include "kernel/cap/objects.h"
#include "kernel/mm/frame.h"
#include "kernel/ring/enter.h"
#include "kernel/task/audit.h"
#include "kernel/task/fault.h"
#include "kernel/task/process.h"
#include "kernel/task/process_hooks.h"
#include "kernel/task/program_log.h"
#include "kernel/x86_64/clock.h"
#include "kernel/x86_64/upcalls.h"
#include "lib/bits.h"
#include "lib/limits.h"
#include "tests/host/test.h"

#include <asm/prctl.h>
#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ARENA           0x400000ull
#define ARENA_BYTES     CAP_PAGE_BYTES
#define WORLD_PROCESSES 4
#define WORLD_TIMERS    32
#define WORLD_FRAMES    40
#define WORLD_STATE     __attribute__((section("world_state")))

struct world_process {
    struct process process;
    struct ring_client ring;
    uint8_t *arena; /* a frame */
    struct cap_ring *shared;
    struct process_observer observer;
    bool is_alive;
};

static struct world_process world[WORLD_PROCESSES] WORLD_STATE;
static struct list world_list WORLD_STATE;
static struct kernel_timer *running[WORLD_TIMERS] WORLD_STATE;
static uint32_t running_count WORLD_STATE;
static struct cpu fake_cpu WORLD_STATE;
static bool is_quick;

/* ---- Frames: memory of the host. Those that are free are poisoned ------------------------------------ */

static uint8_t frames[WORLD_FRAMES][CAP_PAGE_BYTES] __attribute__((aligned(CAP_PAGE_BYTES)));
static uint64_t frames_in_use WORLD_STATE; /* one bit each */

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
    uint32_t index = (uint32_t)__builtin_ctzll(~frames_in_use);
    EXPECT(index < WORLD_FRAMES);
    frames_in_use |= 1ull << index;
    ASAN_UNPOISON_MEMORY_REGION(frames[index], CAP_PAGE_BYTES);
    memset(frames[index], 0xa5, CAP_PAGE_BYTES);
    *paddr = (uint64_t)frames[index];
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
    uint64_t index = (paddr - (uint64_t)frames) / CAP_PAGE_BYTES;
    EXPECT(index < WORLD_FRAMES && frames_in_use >> index & 1);
    frames_in_use &= ~(1ull << index);
    ASAN_POISON_MEMORY_REGION(frames[index], CAP_PAGE_BYTES);
}

/* ---- The whole of it, saved and brought back -------------------------------------------------------- */

extern uint8_t __start_world_state[], __stop_world_state[];

/* Not memcpy: what lies between variables is poisoned. */
static inline void world_copy(void *to, const void *from, uint64_t bytes)
{
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
}

static inline uint64_t world_state_bytes(void)
{
    return (uint64_t)(__stop_world_state - __start_world_state);
}

/* Room for a copy of the world. */
static inline uint8_t *world_make_copy(void)
{
    uint8_t *copy =
        aligned_alloc(CAP_PAGE_BYTES, sizeof frames + align_up(world_state_bytes(), CAP_PAGE_BYTES));
    EXPECT(copy);
    return copy;
}

static inline void world_save(uint8_t *to)
{
    for (uint64_t left = frames_in_use; left; left &= left - 1) {
        uint32_t index = (uint32_t)__builtin_ctzll(left);
        world_copy(to + index * CAP_PAGE_BYTES, frames[index], CAP_PAGE_BYTES);
    }
    world_copy(to + sizeof frames, __start_world_state, world_state_bytes());
}

static inline void world_restore(const uint8_t *from)
{
    uint64_t before = frames_in_use;
    world_copy(__start_world_state, from + sizeof frames, world_state_bytes());
    for (uint64_t left = before & ~frames_in_use; left; left &= left - 1)
        ASAN_POISON_MEMORY_REGION(frames[__builtin_ctzll(left)], CAP_PAGE_BYTES);
    for (uint64_t left = frames_in_use; left; left &= left - 1) {
        uint32_t index = (uint32_t)__builtin_ctzll(left);
        if (!(before >> index & 1))
            ASAN_UNPOISON_MEMORY_REGION(frames[index], CAP_PAGE_BYTES);
        world_copy(frames[index], from + index * CAP_PAGE_BYTES, CAP_PAGE_BYTES);
    }
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
    if (address.value < ARENA || bytes > ARENA_BYTES || address.value - ARENA > ARENA_BYTES - bytes)
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

static inline void world_process_start(struct world_process *self)
{
    struct process *process = &self->process;
    uint64_t paddr;
    memset(self, 0, sizeof *self);
    EXPECT_EQ(frame_alloc_zeroed(&paddr), CAP_OK);
    self->shared = frame_to_pointer(paddr);
    EXPECT_EQ(frame_alloc_zeroed(&paddr), CAP_OK);
    self->arena = frame_to_pointer(paddr);
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
    list_push_back(&world_list, &process->process_link);
    if (is_quick)
        *user_cache_entry(&process->space, ARENA) = (struct space_cache_entry){
            {user_page_tag(ARENA), user_page_tag(ARENA)}, (uint64_t)self->arena - ARENA, 0};
    self->is_alive = true;
}

/* From the kernel's first state on, also if the test before this one has failed in the middle. */
static inline void world_start(void)
{
    static uint8_t *first;
    if (first) {
        world_restore(first);
    } else {
        first = world_make_copy();
        world_save(first);
        ASAN_POISON_MEMORY_REGION(frames, sizeof frames);
    }
    list_init(&world_list);
    EXPECT_EQ(syscall(SYS_arch_prctl, ARCH_SET_GS, &fake_cpu), 0);
    fake_cpu.self = &fake_cpu;
    account_machine_init(1 << 20);
    for (uint32_t i = 0; i < WORLD_PROCESSES; i++)
        world_process_start(&world[i]);
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
        frame_free(frame_from_pointer(world[i].arena));
    }
    EXPECT_EQ(record_trim(), 0);
    EXPECT_EQ(frames_in_use, 0);
    EXPECT_EQ(running_count, 0);
    EXPECT(list_is_empty(&account_machine()->objects));
}

/* ---- What a program does ----------------------------------------------------------------------------- */

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
