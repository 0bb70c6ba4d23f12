/* Two memories take turns at one address while calls are under way: what the kernel writes and reads is in
 * the one that is there at that moment, and the other stays as it was.
 *
 * Next: tests/qemu/memory/memory.c, for memory that is gone
 */
#include "lib/mem.h"
#include "tests/qemu/memory.h"

#define AT        (CAP_MAPPINGS_START + 0x10000000)
#define ASIDE     (CAP_MAPPINGS_START + 0x20000000)
#define SERVED_ID 0x77

/* Pages of each memory, by what is in them. */
#define RECEIVED 0
#define ANSWERED 1
#define SENT     2
#define PAGES    3

#define WORDS   4 /* of a message */
#define ROUNDS  4 /* of turns */
#define PATTERN 0xabababababababab

struct test {
    struct memory_test memory;
    struct os_MemoryObject memories[2];
    uint32_t present; /* the one that is at AT; the other is at ASIDE */
    struct os_Endpoint endpoint;
    struct rt_handle client;
    bool is_limited; /* calls have a time limit, which keeps them off the fastpath */
    bool is_warm;    /* the kernel has used the memory since it took its turn */
};

static volatile uint64_t *page_at(uint64_t base, uint32_t page)
{
    return words_at(base + page * PAGE);
}

static void fill(uint64_t base)
{
    for (uint32_t page = 0; page < PAGES; page++)
        for (uint32_t i = 0; i < PAGE / 8; i++)
            page_at(base, page)[i] = PATTERN;
}

static void expect_untouched(struct test *test, uint64_t base, uint32_t page, uint32_t from, const char *what)
{
    bool is_untouched = true;
    for (uint32_t i = from; i < PAGE / 8; i++)
        is_untouched &= page_at(base, page)[i] == PATTERN;
    raw_expect(&test->memory.raw, is_untouched, what);
}

static void expect_message(struct test *test, const volatile uint64_t *words, const char *what)
{
    bool is_message = words[0] == 1ull << 32;
    for (uint32_t i = 1; i < WORDS; i++)
        is_message &= words[i] == i;
    raw_expect(&test->memory.raw, is_message, what);
}

static void write_message(uint64_t base)
{
    page_at(base, SENT)[0] = 1ull << 32;
    for (uint32_t i = 1; i < WORDS; i++)
        page_at(base, SENT)[i] = i;
}

static void put(struct test *test, uint32_t index, uint64_t address)
{
    raw_expect_err(&test->memory.raw, memory_map(&test->memory, test->memories[index], address, READ_WRITE),
                   CAP_OK, "mapped");
}

/* Has the kernel read and write all pages that are at AT. */
static void warm(struct test *test)
{
    struct cap_sqe size = {.opcode = CAP_OP_CALL,
                           .target = test->memories[0].handle.cap.bits,
                           .interface_id = os_MemoryObject_ID,
                           .method_id = os_MemoryObject_size_METHOD,
                           .message_addr = AT + PAGE / 2,
                           .buffer_bytes = 64};
    for (uint32_t page = 0; page < PAGES; page++) {
        size.buffer_addr = AT + page * PAGE + PAGE / 2;
        raw_expect_err(&test->memory.raw, raw_status(&test->memory.raw, &size), CAP_OK, "a use of the page");
        for (uint32_t i = 0; i < 8; i++)
            page_at(AT, page)[PAGE / 16 + i] = PATTERN;
    }
}

/* The other memory comes to AT, all pattern but for a message to send; this one goes aside, all pattern. */
static void turn(struct test *test)
{
    memory_unmap(&test->memory, AT);
    memory_unmap(&test->memory, ASIDE);
    put(test, test->present, ASIDE);
    test->present = !test->present;
    put(test, test->present, AT);
    fill(AT);
    fill(ASIDE);
    if (test->is_warm)
        warm(test);
    write_message(AT);
}

static void submit(struct test *test, struct cap_sqe sqe)
{
    raw_submit(&test->memory.raw, &sqe);
    rt_enter(0, 0);
}

