/* Reservations as a hostile program uses them. What a fault in one does is in tests/qemu/memory-sharing.
 *
 * Next: lib/range_tree.h
 */
#include "tests/qemu/memory.h"

#define AT    (CAP_MAPPINGS_START + 0x10000000)
#define SPACE (CAP_MAPPINGS_END - CAP_MAPPINGS_START)

static enum cap_err reserve(struct memory_test *test, uint64_t address, uint64_t bytes)
{
    uint64_t at = 1;
    enum cap_err err = os_VirtualMemory_reserve(test->space, address, bytes, &at);
    if (!err && address)
        raw_expect(&test->raw, at == address, "it is reserved where it was asked for");
    return err;
}

static uint64_t reserve_any(struct memory_test *test, uint64_t bytes)
{
    uint64_t at = 1;
    raw_expect_err(&test->raw, os_VirtualMemory_reserve(test->space, CHOOSE, bytes, &at), CAP_OK, "reserved");
    return at;
}

static void unreserve(struct memory_test *test, uint64_t address)
{
    raw_expect_err(&test->raw, os_VirtualMemory_unreserve(test->space, address), CAP_OK, "given back");
}

/* Every number for an address and for a length: one error each, and nothing has changed. */
static void test_hostile_ranges(struct memory_test *test)
{
    static const uint64_t addresses[] = {
        1,          PAGE,       CAP_MAPPINGS_START - PAGE, CAP_MAPPINGS_START + 1, CAP_MAPPINGS_END,
        1ull << 47, 1ull << 63, 0xffff800000000000,        UINT64_MAX - PAGE + 1,  UINT64_MAX,
    };
    static const uint64_t lengths[] = {
        0, SPACE + 1, SPACE + PAGE, 1ull << 47, 1ull << 63, UINT64_MAX - PAGE + 1, UINT64_MAX - 1, UINT64_MAX,
    };
    struct raw *raw = &test->raw;
    for (uint32_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        raw_expect_err(raw, reserve(test, addresses[i], PAGE), CAP_ERR_INVALID, "an address that is none");
        raw_expect_err(raw, os_VirtualMemory_unreserve(test->space, addresses[i]), CAP_ERR_INVALID,
                       "likewise");
        for (uint32_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++)
            raw_expect_err(raw, reserve(test, addresses[i], lengths[k]), CAP_ERR_INVALID,
                           "with every length");
    }
    for (uint32_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++) {
        raw_expect_err(raw, reserve(test, CHOOSE, lengths[k]), CAP_ERR_INVALID, "a length that is none");
        raw_expect_err(raw, reserve(test, AT, lengths[k]), CAP_ERR_INVALID, "at a good address");
    }
    raw_expect_err(raw, os_VirtualMemory_unreserve(test->space, 0), CAP_ERR_INVALID, "nothing begins at 0");
    raw_expect_err(raw, reserve(test, CAP_MAPPINGS_END - PAGE, PAGE + 1), CAP_ERR_INVALID,
                   "one byte too much");
    raw_expect_err(raw, reserve(test, CHOOSE, SPACE), CAP_ERR_NO_MEMORY, "no page would be left beside it");
    raw_expect_err(raw, reserve(test, CHOOSE, SPACE - PAGE), CAP_ERR_NO_MEMORY, "nor on one side");
}

static void test_whole_space(struct memory_test *test)
{
    struct os_MemoryObject page = memory_new(test, PAGE);
    struct raw *raw = &test->raw;
    raw_expect_err(raw, reserve(test, CAP_MAPPINGS_START, SPACE), CAP_OK, "all that there is");
    raw_expect_err(raw, reserve(test, CHOOSE, 1), CAP_ERR_NO_MEMORY, "nothing is left to reserve");
    raw_expect_err(raw, reserve(test, AT, 1), CAP_ERR_FAULT, "what is reserved is not reserved again");
    raw_expect_err(raw, memory_map(test, page, CHOOSE, READ_WRITE), CAP_ERR_NO_MEMORY, "nor is there room");
    raw_expect_err(raw, memory_map(test, page, CAP_MAPPINGS_END - PAGE, READ_WRITE), CAP_OK,
                   "but by address");
    *words_at(CAP_MAPPINGS_END - 8) = 1;
    memory_unmap(test, CAP_MAPPINGS_END - PAGE);
    unreserve(test, CAP_MAPPINGS_START);
    raw_expect_err(raw, os_VirtualMemory_unreserve(test->space, CAP_MAPPINGS_START), CAP_ERR_INVALID, "once");
    uint64_t at = reserve_any(test, SPACE - 2 * PAGE);
    raw_expect(raw, at == CAP_MAPPINGS_START + PAGE, "all but a page on each side");
    unreserve(test, at);
    memory_drop(test, &page);
}

