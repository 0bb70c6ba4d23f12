/* Addresses and lengths as a hostile program uses them. The call is Console.writeLine with a good
 * message at a chosen address, or with a chosen place for the answer.
 *
 * Next: tests/qemu/endpoint/endpoint.c
 */
#include "lib/mem.h"
#include "tests/qemu/raw.h"

/* writeLine("crossing"): a root pointer to one pointer, the pointer to 9 bytes, the text. */
static const uint64_t message[] = {1ull << 48, 1 | (uint64_t)(9u << 3 | 2) << 32, 0x676e6973736f7263, 0};
#define MESSAGE_BYTES sizeof message

static enum cap_err write_line(struct raw *raw, uint64_t address, uint32_t bytes)
{
    struct cap_sqe sqe = {
        .opcode = CAP_OP_CALL,
        .target = raw->console.handle.cap.bits,
        .interface_id = os_Console_ID,
        .message_addr = address,
        .message_bytes = bytes,
    };
    return raw_status(raw, &sqe);
}

static enum cap_err answer_to(struct raw *raw, uint64_t address, uint32_t bytes)
{
    struct cap_sqe sqe = {
        .opcode = CAP_OP_CALL,
        .target = raw->console.handle.cap.bits,
        .interface_id = os_Console_ID,
        .message_addr = (uint64_t)message,
        .message_bytes = MESSAGE_BYTES,
        .buffer_addr = address,
        .buffer_bytes = bytes,
    };
    return raw_status(raw, &sqe);
}

static void test_message_addresses(struct raw *raw)
{
    static const struct {
        uint64_t address;
        const char *what;
    } bad[] = {
        {0, "case 31: null"},
        {8, "case 31: in the first page"},
        {CAP_STACK_TOP, "case 31: one byte past a mapping"},
        {CAP_STACK_TOP - CAP_STACK_BYTES - 8, "the guard below the stack"},
        {CAP_STACK_TOP - 8, "case 32: begins in a page, ends in no page"},
        {CAP_USER_END - 8, "case 33: crosses the end of user memory"},
        {0x00007ffffffffff8, "case 33: crosses into what is not canonical"},
        {0x0000800000000000, "case 33: not canonical"},
        {0xffff7ffffffffff8, "case 33: not canonical, from above"},
        {0xffff800000000000, "case 33: the kernel's direct map"},
        {0xffffffff80000000, "case 33: the kernel's text"},
        {0xfffffffffffffff8, "case 34: wraps"},
        {CAP_RING_ADDRESS, "case 39: the ring page"},
        {CAP_RING_ADDRESS - 8, "case 39: into the ring page"},
        {CAP_CAPSET_ADDRESS, "case 39: the CapSet page"},
        {CAP_CAPSET_ADDRESS + CAP_PAGE_BYTES - 8, "case 39: out of the CapSet page"},
    };
    for (uint32_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        raw_expect_err(raw, write_line(raw, bad[i].address, MESSAGE_BYTES), CAP_ERR_FAULT, bad[i].what);
        raw_expect_err(raw, answer_to(raw, bad[i].address, MESSAGE_BYTES), CAP_ERR_FAULT, bad[i].what);
    }
    raw_expect_err(raw, answer_to(raw, (uint64_t)message, 8), CAP_ERR_FAULT,
                   "case 36: an answer into read-only data");
    raw_expect_err(raw, answer_to(raw, (uint64_t)answer_to, 8), CAP_ERR_FAULT,
                   "case 36: an answer into code");
}

static void test_good_edges(struct raw *raw)
{
    /* Ends with the last byte of the stack; and crosses a page boundary. */
    static _Alignas(CAP_PAGE_BYTES) uint8_t pages[2 * CAP_PAGE_BYTES];
    for (uint32_t before = 0; before <= MESSAGE_BYTES; before += 8) {
        uint8_t *at = pages + CAP_PAGE_BYTES - before;
        memcpy(at, message, MESSAGE_BYTES);
        raw_expect_err(raw, write_line(raw, (uint64_t)at, MESSAGE_BYTES), CAP_OK,
                       "case 45: across a page boundary");
    }
    memcpy(pages + 1, message, MESSAGE_BYTES);
    raw_expect_err(raw, write_line(raw, (uint64_t)pages + 1, MESSAGE_BYTES), CAP_OK,
                   "an address needs no alignment");
    raw_expect_err(raw, write_line(raw, 0xdead, 0), CAP_OK, "case 35: nothing is read from a bad address");
    raw_expect_err(raw, answer_to(raw, 0xdead, 0), CAP_OK, "case 35: nothing is written to a bad address");
    raw_expect_err(raw, answer_to(raw, (uint64_t)pages, UINT32_MAX), CAP_OK,
                   "more room than any answer takes");
}

static void test_lengths(struct raw *raw)
{
    static uint64_t words[CAP_MESSAGE_BYTES_MAX / 8 + 1];
    raw_expect_err(raw, write_line(raw, (uint64_t)words, CAP_MESSAGE_BYTES_MAX), CAP_OK,
                   "the longest message");
    raw_expect_err(raw, write_line(raw, (uint64_t)words, CAP_MESSAGE_BYTES_MAX + 8), CAP_ERR_TOO_BIG,
                   "case 41: longer");
    raw_expect_err(raw, write_line(raw, (uint64_t)words, 0x80000000), CAP_ERR_TOO_BIG, "case 41: 2^31");
    raw_expect_err(raw, write_line(raw, (uint64_t)words, UINT32_MAX - 7), CAP_ERR_TOO_BIG,
                   "case 41: 2^32 - 8");
    raw_expect_err(raw, write_line(raw, (uint64_t)words, 12), CAP_ERR_BAD_SQE, "half a word");
}

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    test_message_addresses(&raw);
    test_good_edges(&raw);
    test_lengths(&raw);
    return raw_end(&raw);
}
