/* A process of its own for what its name says. Most end in a fault, on purpose.
 *
 * Next: tests/qemu/memory-service/system.cue
 */
#include "lib/mem.h"
#include "tests/qemu/memory-sharing/roles.h"

/* mov $42, %eax; ret */
static const uint8_t code[] = {0xb8, 42, 0, 0, 0, 0xc3};

static int run_at(uint64_t address)
{
    __asm__("" : "+r"(address));
    return ((int (*)(void))address)();
}

static uint64_t map_new(struct memory_test *test, uint64_t pages)
{
    struct os_MemoryObject memory = memory_new(test, pages * PAGE);
    return memory_map_any(test, memory, READ_WRITE);
}

static struct os_MemoryObject memory_of(struct memory_test *test, const char *name)
{
    struct os_MemoryObject memory;
    if (RT_CAPSET(test->raw.rt, name, os_MemoryObject, &memory))
        rt_exit(97);
    return memory;
}

static int one_page(struct memory_test *test)
{
    *words_at(map_new(test, 1)) = 1;
    return 0;
}

static int many_pages(struct memory_test *test)
{
    uint64_t at = map_new(test, 256);
    for (uint64_t i = 0; i < 256; i++)
        *words_at(at + i * PAGE) = i;
    return 0;
}

static int write_read_only(struct memory_test *test)
{
    struct os_MemoryObject memory = memory_of(test, "memory");
    if (memory_map(test, memory, MAPPED_AT, READ_WRITE) != CAP_ERR_INVALID)
        return 1;
    if (memory_map(test, memory, MAPPED_AT, READ) || *words_at(MAPPED_AT) != PATTERN)
        return 2;
    if (os_VirtualMemory_protect(test->space, MAPPED_AT, READ_WRITE) != CAP_ERR_INVALID)
        return 3;
    *words_at(MAPPED_AT) = 0;
    return 4;
}

static int read_unmapped(struct memory_test *test)
{
    uint64_t at = map_new(test, 1);
    *words_at(at) = 1;
    memory_unmap(test, at);
    return (int)*words_at(at);
}

static int read_many_unmapped(struct memory_test *test)
{
    uint64_t at = map_new(test, 256);
    *words_at(at) = 1;
    memory_unmap(test, at);
    return (int)*words_at(at);
}

static int write_protected(struct memory_test *test)
{
    uint64_t at = map_new(test, 1);
    *words_at(at) = 1;
    if (os_VirtualMemory_protect(test->space, at, READ))
        return 1;
    if (*words_at(at) != 1)
        return 2;
    *words_at(at) = 2;
    return 3;
}

static int write_code(struct memory_test *test)
{
    uint64_t at = map_new(test, 1);
    *words_at(at) = 1;
    if (os_VirtualMemory_protect(test->space, at, READ_RUN))
        return 1;
    *words_at(at) = 2;
    return 2;
}

static int run_data(struct memory_test *test)
{
    uint64_t at = map_new(test, 1);
    memcpy((void *)at, code, sizeof code);
    return run_at(at);
}

static int behind_the_end(struct memory_test *test)
{
    uint64_t at = map_new(test, 3), next = map_new(test, 1);
    *words_at(at + 3 * PAGE - 8) = 1;
    *words_at(next) = 1;
    *words_at(at + 3 * PAGE) = 1;
    return 1;
}

/* Also: what was read-only when the processor saw it last is writable now, and other memory at an address
 * that it has seen is seen. */
static int run_code(struct memory_test *test)
{
    struct os_MemoryObject memory = memory_new(test, PAGE);
    if (memory_map(test, memory, MAPPED_AT, READ) || *words_at(MAPPED_AT) != 0 ||
        os_VirtualMemory_protect(test->space, MAPPED_AT, READ_WRITE))
        return 1;
    memcpy((void *)MAPPED_AT, code, sizeof code);
    memory_unmap(test, MAPPED_AT);
    struct os_MemoryObject other = memory_new(test, PAGE);
    if (memory_map(test, other, MAPPED_AT, READ_WRITE) || *words_at(MAPPED_AT) != 0)
        return 2;
    memory_unmap(test, MAPPED_AT);
    if (memory_map(test, memory, MAPPED_AT, READ_RUN))
        return 3;
    return run_at(MAPPED_AT);
}

