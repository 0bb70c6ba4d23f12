/* Calls flaky, several calls at a time, and counts how often each call ends.
 * Next: tests/qemu/restart/abandoned.c */
#include "build/gen/user/echo/echo.client.h"
#include "tests/qemu/raw.h"

#define ROUNDS      5
#define CALLS       8 /* under way at once */
#define SERVED_EACH 5 /* calls that one instance receives: the last one kills it */
#define BADGE       7
#define SECONDS(n)  ((n)*1000000000ull)

static struct {
    uint64_t answer[64];
    uint32_t end_count;
    enum cap_err status;
} calls[CALLS];
static uint64_t params[16];

/* All of them are sent before the first answer is looked at. */
static void send_all(struct raw *raw, struct demo_Echo echo)
{
    struct wire_message_builder builder;
    wire_message_build(&builder, params, sizeof params / sizeof params[0]);
    enum cap_err error =
        demo_Echo_echo_Params_set_text(demo_Echo_echo_Params_init_root(&builder), wire_text_of("word"));
    raw_expect_err(raw, error, CAP_OK, "parameters");
    for (uint64_t i = 0; i < CALLS; i++) {
        calls[i].end_count = 0;
        struct cap_sqe sqe = {.opcode = CAP_OP_CALL,
                              .method_id = demo_Echo_echo_METHOD,
                              .user_data = i,
                              .target = echo.handle.cap.bits,
                              .interface_id = demo_Echo_ID,
                              .message_addr = (uint64_t)params,
                              .message_bytes = builder.word_count * 8,
                              .buffer_addr = (uint64_t)calls[i].answer,
                              .buffer_bytes = sizeof calls[i].answer};
        raw_submit(raw, &sqe);
    }
}

/* Takes completions until as many have come as were sent, then looks whether one comes too many. */
static void take_all(struct raw *raw)
{
    struct cap_cqe cqe;
    uint32_t taken_count = 0;
    while (taken_count < CALLS && rt_enter(1, SECONDS(20)) > 0) {
        while (ring_client_take(&raw->rt->ring, &cqe) && cqe.user_data < CALLS) {
            calls[cqe.user_data].end_count++;
            calls[cqe.user_data].status = cqe.status;
            taken_count++;
        }
    }
    rt_enter(0, 0);
    raw_expect(raw, !ring_client_take(&raw->rt->ring, &cqe), "no completion too many");
}

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct demo_Echo echo;
    struct wire_text text;
    uint32_t badge = 0, answered_count = 0, dead_count = 0;
    if (RT_CAPSET(rt, "echo", demo_Echo, &echo))
        return 98;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        send_all(&raw, echo);
        take_all(&raw);
        for (uint32_t i = 0; i < CALLS; i++) {
            raw_expect_err(&raw, calls[i].end_count, 1, "each call ends exactly once");
            answered_count += calls[i].status == CAP_OK;
            dead_count += calls[i].status == CAP_ERR_PEER_DEAD;
        }
    }
    raw_expect_err(&raw, dead_count, ROUNDS * CALLS / SERVED_EACH,
                   "the call at each crash, and no other, is lost");
    raw_expect_err(&raw, answered_count, ROUNDS * CALLS - dead_count, "all others are answered");
    raw_expect_err(&raw, demo_Echo_echo(echo, wire_text_of("word"), &text, &badge), CAP_OK,
                   "the next instance answers as well");
    raw_expect_err(&raw, badge, BADGE, "and still sees the badge");
    return raw_end(&raw);
}