static void expect(struct test *test, uint64_t user_data, const char *what)
{
    struct cap_cqe cqe = raw_take(&test->memory.raw);
    raw_expect_err(&test->memory.raw, (int64_t)cqe.user_data, (int64_t)user_data, what);
    raw_expect_err(&test->memory.raw, cqe.status, CAP_OK, what);
}

static const struct cap_sqe answer_buffer = {.buffer_addr = AT + ANSWERED * PAGE, .buffer_bytes = 64};

static struct cap_sqe call_of(const struct test *test)
{
    static struct cap_time_limit limit = {.timeout_ns = CAP_TIMEOUT_NEVER - 1};
    return (struct cap_sqe){.opcode = CAP_OP_CALL,
                            .flags = test->is_limited ? CAP_SQE_TIMEOUT : 0,
                            .user_data = 1,
                            .target = test->client.cap.bits,
                            .interface_id = SERVED_ID,
                            .message_addr = AT + SENT * PAGE,
                            .message_bytes = WORDS * 8,
                            .buffer_addr = answer_buffer.buffer_addr,
                            .buffer_bytes = answer_buffer.buffer_bytes,
                            .transfers_addr = test->is_limited ? (uint64_t)&limit : 0};
}

static struct cap_sqe recv_of(const struct test *test)
{
    return (struct cap_sqe){.opcode = CAP_OP_RECV,
                            .user_data = 2,
                            .target = test->endpoint.handle.cap.bits,
                            .buffer_addr = AT + RECEIVED * PAGE,
                            .buffer_bytes = 64};
}

/* The call that has arrived is where it has to be, and nowhere else. */
static uint64_t expect_arrived(struct test *test)
{
    const uint32_t head_words = sizeof(struct cap_incoming) / 8;
    expect(test, 2, "the call arrives");
    expect_message(test, page_at(AT, RECEIVED) + head_words, "in the memory that is there");
    expect_untouched(test, AT, RECEIVED, head_words + WORDS, "and no more of it");
    expect_untouched(test, ASIDE, RECEIVED, 0, "not in the one that was there");
    return *page_at(AT, RECEIVED);
}

static void answer(struct test *test, uint64_t call_id)
{
    submit(test, (struct cap_sqe){.opcode = CAP_OP_RETURN,
                                  .user_data = 3,
                                  .target = call_id,
                                  .message_addr = AT + SENT * PAGE,
                                  .message_bytes = WORDS * 8});
    expect(test, 1, "the answer arrives");
    expect(test, 3, "for its server, too");
    expect_message(test, page_at(AT, ANSWERED), "in the memory that is there");
    expect_untouched(test, AT, ANSWERED, WORDS, "and no more of it");
    expect_untouched(test, ASIDE, ANSWERED, 0, "not in the one that was there");
}

/* A turn at every moment of a call: before it finds a RECV, or is found by one, and before its answer. */
static void run(struct test *test, bool is_receive_first)
{
    submit(test, is_receive_first ? recv_of(test) : call_of(test));
    turn(test);
    submit(test, is_receive_first ? call_of(test) : recv_of(test));
    uint64_t call_id = expect_arrived(test);
    turn(test);
    answer(test, call_id);
    turn(test);
}

int main(struct rt *rt)
{
    struct test test = {.memory = memory_test_start(rt)};
    struct raw *raw = &test.memory.raw;
    struct os_EndpointFactory endpoints;
    if (RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &endpoints))
        return 97;
    raw_expect_err(raw, os_EndpointFactory_create(endpoints, SERVED_ID, &test.endpoint), CAP_OK, "endpoint");
    raw_expect_err(raw, os_Endpoint_makeClient(test.endpoint, 1, &test.client), CAP_OK, "client");
    for (uint32_t i = 0; i < 2; i++)
        test.memories[i] = memory_new(&test.memory, PAGES * PAGE);
    put(&test, 0, AT);
    put(&test, 1, ASIDE);
    turn(&test);
    for (uint32_t i = 0; i < ROUNDS * 8; i++) {
        test.is_limited = i & 1;
        test.is_warm = i & 2;
        run(&test, i & 4);
    }
    return raw_end(raw);
}