static void test_placement(struct memory_test *test)
{
    struct os_MemoryObject page = memory_new(test, PAGE), four = memory_new(test, 4 * PAGE);
    struct raw *raw = &test->raw;
    uint64_t first = reserve_any(test, 8 * PAGE - 7), at = memory_map_any(test, page, READ_WRITE);
    raw_expect(raw, first == CAP_MAPPINGS_START + PAGE && at == first + 9 * PAGE,
               "whole pages; what the kernel places comes behind, with a page between");
    raw_expect_err(raw, memory_map(test, four, first + 2 * PAGE, READ_WRITE), CAP_OK, "in the reservation");
    raw_expect_err(raw, memory_map(test, page, first + 3 * PAGE, READ_WRITE), CAP_ERR_FAULT,
                   "mapped already");
    raw_expect_err(raw, memory_map(test, page, first + 6 * PAGE, READ_WRITE), CAP_OK, "right behind it");
    raw_expect_err(raw, memory_map(test, four, first + 6 * PAGE, READ), CAP_ERR_FAULT, "over the end");
    raw_expect_err(raw, memory_map(test, four, first - PAGE, READ), CAP_ERR_FAULT, "over the beginning");
    raw_expect_err(raw, memory_map(test, page, first, READ), CAP_OK, "the first page");
    raw_expect_err(raw, memory_map(test, page, first + 7 * PAGE, READ), CAP_OK, "the last page");
    raw_expect_err(raw, reserve(test, first + 4 * PAGE, PAGE), CAP_ERR_FAULT,
                   "what is mapped is not reserved");
    raw_expect_err(raw, reserve(test, at, PAGE), CAP_ERR_FAULT, "nor elsewhere");
    raw_expect_err(raw, reserve(test, at - PAGE, 3 * PAGE), CAP_ERR_FAULT, "nor around it");
    raw_expect_err(raw, os_VirtualMemory_unreserve(test->space, first + 2 * PAGE), CAP_ERR_INVALID,
                   "a mapping is no reservation");
    raw_expect_err(raw, os_VirtualMemory_unreserve(test->space, at), CAP_ERR_INVALID, "nor here");
    memory_unmap(test, first);
    raw_expect_err(raw, os_VirtualMemory_unmap(test->space, first), CAP_ERR_INVALID,
                   "a reservation is no mapping");
    raw_expect_err(raw, os_VirtualMemory_protect(test->space, first + 2 * PAGE, READ), CAP_OK,
                   "protected inside");

    *words_at(first + 6 * PAGE) = 5;
    unreserve(test, first);
    raw_expect(raw, *words_at(first + 7 * PAGE) == 5, "what was mapped in it stays mapped");
    raw_expect_err(raw, reserve(test, first, 8 * PAGE), CAP_ERR_FAULT, "so it is not reserved around that");
    raw_expect_err(raw, reserve(test, first, 2 * PAGE), CAP_OK, "but before");
    unreserve(test, first);
    memory_unmap(test, first + 2 * PAGE);
    memory_unmap(test, first + 6 * PAGE);
    memory_unmap(test, first + 7 * PAGE);
    memory_unmap(test, at);
    memory_drop(test, &page);
    memory_drop(test, &four);
}

/* A reservation is a record, and no frame: of 1024 records a few are other objects. */
static void test_quota(struct memory_test *test)
{
    uint64_t count = 0, at, first = 0;
    enum cap_err err;
    while ((err = os_VirtualMemory_reserve(test->space, CHOOSE, 1ull << 30, &at)) == CAP_OK) {
        first = count++ ? first : at;
        if (at != first + (count - 1) * ((1ull << 30) + PAGE))
            break;
    }
    raw_expect_overloaded(&test->raw, err, "records: ", "as many as there are records");
    raw_expect(&test->raw, count > 1000 && count < 1024, "about a thousand");
    for (uint64_t i = 0; i < count; i++)
        unreserve(test, first + (i * 7 % count) * ((1ull << 30) + PAGE));
}

int main(struct rt *rt)
{
    struct memory_test test = memory_test_start(rt);
    test_hostile_ranges(&test);
    test_whole_space(&test);
    test_placement(&test);
    test_quota(&test);
    reserve_any(&test, 5 * PAGE);
    struct os_MemoryObject page = memory_new(&test, PAGE);
    raw_expect_err(&test.raw, memory_map(&test, page, reserve_any(&test, 5 * PAGE), READ_WRITE), CAP_OK,
                   "left for the end of this process, with what is mapped in it");
    return raw_end(&test.raw);
}
