/* Memory objects and the address space as a hostile program uses them, in one process. What needs a process
 * that faults, or two, is in tests/qemu/memory-sharing.
 *
 * Next: tests/qemu/memory-sharing/memory-sharing.c
 */
#include "lib/mem.h"
#include "tests/qemu/memory.h"

#define AT         (CAP_MAPPINGS_START + 0x10000000)
#define OBJECTS    64
#define SINGLES    16
#define CHUNK      (1ull << 20)
#define SERVED_ID  0x77
#define ANY_NUMBER 0x5a5a5a5a5a5a5a5a

#define TABLE_BOUNDARY(i) (CAP_MAPPINGS_START + ((i) + 1) * (1ull << 30))

/* ---- Objects -------------------------------------------------------------------------------------- */

static void expect_size(struct memory_test *test, struct os_MemoryObject memory, uint64_t wanted)
{
    uint64_t bytes = 0;
    raw_expect_err(&test->raw, os_MemoryObject_size(memory, &bytes), CAP_OK, "size");
    raw_expect(&test->raw, bytes == wanted, "the size is what was asked for");
}

static void test_sizes(struct memory_test *test)
{
    static const uint64_t bad[] = {0, BYTES_MAX + 1, 1ull << 52, UINT64_MAX - 4094, UINT64_MAX};
    static const uint64_t good[] = {1, 8, PAGE, PAGE + 1, 5 * PAGE - 1, 512 * PAGE, 513 * PAGE};
    struct os_MemoryObject memory;
    for (uint32_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        raw_expect_err(&test->raw, os_FrameAllocator_create(test->allocator, bad[i], &memory),
                       CAP_ERR_INVALID, "no bytes, or too many");
    raw_expect_overloaded(&test->raw, os_FrameAllocator_create(test->allocator, BYTES_MAX, &memory),
                          "frames: ", "more than the ledger's limit");
    for (uint32_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        memory = memory_new(test, good[i]);
        expect_size(test, memory, good[i]);
        memory_drop(test, &memory);
    }
}

/* Fills memory, gives it back and takes as much again: nothing of it is left. */
static void test_zeroed(struct memory_test *test)
{
    for (uint32_t round = 0; round < 3; round++) {
        struct os_MemoryObject memory = memory_new(test, 600 * PAGE);
        uint64_t at = memory_map_any(test, memory, READ_WRITE);
        uint64_t found = 0;
        for (uint64_t i = 0; i < 600 * PAGE / 8; i++) {
            found |= words_at(at)[i];
            words_at(at)[i] = ANY_NUMBER;
        }
        raw_expect(&test->raw, found == 0, "new memory is zero");
        memory_unmap(test, at);
        memory_drop(test, &memory);
    }
}

/* The mapping holds the memory, and the capability does, in whatever order they go. */
static void test_release_order(struct memory_test *test)
{
    struct os_MemoryObject memory = memory_new(test, 3 * PAGE), other;
    uint64_t at = memory_map_any(test, memory, READ_WRITE);
    *words_at(at + 2 * PAGE) = 7;
    memory_unmap(test, at);
    at = memory_map_any(test, memory, READ);
    raw_expect(&test->raw, *words_at(at + 2 * PAGE) == 7, "memory outlives a mapping");
    memory_drop(test, &memory);
    other = memory_new(test, 3 * PAGE);
    uint64_t other_at = memory_map_any(test, other, READ_WRITE);
    for (uint64_t i = 0; i < 3; i++)
        *words_at(other_at + i * PAGE) = ANY_NUMBER;
    raw_expect(&test->raw, *words_at(at + 2 * PAGE) == 7 && *words_at(at) == 0,
               "case 159: what is mapped outlives the capability");
    memory_unmap(test, at);
    memory_unmap(test, other_at);
    memory_drop(test, &other);
}

/* ---- Ranges --------------------------------------------------------------------------------------- */

static void test_addresses(struct memory_test *test)
{
    static const uint64_t bad[] = {
        1,
        CAP_PAGE_BYTES,
        CAP_PROGRAM_START,
        CAP_RING_ADDRESS,
        CAP_CAPSET_ADDRESS,
        CAP_STACK_TOP - CAP_STACK_BYTES,
        CAP_STACK_TOP,
        CAP_MAPPINGS_START - CAP_PAGE_BYTES,
        CAP_MAPPINGS_START + 1,
        CAP_MAPPINGS_START + 8,
        CAP_MAPPINGS_START + CAP_PAGE_BYTES - 1,
        CAP_MAPPINGS_END - CAP_PAGE_BYTES,
        CAP_MAPPINGS_END,
        0x0000800000000000 - CAP_PAGE_BYTES,
        0x0000800000000000,
        0xffff800000000000,
        0xffffffff80000000,
        UINT64_MAX - 2 * CAP_PAGE_BYTES + 1,
        UINT64_MAX - CAP_PAGE_BYTES + 1,
        UINT64_MAX,
    };
    struct os_MemoryObject memory = memory_new(test, 2 * PAGE);
    for (uint32_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        raw_expect_err(&test->raw, memory_map(test, memory, bad[i], READ), CAP_ERR_INVALID,
                       "a range that is not for mappings");
        raw_expect_err(&test->raw, os_VirtualMemory_unmap(test->space, bad[i]), CAP_ERR_INVALID,
                       "no mapping begins there");
        raw_expect_err(&test->raw, os_VirtualMemory_protect(test->space, bad[i], READ), CAP_ERR_INVALID,
                       "likewise");
    }
    raw_expect_err(&test->raw, os_VirtualMemory_unmap(test->space, 0), CAP_ERR_INVALID, "nor at 0");
    raw_expect_err(&test->raw, memory_map(test, memory, CAP_MAPPINGS_END - 2 * PAGE, READ_WRITE), CAP_OK,
                   "the last place that there is");
    *words_at(CAP_MAPPINGS_END - 8) = 1;
    raw_expect_err(&test->raw, memory_map(test, memory, CHOOSE, READ_WRITE), CAP_OK,
                   "behind it is no room; the kernel finds another");
    raw_expect_err(&test->raw, memory_map(test, memory, CAP_MAPPINGS_START, READ_WRITE), CAP_ERR_FAULT,
                   "which is the first page but one");
    memory_unmap(test, CAP_MAPPINGS_START + PAGE);
    raw_expect_err(&test->raw, memory_map(test, memory, CAP_MAPPINGS_START, READ_WRITE), CAP_OK,
                   "the first place that there is");
    raw_expect(&test->raw, *words_at(CAP_MAPPINGS_START + 2 * PAGE - 8) == 1, "it is the same memory");
    memory_unmap(test, CAP_MAPPINGS_START);
    memory_unmap(test, CAP_MAPPINGS_END - 2 * PAGE);
    memory_drop(test, &memory);
}

static void test_overlaps(struct memory_test *test)
{
    struct os_MemoryObject four = memory_new(test, 4 * PAGE), one = memory_new(test, PAGE);
    raw_expect_err(&test->raw, memory_map(test, four, AT, READ_WRITE), CAP_OK, "four pages");
    for (int64_t i = -3; i <= 3; i++)
        raw_expect_err(&test->raw, memory_map(test, four, AT + (uint64_t)i * PAGE, READ), CAP_ERR_FAULT,
                       "over the beginning, all, or the end");
    for (uint64_t i = 0; i < 4; i++)
        raw_expect_err(&test->raw, memory_map(test, one, AT + i * PAGE, READ), CAP_ERR_FAULT,
                       "over one of its pages");
    raw_expect_err(&test->raw, memory_map(test, one, AT - PAGE, READ), CAP_OK, "right before it");
    raw_expect_err(&test->raw, memory_map(test, one, AT + 4 * PAGE, READ), CAP_OK, "right behind it");
    raw_expect_err(&test->raw, memory_map(test, four, AT - 4 * PAGE, READ), CAP_ERR_FAULT,
                   "the last page of it is taken");
    for (uint64_t i = 1; i < 4; i++)
        raw_expect_err(&test->raw, os_VirtualMemory_unmap(test->space, AT + i * PAGE), CAP_ERR_INVALID,
                       "no part of a mapping is unmapped");
    raw_expect_err(&test->raw, os_VirtualMemory_unmap(test->space, AT + 1), CAP_ERR_INVALID, "unaligned");
    memory_unmap(test, AT);
    raw_expect_err(&test->raw, os_VirtualMemory_unmap(test->space, AT), CAP_ERR_INVALID, "unmapped twice");
    raw_expect_err(&test->raw, os_VirtualMemory_protect(test->space, AT, READ), CAP_ERR_INVALID,
                   "protected after that");
    raw_expect_err(&test->raw, memory_map(test, four, AT, READ), CAP_OK, "into the gap");
    memory_unmap(test, AT + 4 * PAGE);
    memory_unmap(test, AT - PAGE);
    memory_unmap(test, AT);
    memory_drop(test, &one);
    memory_drop(test, &four);
}

/* With the end taken, the kernel fills gaps, and only those that leave a page on both sides. */
static void test_choice(struct memory_test *test)
{
    struct os_MemoryObject memory = memory_new(test, 2 * PAGE);
    uint64_t first = memory_map_any(test, memory, READ), second = memory_map_any(test, memory, READ);
    raw_expect(&test->raw, first == CAP_MAPPINGS_START + PAGE && second == first + 3 * PAGE,
               "an unmapped page before each");
    uint64_t last = CAP_MAPPINGS_END - 2 * PAGE;
    raw_expect_err(&test->raw, memory_map(test, memory, last, READ), CAP_OK, "the end is taken");
    raw_expect_err(&test->raw, memory_map(test, memory, second + 5 * PAGE, READ), CAP_OK,
                   "three pages are left in between, too few");
    uint64_t third = memory_map_any(test, memory, READ);
    raw_expect(&test->raw, third == second + 8 * PAGE, "so it comes behind");
    memory_unmap(test, second);
    raw_expect(&test->raw, memory_map_any(test, memory, READ) == second, "where there is room again");
    memory_unmap(test, last);
    for (uint64_t room = 3; room <= 4; room++) {
        last = CAP_MAPPINGS_END - (room + 2) * PAGE;
        raw_expect_err(&test->raw, memory_map(test, memory, last, READ), CAP_OK, "near the end");
        uint64_t next = memory_map_any(test, memory, READ);
        raw_expect(&test->raw, next == (room == 4 ? last + 3 * PAGE : third + 3 * PAGE),
                   "behind it there is room for two pages and one on each side, or not");
        memory_unmap(test, next);
        memory_unmap(test, last);
    }
    raw_expect_err(&test->raw, memory_map(test, memory, last, READ), CAP_OK, "the end is taken again");
    memory_unmap(test, first);
    memory_unmap(test, second);
    memory_unmap(test, second + 5 * PAGE);
    memory_unmap(test, third);
    memory_unmap(test, last);
    memory_drop(test, &memory);
}

/* ---- Access --------------------------------------------------------------------------------------- */

static void test_access(struct memory_test *test)
{
    struct os_MemoryObject memory = memory_new(test, PAGE);
    raw_expect_err(&test->raw, memory_map(test, memory, AT, 3), CAP_ERR_INVALID, "no such access");
    raw_expect_err(&test->raw, memory_map(test, memory, AT, UINT16_MAX), CAP_ERR_INVALID, "nor this");
    raw_expect_err(&test->raw, memory_map(test, memory, AT, READ_WRITE), CAP_OK, "to be written");
    raw_expect_err(&test->raw, os_VirtualMemory_protect(test->space, AT, 3), CAP_ERR_INVALID, "no such");
    raw_expect_err(&test->raw, memory_map(test, memory, AT + PAGE, READ_RUN), CAP_ERR_INVALID,
                   "what is writable at one address is not executable at another");
    raw_expect_err(&test->raw, memory_map(test, memory, AT + PAGE, READ), CAP_OK, "readable it may be");
    raw_expect_err(&test->raw, os_VirtualMemory_protect(test->space, AT + PAGE, READ_RUN), CAP_ERR_INVALID,
                   "nor made executable there");
    raw_expect_err(&test->raw, os_VirtualMemory_protect(test->space, AT + PAGE, READ_WRITE), CAP_OK,
                   "twice writable");
    raw_expect_err(&test->raw, os_VirtualMemory_protect(test->space, AT, READ_RUN), CAP_ERR_INVALID,
                   "one of two is still writable");
    memory_unmap(test, AT + PAGE);
    raw_expect_err(&test->raw, os_VirtualMemory_protect(test->space, AT, READ_RUN), CAP_OK,
                   "written first, then run");
    raw_expect_err(&test->raw, memory_map(test, memory, AT + PAGE, READ_WRITE), CAP_ERR_INVALID,
                   "what is executable at one address is not writable at another");
    raw_expect_err(&test->raw, os_VirtualMemory_protect(test->space, AT, READ_WRITE), CAP_OK,
                   "and written again");
    *words_at(AT) = 1;
    memory_unmap(test, AT);
    raw_expect_err(&test->raw, memory_map(test, memory, AT, READ_RUN), CAP_OK, "no mapping, no claim");
    memory_unmap(test, AT);
    memory_drop(test, &memory);
}

static void expect_read_only(struct memory_test *test, struct os_MemoryObject memory)
{
    raw_expect_err(&test->raw, memory_map(test, memory, AT, READ_WRITE), CAP_ERR_INVALID,
                   "read-only memory is not mapped writable");
    raw_expect_err(&test->raw, memory_map(test, memory, AT, READ_RUN), CAP_ERR_INVALID, "nor executable");
    raw_expect_err(&test->raw, memory_map(test, memory, AT, READ), CAP_OK, "but readable");
    raw_expect_err(&test->raw, os_VirtualMemory_protect(test->space, AT, READ_WRITE), CAP_ERR_INVALID,
                   "nor made writable");
    raw_expect_err(&test->raw, os_VirtualMemory_protect(test->space, AT, READ_RUN), CAP_ERR_INVALID,
                   "nor made executable");
    raw_expect_err(&test->raw, os_VirtualMemory_protect(test->space, AT, READ), CAP_OK, "as it is");
    memory_unmap(test, AT);
}

static void test_read_only(struct memory_test *test)
{
    struct os_MemoryObject memory = memory_new(test, PAGE + 5), facet, again;
    uint64_t at = memory_map_any(test, memory, READ_WRITE);
    raw_expect_err(&test->raw, os_MemoryObject_readOnly(memory, &facet), CAP_OK, "a read-only facet");
    raw_expect_err(&test->raw, os_MemoryObject_readOnly(facet, &again), CAP_OK, "of a read-only facet");
    expect_size(test, facet, PAGE + 5);
    expect_size(test, again, PAGE + 5);
    expect_read_only(test, facet);
    expect_read_only(test, again);
    *words_at(at) = ANY_NUMBER;
    uint64_t facet_at = memory_map_any(test, facet, READ);
    raw_expect(&test->raw, *words_at(facet_at) == ANY_NUMBER, "it is the same memory");
    *words_at(at + PAGE) = 8;
    raw_expect(&test->raw, *words_at(facet_at + PAGE) == 8, "now and later");
    memory_unmap(test, facet_at);
    memory_unmap(test, at);
    memory_drop(test, &memory);
    memory_drop(test, &facet);
    at = memory_map_any(test, again, READ);
    raw_expect(&test->raw, *words_at(at) == ANY_NUMBER, "it holds the memory alive");
    memory_drop(test, &again);
    raw_expect(&test->raw, *words_at(at + PAGE) == 8, "and so does its mapping");
    memory_unmap(test, at);
}

static void test_boot_module(struct memory_test *test, struct os_BootPackage package)
{
    struct os_MemoryObject memory, facet;
    raw_expect_err(&test->raw, os_BootPackage_manifest(package, &memory), CAP_OK, "the boot module");
    raw_expect_err(&test->raw, os_MemoryObject_readOnly(memory, &facet), CAP_OK, "its read-only facet");
    expect_read_only(test, memory);
    expect_read_only(test, facet);
    memory_drop(test, &memory);
    memory_drop(test, &facet);
}

/* ---- Buffers in memory that goes ------------------------------------------------------------------ */

/* writeLine("crossing"), as in tests/qemu/buffers. */
static const uint64_t message[] = {1ull << 48, 1 | (uint64_t)(9u << 3 | 2) << 32, 0x676e6973736f7263, 0};

static uint64_t answer[8];

static enum cap_err write_line(struct memory_test *test, uint64_t from, uint64_t to)
{
    const struct cap_sqe sqe = {
        .opcode = CAP_OP_CALL,
        .target = test->raw.console.handle.cap.bits,
        .interface_id = os_Console_ID,
        .message_addr = from,
        .message_bytes = sizeof message,
        .buffer_addr = to,
        .buffer_bytes = 64,
    };
    return raw_status(&test->raw, &sqe);
}

static void test_buffers(struct memory_test *test)
{
    struct os_MemoryObject memory = memory_new(test, 40 * PAGE);
    for (uint64_t page = 0; page < 40; page += 39) {
        uint64_t at = AT + page * PAGE;
        raw_expect_err(&test->raw, memory_map(test, memory, AT, READ_WRITE), CAP_OK, "mapped");
        memcpy((void *)at, message, sizeof message);
        raw_expect_err(&test->raw, write_line(test, at, at + 64), CAP_OK, "a good message and buffer");
        raw_expect_err(&test->raw, os_VirtualMemory_protect(test->space, AT, READ), CAP_OK, "protected");
        raw_expect_err(&test->raw, write_line(test, at, at + 64), CAP_ERR_FAULT,
                       "case 36: the buffer's page is read-only now");
        raw_expect_err(&test->raw, write_line(test, at, 0), CAP_ERR_FAULT, "a buffer at 0");
        raw_expect_err(&test->raw, write_line(test, at, (uint64_t)answer), CAP_OK,
                       "the message can still be read");
        memory_unmap(test, AT);
        raw_expect_err(&test->raw, write_line(test, at, (uint64_t)answer), CAP_ERR_FAULT,
                       "case 37: a message in memory that is gone");
        raw_expect_err(&test->raw, write_line(test, (uint64_t)message, at), CAP_ERR_FAULT,
                       "case 37: a buffer in memory that is gone");
    }
    memory_drop(test, &memory);
}

static void submit(struct memory_test *test, struct cap_sqe sqe, uint64_t user_data)
{
    sqe.user_data = user_data;
    raw_submit(&test->raw, &sqe);
    rt_enter(0, 0);
}

static void expect(struct memory_test *test, uint64_t user_data, enum cap_err status, const char *what)
{
    struct cap_cqe cqe = raw_take(&test->raw);
    raw_expect_err(&test->raw, (int64_t)cqe.user_data, (int64_t)user_data, what);
    raw_expect_err(&test->raw, cqe.status, status, what);
}

/* unmap by hand, while completions are outstanding: struct { address :UInt64 }. */
static struct cap_sqe unmap_of(struct memory_test *test, uint64_t address)
{
    static uint64_t params[2] = {1ull << 32};
    params[1] = address;
    return (struct cap_sqe){.opcode = CAP_OP_CALL,
                            .method_id = os_VirtualMemory_unmap_METHOD,
                            .target = test->space.handle.cap.bits,
                            .interface_id = os_VirtualMemory_ID,
                            .message_addr = (uint64_t)params,
                            .message_bytes = sizeof params};
}

/* The places of a call and of a receive that are under way disappear. */
static void test_buffers_under_way(struct memory_test *test, struct os_EndpointFactory endpoints)
{
    static struct cap_incoming incoming;
    struct os_Endpoint endpoint;
    struct rt_handle client;
    struct os_MemoryObject memory = memory_new(test, PAGE);
    raw_expect_err(&test->raw, os_EndpointFactory_create(endpoints, SERVED_ID, &endpoint), CAP_OK,
                   "an endpoint");
    raw_expect_err(&test->raw, os_Endpoint_makeClient(endpoint, 1, &client), CAP_OK, "a client facet");
    raw_expect_err(&test->raw, memory_map(test, memory, AT, READ_WRITE), CAP_OK, "mapped");
    const struct cap_sqe call = {.opcode = CAP_OP_CALL,
                                 .target = client.cap.bits,
                                 .interface_id = SERVED_ID,
                                 .buffer_addr = AT,
                                 .buffer_bytes = 64};
    struct cap_sqe recv = {
        .opcode = CAP_OP_RECV, .target = endpoint.handle.cap.bits, .buffer_addr = AT, .buffer_bytes = 64};
    submit(test, call, 1);
    submit(test, recv, 2);
    expect(test, 2, CAP_OK, "a call arrives");
    memcpy(&incoming, (void *)AT, sizeof incoming);
    submit(test, recv, 3);
    submit(test, unmap_of(test, AT), 4);
    expect(test, 4, CAP_OK, "its buffer and that of the next receive go");
    submit(test,
           (struct cap_sqe){.opcode = CAP_OP_RETURN,
                            .target = incoming.call_id,
                            .message_addr = (uint64_t)message,
                            .message_bytes = 16},
           5);
    expect(test, 1, CAP_ERR_FAULT, "case 37: the answer has no place");
    expect(test, 5, CAP_ERR_UNDELIVERED, "its server learns so");
    struct cap_sqe other = call;
    other.buffer_addr = (uint64_t)answer;
    submit(test, other, 6);
    expect(test, 3, CAP_ERR_FAULT, "case 37: the receive has no place");
    recv.buffer_addr = (uint64_t)&incoming;
    recv.buffer_bytes = sizeof incoming;
    submit(test, recv, 7);
    expect(test, 7, CAP_OK, "the call waits for the next one");
    submit(test, (struct cap_sqe){.opcode = CAP_OP_RETURN, .target = incoming.call_id}, 8);
    expect(test, 6, CAP_OK, "and ends well");
    expect(test, 8, CAP_OK, "for both");
    rt_handle_drop(&client);
    rt_handle_drop(&endpoint.handle);
    memory_drop(test, &memory);
}

/* ---- Limits --------------------------------------------------------------------------------------- */

/* How many objects of this size there is memory for, in one process; all are dropped again. */
static uint32_t count_objects(struct memory_test *test, uint64_t bytes, enum cap_err *err)
{
    static struct os_MemoryObject objects[OBJECTS];
    uint32_t count = 0;
    *err = CAP_OK;
    while (count < OBJECTS && !*err) {
        *err = os_FrameAllocator_create(test->allocator, bytes, &objects[count]);
        count += !*err;
    }
    for (uint32_t i = 0; i < count; i++)
        rt_handle_drop(&objects[i].handle);
    rt_flush(test->raw.rt);
    return count;
}

/* The limits are those of system.cue. */
static void test_frames_come_back(struct memory_test *test, uint32_t wanted)
{
    enum cap_err err;
    for (uint32_t round = 0; round < 3; round++) {
        uint32_t count = count_objects(test, CHUNK, &err);
        raw_expect(&test->raw, count == wanted, "as much memory as at first");
        if (count != wanted)
            print(test->raw.console, "  %u of %u", count, wanted);
    }
}

/* Maps until the ledger has no more records, then unmaps everything, the first half backwards. */
static uint32_t map_until_refused(struct memory_test *test, struct os_MemoryObject memory)
{
    uint32_t count = 0;
    enum cap_err err = CAP_OK;
    while (count < 4096 && !err) {
        err = memory_map(test, memory, AT + count * 2 * PAGE, READ);
        count += !err;
    }
    raw_expect_overloaded(&test->raw, err, "records: 1024 of 1024 in use, 1 more asked; ",
                          "case 156: the records come to their limit");
    for (uint32_t i = count / 2; i > 0; i--)
        memory_unmap(test, AT + (i - 1) * 2 * PAGE);
    for (uint32_t i = count / 2; i < count; i++)
        memory_unmap(test, AT + i * 2 * PAGE);
    return count;
}

/* Maps two pages on both sides of boundaries of page tables, until there is no frame for a table, and unmaps
 * them again. How many fit. */
static uint32_t map_across_tables(struct memory_test *test, struct os_MemoryObject memory)
{
    uint32_t count = 0;
    enum cap_err err = CAP_OK;
    while (count < 64 && !err) {
        err = memory_map(test, memory, TABLE_BOUNDARY(count) - PAGE, READ);
        count += !err;
    }
    if (err != CAP_ERR_NO_MEMORY)
        raw_expect_overloaded(&test->raw, err, "frames: ", "no frame for a page table");
    for (uint32_t i = 0; i < count; i++)
        memory_unmap(test, TABLE_BOUNDARY(i) - PAGE);
    return count;
}

/* Takes all memory, and gives it back page by page: mappings end at each of the frames that they need. */
static void test_page_tables(struct memory_test *test)
{
    static struct os_MemoryObject singles[SINGLES], objects[OBJECTS];
    struct os_MemoryObject memory = memory_new(test, 2 * PAGE);
    uint32_t count = 0, mapped = 0;
    enum cap_err err = CAP_OK;
    for (uint32_t i = 0; i < SINGLES; i++)
        singles[i] = memory_new(test, PAGE);
    for (uint64_t bytes = CHUNK; bytes >= PAGE; bytes /= 2)
        while (count < OBJECTS && !(err = os_FrameAllocator_create(test->allocator, bytes, &objects[count])))
            count++;
    print(test->raw.console, "the last page is taken: %s", error_name(err));
    raw_expect(&test->raw, count < OBJECTS, "all memory is taken");
    for (uint32_t i = 0; i < SINGLES; i++) {
        memory_drop(test, &singles[i]);
        mapped = map_across_tables(test, memory);
        raw_expect(&test->raw, map_across_tables(test, memory) == mapped, "as many a second time");
    }
    raw_expect(&test->raw, mapped > 2, "in the end there are frames for some");
    for (uint32_t i = 0; i < count; i++)
        rt_handle_drop(&objects[i].handle);
    memory_drop(test, &memory);
}

static void test_limits(struct memory_test *test)
{
    enum cap_err err;
    uint32_t most = count_objects(test, CHUNK, &err);
    print(test->raw.console, "memory for %u objects of 1 MiB, then %s", most, error_name(err));
    test_frames_come_back(test, most);
    struct os_MemoryObject memory = memory_new(test, PAGE);
    uint32_t count = map_until_refused(test, memory);
    raw_expect(&test->raw, count > 500, "many mappings");
    raw_expect(&test->raw, map_until_refused(test, memory) == count, "as many a second time");
    memory_drop(test, &memory);
    test_page_tables(test);
    test_frames_come_back(test, most);
}

int main(struct rt *rt)
{
    struct memory_test test = memory_test_start(rt);
    struct os_BootPackage package;
    struct os_EndpointFactory endpoints;
    if (RT_CAPSET(rt, "bootPackage", os_BootPackage, &package) ||
        RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &endpoints))
        return 97;
    test_sizes(&test);
    test_zeroed(&test);
    test_release_order(&test);
    test_addresses(&test);
    test_overlaps(&test);
    test_choice(&test);
    test_access(&test);
    test_read_only(&test);
    test_boot_module(&test, package);
    test_buffers(&test);
    test_buffers_under_way(&test, endpoints);
    test_limits(&test);
    return raw_end(&test.raw);
}
