/* What one process asks of the kernel: a system call that does nothing, an io_uring of NOPs, memory, a sleep.
 *
 * io_uring is driven by its own system calls, without liburing: fill, publish, enter, reap, as the capOS side
 * does (io_uring(7), io_uring_setup(2), io_uring_enter(2)).
 *
 * Next: bench/linux/peer_operations.c
 */
#define _GNU_SOURCE /* memfd_create */
#include "bench/linux/init.h"

#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define RING_ENTRIES 16
#define PAGE_BYTES   4096
#define PAGES_MAX    256
#define SLEEP_NS     200000 /* as in bench/qemu/bench/bench.h */

/* ---- A system call -------------------------------------------------------------------------------- */

static bool call_1(void)
{
    return syscall(SYS_getppid) == 0;
}

/* ---- io_uring ------------------------------------------------------------------------------------- */

static struct {
    int fd;
    struct io_uring_sqe *sqes;
    uint32_t *sq_tail, *sq_mask, *sq_array;
    uint32_t *cq_head, *cq_tail, *cq_mask;
    struct io_uring_cqe *cqes;
} ring = {.fd = -1};

static void *ring_map(size_t bytes, uint64_t offset)
{
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd, (off_t)offset);
    if (at == MAP_FAILED)
        fail("mmap of the ring");
    return at;
}

static bool ring_open(void)
{
    struct io_uring_params params;
    if (ring.fd >= 0)
        return true;
    memset(&params, 0, sizeof params);
    ring.fd = (int)syscall(SYS_io_uring_setup, RING_ENTRIES, &params);
    if (ring.fd < 0)
        return false;
    char *sq = ring_map(params.sq_off.array + params.sq_entries * sizeof(uint32_t), IORING_OFF_SQ_RING);
    char *cq =
        ring_map(params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);
    ring.sqes = ring_map(params.sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
    ring.sq_tail = (uint32_t *)(sq + params.sq_off.tail);
    ring.sq_mask = (uint32_t *)(sq + params.sq_off.ring_mask);
    ring.sq_array = (uint32_t *)(sq + params.sq_off.array);
    ring.cq_head = (uint32_t *)(cq + params.cq_off.head);
    ring.cq_tail = (uint32_t *)(cq + params.cq_off.tail);
    ring.cq_mask = (uint32_t *)(cq + params.cq_off.ring_mask);
    ring.cqes = (struct io_uring_cqe *)(cq + params.cq_off.cqes);
    return true;
}

static bool nops(uint32_t count)
{
    uint32_t tail = *ring.sq_tail;
    for (uint32_t i = 0; i < count; i++, tail++) {
        uint32_t index = tail & *ring.sq_mask;
        ring.sqes[index] = (struct io_uring_sqe){.opcode = IORING_OP_NOP, .fd = -1};
        ring.sq_array[index] = index;
    }
    /* Release: the SQEs are complete before they are published. */
    __atomic_store_n(ring.sq_tail, tail, __ATOMIC_RELEASE);
    if (syscall(SYS_io_uring_enter, ring.fd, count, count, IORING_ENTER_GETEVENTS, NULL, 0) != (long)count)
        return false;
    uint32_t head = *ring.cq_head;
    for (uint32_t i = 0; i < count; i++, head++) {
        /* Acquire: the CQE is read after the index that says it is there. */
        if (head == __atomic_load_n(ring.cq_tail, __ATOMIC_ACQUIRE) || ring.cqes[head & *ring.cq_mask].res)
            return false;
    }
    /* Release: the CQEs have been read before their places are free. */
    __atomic_store_n(ring.cq_head, head, __ATOMIC_RELEASE);
    return true;
}

static bool nop_1(void)
{
    return nops(1);
}

static bool nop_16(void)
{
    return nops(16);
}

/* ---- Memory --------------------------------------------------------------------------------------- */

static int memory_fd = -1;

/* Memory that exists: an anonymous file whose pages are all there. */
static bool memory_open(void)
{
    if (memory_fd >= 0)
        return true;
    memory_fd = memfd_create("memory", 0);
    if (memory_fd < 0 || ftruncate(memory_fd, PAGES_MAX * PAGE_BYTES))
        return false;
    char byte = 1;
    for (off_t i = 0; i < PAGES_MAX; i++)
        if (pwrite(memory_fd, &byte, 1, i * PAGE_BYTES) != 1)
            return false;
    return true;
}

static bool map_unmap(size_t pages, int flags, int fd)
{
    char *at = mmap(NULL, pages * PAGE_BYTES, PROT_READ | PROT_WRITE, flags, fd, 0);
    if (at == MAP_FAILED)
        return false;
    for (size_t i = 0; i < pages; i++)
        *(volatile char *)(at + i * PAGE_BYTES) = 1;
    return munmap(at, pages * PAGE_BYTES) == 0;
}

/* MAP_POPULATE: all pages at once, as capOS does it, instead of one fault for each. */
static bool map_unmap_1(void)
{
    return map_unmap(1, MAP_SHARED | MAP_POPULATE, memory_fd);
}

static bool map_unmap_256(void)
{
    return map_unmap(PAGES_MAX, MAP_SHARED | MAP_POPULATE, memory_fd);
}

static bool new_memory_1(void)
{
    return map_unmap(1, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static bool new_memory_256(void)
{
    return map_unmap(PAGES_MAX, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

/* ---- Time ----------------------------------------------------------------------------------------- */

/* Without it, sleeps may end up to 50 microseconds late, by default and on purpose (prctl(2)). */
static bool slack_drop(void)
{
    return prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0) == 0;
}

static bool sleep_once(void)
{
    struct timespec until;
    if (clock_gettime(CLOCK_MONOTONIC, &until))
        return false;
    until.tv_nsec += SLEEP_NS;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    return clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == 0;
}

const struct operation kernel_operations[] = {
    {"nop_1", 2000, 1, ring_open, nop_1, 0},
    {"nop_16", 2000, 16, ring_open, nop_16, 0},
    {"call_1", 4000, 1, NULL, call_1, 0},
    {"map_unmap_1", 1000, 1, memory_open, map_unmap_1, 0},
    {"map_unmap_256", 50, PAGES_MAX, memory_open, map_unmap_256, 0},
    {"new_memory_1", 1000, 1, NULL, new_memory_1, 0},
    {"new_memory_256", 50, PAGES_MAX, NULL, new_memory_256, 0},
    {"sleep", 200, 1, slack_drop, sleep_once, SLEEP_NS},
    {.name = NULL},
};