/* The signal page stays mapped on both sides; the parent lets go of the data meanwhile. */
static int share(struct memory_test *test)
{
    uint64_t data = memory_map_any(test, memory_of(test, "memory"), READ_WRITE);
    volatile uint64_t *signal = words_at(memory_map_any(test, memory_of(test, "signal"), READ_WRITE));
    for (uint64_t i = 0; i < SHARED_PAGES; i++) {
        if (*words_at(data + i * PAGE) != PATTERN + i)
            return 1;
        *words_at(data + i * PAGE) = PATTERN * 2 + i;
    }
    *signal = SIGNAL_WRITTEN;
    while (*signal != SIGNAL_UNMAPPED)
        rt_enter(0, 0);
    for (uint64_t i = 0; i < SHARED_PAGES; i++)
        if (*words_at(data + i * PAGE) != PATTERN * 3 + i)
            return 2;
    return 0;
}

/* Gives its memory to the parent, and ends without waiting for an answer. */
static int give(struct memory_test *test)
{
    struct rt_handle parent;
    struct os_MemoryObject memory = memory_new(test, SHARED_PAGES * PAGE);
    uint64_t at = memory_map_any(test, memory, READ_WRITE);
    if (rt_capset_find(test->raw.rt, "parent", SERVED_ID, &parent))
        return 1;
    for (uint64_t i = 0; i < SHARED_PAGES; i++)
        *words_at(at + i * PAGE) = PATTERN + i;
    static struct cap_transfer_out sent[1];
    sent[0] = (struct cap_transfer_out){.cap = memory.handle.cap.bits, .mode = CAP_TRANSFER_MOVE};
    const struct cap_sqe call = {.opcode = CAP_OP_CALL,
                                 .target = parent.cap.bits,
                                 .interface_id = SERVED_ID,
                                 .send_count = 1,
                                 .transfers_addr = (uint64_t)sent};
    raw_submit(&test->raw, &call);
    rt_enter(1, CAP_TIMEOUT_NEVER);
    return raw_take(&test->raw).status == CAP_OK ? 0 : 2;
}

/* A reservation of five pages with memory in all but the first and the last. */
static uint64_t map_guarded(struct memory_test *test)
{
    struct os_MemoryObject memory = memory_new(test, 3 * PAGE);
    uint64_t at = 0;
    if (os_VirtualMemory_reserve(test->space, CHOOSE, 5 * PAGE, &at) ||
        memory_map(test, memory, at + PAGE, READ_WRITE))
        rt_exit(97);
    return at;
}

static int read_reserved(struct memory_test *test)
{
    uint64_t at = map_guarded(test);
    for (uint64_t page = 1; page <= 3; page++)
        *words_at(at + page * PAGE) = 1;
    return (int)*words_at(at + 4 * PAGE);
}

/* Pushes onto a stack of its own until there is no more of it. */
static int stack_guard(struct memory_test *test)
{
    __asm__ volatile("mov %0, %%rsp\n1: push %%rax\njmp 1b" : : "r"(map_guarded(test) + 4 * PAGE) : "memory");
    return 1;
}

static int (*const roles[])(struct memory_test *) = {
    [ROLE_ONE_PAGE] = one_page,
    [ROLE_MANY_PAGES] = many_pages,
    [ROLE_WRITE_READ_ONLY] = write_read_only,
    [ROLE_READ_UNMAPPED] = read_unmapped,
    [ROLE_READ_MANY_UNMAPPED] = read_many_unmapped,
    [ROLE_WRITE_PROTECTED] = write_protected,
    [ROLE_WRITE_CODE] = write_code,
    [ROLE_RUN_DATA] = run_data,
    [ROLE_BEHIND_THE_END] = behind_the_end,
    [ROLE_READ_RESERVED] = read_reserved,
    [ROLE_STACK_GUARD] = stack_guard,
    [ROLE_RUN_CODE] = run_code,
    [ROLE_SHARE] = share,
    [ROLE_GIVE] = give,
};
_Static_assert(sizeof roles / sizeof roles[0] == ROLE_COUNT, "each role is played");

static bool is_same(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

int main(struct rt *rt)
{
    struct memory_test test = memory_test_start(rt);
    for (uint32_t i = 0; i < ROLE_COUNT; i++) {
        if (!is_same(role_names[i], rt_process_name(rt)))
            continue;
        int result = roles[i](&test);
        return test.raw.failed_count ? 96 : result;
    }
    return 95;
}
