/* One operation again and again, while the first, the second, the third ... allocation in it fails.
 *
 * All by hand: the runtime must not see completions that are not its own.
 *
 * Next: tests/qemu/fail-alloc/fail-alloc.c
 */
#pragma once

#include "build/gen/schema/testing.client.h"
#include "tests/qemu/cases.h"

#define NEVER      UINT64_MAX
#define ATTEMPTS   2000
#define FILLER_MAX 3000
#define SLOTS_MORE 256 /* a table of capabilities grows by so many */

struct test {
    struct cases cases;
    struct os_FrameAllocator allocator;
    struct os_VirtualMemory space;
    struct os_NotificationFactory notifications;
    struct os_Timer timer;
    struct os_AllocationFault fault;
    struct wire_data program; /* the file of `local` */

    struct os_MemoryObject memory; /* 600 pages */
    struct os_MemoryObject
        facet;                /* read only: each readOnly of it is one more capability, and nothing else */
    struct pair probe;        /* what is moved */
    struct rt_handle made[2]; /* by the operation */
    uint64_t address;

    uint32_t filler_count;
    struct rt_handle fillers[FILLER_MAX];
};

/* ---- The fault ------------------------------------------------------------------------------------ */

static inline void arm(struct test *test, uint64_t number)
{
    struct cap_sqe sqe = with_word(call_of(test->fault.handle), number);
    sqe.method_id = os_AllocationFault_arm_METHOD;
    raw_expect_err(&test->cases.raw, raw_status(&test->cases.raw, &sqe), CAP_OK, "arm");
}

/* How many allocations there were. */
static inline uint64_t disarm(struct test *test)
{
    struct cap_sqe sqe = call_of(test->fault.handle);
    sqe.method_id = os_AllocationFault_disarm_METHOD;
    raw_expect_err(&test->cases.raw, raw_status(&test->cases.raw, &sqe), CAP_OK, "disarm");
    return answer[1];
}

/* ---- The books ------------------------------------------------------------------------------------ */

struct books {
    uint32_t processes, objects, calls;
    uint64_t references;
};

/* The kernel's own check: every ledger, every reference, every record and frame. */
static inline struct books look_up(struct test *test, const char *what)
{
    struct books books = {0};
    raw_expect_err(&test->cases.raw,
                   os_Inspector_check(test->cases.inspector, &books.processes, &books.objects,
                                      &books.references, &books.calls),
                   CAP_OK, what);
    return books;
}

static inline void expect_books(struct test *test, const struct books *before, const char *what)
{
    struct books now = look_up(test, what);
    raw_expect(&test->cases.raw,
               now.processes == before->processes && now.objects == before->objects &&
                   now.references == before->references && now.calls == before->calls,
               what);
}

/* ---- A table that is about to grow ---------------------------------------------------------------- */

static inline enum cap_err take_slot(struct test *test, struct rt_handle *handle)
{
    struct os_MemoryObject one = {{.rt = test->cases.raw.rt}};
    enum cap_err err = os_MemoryObject_readOnly(test->facet, &one);
    *handle = one.handle;
    return err;
}

/* Leaves so many free slots before the table of capabilities has to grow. */
static inline void table_prepare(struct test *test, uint32_t left)
{
    uint64_t grown = 0;
    for (uint32_t more = 0; test->filler_count < FILLER_MAX && !(grown && more == SLOTS_MORE - 1 - left);) {
        arm(test, NEVER);
        raw_expect_err(&test->cases.raw, take_slot(test, &test->fillers[test->filler_count++]), CAP_OK,
                       "one more capability");
        uint64_t count = disarm(test);
        more = count ? 0 : more + 1;
        grown += count;
    }
    raw_expect(&test->cases.raw, test->filler_count < FILLER_MAX, "the table grows in steps");
}

static inline void table_release(struct test *test)
{
    while (test->filler_count > 0)
        rt_handle_drop(&test->fillers[--test->filler_count]);
    rt_flush(test->cases.raw.rt);
}
