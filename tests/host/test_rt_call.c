/* user/rt against a kernel that is played here, behind rt_enter, with the kernel's end of lib/ring.
 *
 * What the played kernel does with an SQE depends on its target:
 *   ANSWERING  the call completes while the SQ is drained; its answer is a copy of the parameters
 *   HOLDING    the call completes only when somebody waits; the newest first
 *   REFUSING   completes at once with CAP_ERR_STALE
 *   ENDPOINT   RECV: gets what the test queued in `calls`; else stays pending, until a waiting enter finds
 *              nothing else to complete: then CAP_ERR_DISCONNECTED
 *
 * Next: tests/host/check.h
 */
#include "tests/host/test.h"
#include "tests/host/check.h"

/* A program's main and this one's cannot both be called main. */
#define main program_main
#include "user/rt/call.c"
#include "user/rt/pending.c"
#include "user/rt/rt.c"
#include "user/rt/serve.c"
#undef main

#include "build/gen/user/echo/echo.client.h"

enum {
    ANSWERING = 101,
    HOLDING,
    REFUSING,
    ENDPOINT,
};

#define CALL_ID_FIRST 1000

/* A call that a client makes in a test of the server loop. */
struct client_call {
    uint64_t badge, interface_id;
    uint16_t method_id;
    uint64_t words[64];
    uint32_t word_count;
    uint16_t cap_count;
    bool is_gone; /* the client has died meanwhile */
    /* Seen by the test afterwards. */
    bool is_answered;
    uint8_t flags;
    uint32_t answer_word_count;
    uint64_t answer[64];
    uint16_t answer_cap_count;
    struct cap_transfer_out answer_caps[CAP_TRANSFER_MAX];
};

static struct kernel {
    struct cap_ring page;
    struct ring ring;
    struct cap_sqe held[CAP_CQ_ENTRIES];
    uint32_t held_count;
    struct cap_sqe receive;
    bool has_receive;

    struct client_call calls[4];
    uint32_t call_count, calls_delivered;
    enum cap_err return_status; /* of a RETURN with capabilities */

    /* What the test looks at. */
    uint32_t enter_count;
    uint32_t taken_count;
    uint32_t taken_by_last_enter;
    uint32_t held_most;
    uint64_t released[256];
    uint32_t release_count;
} kernel;

static struct cap_capset capset;
static struct rt rt;

static void post(const struct cap_sqe *sqe, enum cap_err status, uint32_t message_bytes, uint16_t cap_count)
{
    struct cap_cqe cqe = {.user_data = sqe->user_data,
                          .status = status,
                          .message_bytes = message_bytes,
                          .cap_count = cap_count};
    ring_post(&kernel.ring, &cqe);
}

/* The answer is the parameters; capabilities come back with 1000 added to their ids. */
static void answer_call(const struct cap_sqe *sqe)
{
    struct cap_transfer_out *out = (struct cap_transfer_out *)sqe->transfers_addr;
    struct cap_transfer_in *in = (struct cap_transfer_in *)(out + sqe->send_count);

    EXPECT(sqe->buffer_bytes >= CAP_MESSAGE_BYTES_MAX && sqe->receive_count == CAP_TRANSFER_MAX);
    memcpy((void *)sqe->buffer_addr, (void *)sqe->message_addr, sqe->message_bytes);
    for (uint32_t i = 0; i < sqe->send_count; i++)
        in[i] = (struct cap_transfer_in){out[i].cap + 1000, 77};
    post(sqe, CAP_OK, sqe->message_bytes, sqe->send_count);
}

static void deliver(void)
{
    if (!kernel.has_receive || kernel.calls_delivered == kernel.call_count)
        return;
    struct client_call *call = &kernel.calls[kernel.calls_delivered];
    struct cap_incoming *incoming = (struct cap_incoming *)kernel.receive.buffer_addr;
    struct cap_transfer_in *in = (struct cap_transfer_in *)kernel.receive.transfers_addr;

    EXPECT(kernel.receive.buffer_bytes >= sizeof *incoming + CAP_MESSAGE_BYTES_MAX);
    *incoming = (struct cap_incoming){
        .call_id = CALL_ID_FIRST + kernel.calls_delivered++,
        .badge = call->badge,
        .interface_id = call->interface_id,
        .method_id = call->method_id,
        .cap_count = call->cap_count,
        .message_bytes = call->word_count * 8,
    };
    memcpy(incoming + 1, call->words, call->word_count * 8);
    for (uint32_t i = 0; i < call->cap_count; i++)
        in[i] = (struct cap_transfer_in){500 + i, 77};
    kernel.has_receive = false;
    post(&kernel.receive, CAP_OK, call->word_count * 8, call->cap_count);
}

static void take_return(const struct cap_sqe *sqe)
{
    struct client_call *call = &kernel.calls[sqe->target - CALL_ID_FIRST];
    EXPECT(sqe->target - CALL_ID_FIRST < kernel.calls_delivered && !call->is_answered);
    enum cap_err refused = call->is_gone         ? CAP_ERR_STALE
                           : sqe->send_count > 0 ? kernel.return_status
                                                 : CAP_OK;
    if (refused != CAP_OK) {
        post(sqe, refused, 0, 0);
        return;
    }
    call->is_answered = true;
    call->flags = sqe->flags;
    call->answer_word_count = sqe->message_bytes / 8;
    EXPECT(sqe->message_bytes <= sizeof call->answer);
    memcpy(call->answer, (void *)sqe->message_addr, sqe->message_bytes);
    call->answer_cap_count = sqe->send_count;
    if (sqe->send_count > 0)
        memcpy(call->answer_caps, (void *)sqe->transfers_addr, sqe->send_count * sizeof call->answer_caps[0]);
    post(sqe, CAP_OK, 0, 0);
}

static void run(const struct cap_sqe *sqe)
{
    if (sqe->opcode == CAP_OP_RELEASE) {
        EXPECT(kernel.release_count < 256);
        kernel.released[kernel.release_count++] = sqe->target;
        post(sqe, sqe->target == REFUSING ? CAP_ERR_STALE : CAP_OK, 0, 0);
    } else if (sqe->opcode == CAP_OP_RETURN) {
        take_return(sqe);
    } else if (sqe->opcode == CAP_OP_RECV) {
        EXPECT_EQ(sqe->target, ENDPOINT);
        kernel.receive = *sqe;
        kernel.has_receive = true;
    } else if (sqe->target == ANSWERING) {
        answer_call(sqe);
    } else if (sqe->target == HOLDING) {
        kernel.held[kernel.held_count++] = *sqe;
        kernel.held_most = kernel.held_count > kernel.held_most ? kernel.held_count : kernel.held_most;
    } else {
        /* The sizes are noise, which the runtime must not take for a message. */
        post(sqe, sqe->target == REFUSING ? CAP_ERR_STALE : CAP_ERR_NO_CAP, 4000, 40);
    }
}

/* The contract of abi/syscall.h. A wait that nothing could end fails the test instead of hanging. */
int64_t rt_enter(uint64_t min_complete, uint64_t timeout_ns)
{
    struct cap_sqe sqe;

    EXPECT(min_complete <= CAP_CQ_ENTRIES);
    EXPECT(timeout_ns == 0 || timeout_ns == CAP_TIMEOUT_NEVER);
    EXPECT_EQ(ring_observe(&kernel.ring), CAP_OK);
    kernel.enter_count++;
    EXPECT(kernel.enter_count < 10000);
    kernel.taken_by_last_enter = 0;
    while (ring_take(&kernel.ring, &sqe)) {
        kernel.taken_by_last_enter++;
        run(&sqe);
    }
    kernel.taken_count += kernel.taken_by_last_enter;
    deliver();
    while (timeout_ns != 0 && ring_cqe_unread(&kernel.ring) < min_complete) {
        if (kernel.held_count > 0) {
            answer_call(&kernel.held[--kernel.held_count]);
        } else if (kernel.has_receive) {
            kernel.has_receive = false;
            post(&kernel.receive, CAP_ERR_DISCONNECTED, 0, 0);
        } else {
            EXPECT(ring_cqe_unread(&kernel.ring) > 0);
            break; /* no more can arrive */
        }
    }
    return ring_cqe_unread(&kernel.ring);
}

_Noreturn void rt_exit(int code)
{
    printf("rt_exit(%d)\n", code);
    abort();
}

int program_main(struct rt *program)
{
    (void)program;
    return 0;
}

static void start(void)
{
    memset(&kernel, 0, sizeof kernel);
    ring_init(&kernel.ring, &kernel.page);
    memset(&capset, 0, sizeof capset);
    capset = (struct cap_capset){.magic = CAP_CAPSET_MAGIC, .version = CAP_CAPSET_VERSION};
    memset(&rt, 0xee, sizeof rt); /* nothing may rely on zeroed memory */
    rt_init(&rt, &kernel.page, &capset);
}

static struct rt_handle handle(uint64_t cap)
{
    return (struct rt_handle){.rt = &rt, .cap = {cap}, .interface_id = 5};
}

/* A call whose parameters are one word that says which it is. */
static void send_numbered(struct rt_call *call, uint64_t target, uint64_t number)
{
    memset(call, 0xee, sizeof *call);
    rt_call_begin(call, handle(target), 5, 6);
    call->params_words[0] = number;
    call->params.word_count = 1;
    EXPECT_EQ(rt_call_send(call), CAP_OK);
}

static void expect_numbered_answer(struct rt_call *call, uint64_t number)
{
    EXPECT_EQ(rt_call_wait(call), CAP_OK);
    EXPECT_EQ(call->results.word_count, 1);
    EXPECT_EQ(call->results_words[0], number);
    rt_call_end(call);
}

/* ---- Calls ---------------------------------------------------------------------------------------- */

TEST(one_call_is_one_enter)
{
    static struct rt_call call;
    start();
    send_numbered(&call, ANSWERING, 7);
    EXPECT_EQ(kernel.enter_count, 0);
    expect_numbered_answer(&call, 7);
    EXPECT_EQ(kernel.enter_count, 1);
}

TEST(calls_under_way_together_complete_in_any_order)
{
    static struct rt_call calls[5];
    start();
    for (uint64_t i = 0; i < 5; i++)
        send_numbered(&calls[i], HOLDING, 70 + i);
    /* The kernel completes the newest first; each answer still reaches its own call. */
    for (uint64_t i = 0; i < 5; i++)
        expect_numbered_answer(&calls[i], 70 + i);
    EXPECT_EQ(kernel.taken_count, 5);
}

TEST(a_full_submission_queue_enters_without_waiting)
{
    static struct rt_call calls[CAP_SQ_ENTRIES + 1];
    start();
    for (uint64_t i = 0; i <= CAP_SQ_ENTRIES; i++)
        send_numbered(&calls[i], HOLDING, i);
    EXPECT_EQ(kernel.enter_count, 1);
    EXPECT_EQ(kernel.held_count, CAP_SQ_ENTRIES); /* none had to complete to make room */
    for (uint64_t i = 0; i <= CAP_SQ_ENTRIES; i++)
        expect_numbered_answer(&calls[i], i);
}

TEST(more_calls_than_both_queues_hold_all_complete)
{
    enum {
        COUNT = 3 * (CAP_SQ_ENTRIES + CAP_CQ_ENTRIES)
    };
    static struct rt_call calls[COUNT];
    start();
    for (uint64_t i = 0; i < COUNT; i++)
        send_numbered(&calls[i], i % 3 ? HOLDING : ANSWERING, i);
    for (uint64_t i = 0; i < COUNT; i++)
        expect_numbered_answer(&calls[COUNT - 1 - i], COUNT - 1 - i);
    EXPECT_EQ(kernel.taken_count, COUNT);
    EXPECT_EQ(kernel.held_count, 0);
    EXPECT_EQ(rt.under_way_count, 0);
    EXPECT(kernel.held_most <= CAP_CQ_ENTRIES);
}

TEST(a_refused_call_has_no_message_and_no_capabilities)
{
    static struct rt_call call;
    struct rt_handle received;
    start();
    send_numbered(&call, REFUSING, 1);
    EXPECT_EQ(rt_call_wait(&call), CAP_ERR_STALE);
    EXPECT_EQ(rt_call_wait(&call), CAP_ERR_STALE);
    EXPECT_EQ(call.results.word_count, 0);
    EXPECT_EQ(rt_call_take(&call, 0, &received), CAP_ERR_NO_CAP);
    rt_call_end(&call);
    rt_flush(&rt);
    EXPECT_EQ(kernel.release_count, 0);
}

TEST(a_call_on_a_dropped_handle_is_no_cap)
{
    static struct rt_call call;
    struct rt_handle dropped = handle(ANSWERING);
    start();
    rt_handle_drop(&dropped);
    rt_call_begin(&call, dropped, 5, 6);
    EXPECT_EQ(rt_call_send(&call), CAP_OK);
    EXPECT_EQ(rt_call_wait(&call), CAP_ERR_NO_CAP);
    rt_call_end(&call);
}

TEST(parameters_that_do_not_fit_are_refused_before_anything_is_sent)
{
    static struct rt_call call;
    static char text[CAP_MESSAGE_BYTES_MAX];
    start();
    memset(text, 'x', sizeof text);
    struct os_Console console = {handle(ANSWERING)};
    struct os_Console_writeLine_Params_builder params = os_Console_writeLine_begin(&call, console);
    enum cap_err ignored =
        os_Console_writeLine_Params_set_line(params, (struct wire_text){text, sizeof text});
    (void)ignored;
    EXPECT_EQ(rt_call_send(&call), CAP_ERR_TOO_BIG);
    EXPECT_EQ(rt_call_wait(&call), CAP_ERR_TOO_BIG);
    rt_call_end(&call);
    EXPECT_EQ(kernel.page.header.sq_tail, 0);
}

TEST(too_many_capabilities_are_refused_before_anything_is_sent)
{
    static struct rt_call call;
    start();
    rt_call_begin(&call, handle(ANSWERING), 5, 6);
    for (uint32_t i = 0; i < CAP_TRANSFER_MAX; i++)
        EXPECT_EQ(rt_call_attach(&call, handle(200 + i), CAP_TRANSFER_COPY), i);
    EXPECT_EQ(rt_call_attach(&call, handle(300), CAP_TRANSFER_COPY), WIRE_CAP_NULL);
    EXPECT_EQ(rt_call_send(&call), CAP_ERR_TOO_BIG);
    rt_call_end(&call);
    EXPECT_EQ(kernel.page.header.sq_tail, 0);
}

TEST(unused_fields_of_an_sqe_are_zero)
{
    static struct rt_call call;
    struct rt_handle dropped = handle(9);
    start();
    send_numbered(&call, ANSWERING, 1);
    EXPECT_EQ(kernel.page.sqes[0].flags, 0);
    EXPECT_EQ(kernel.page.sqes[0].send_count, 0);
    rt_handle_drop(&dropped);
    struct cap_sqe release = {.opcode = CAP_OP_RELEASE, .target = 9};
    EXPECT_BYTES(&kernel.page.sqes[1], &release, sizeof release);
    rt_call_end(&call);
}

TEST(ending_a_call_under_way_waits_for_it)
{
    static struct rt_call call;
    start();
    send_numbered(&call, HOLDING, 1);
    rt_call_end(&call);
    EXPECT_EQ(rt.under_way_count, 0);
    EXPECT_EQ(kernel.taken_count, 1);
}

TEST(waiting_for_any_returns_with_what_came)
{
    static struct rt_call calls[2];
    start();
    send_numbered(&calls[0], HOLDING, 1);
    send_numbered(&calls[1], HOLDING, 2);
    rt_pending_wait_any(&rt);
    EXPECT(!rt_call_is_done(&calls[0]));
    EXPECT(rt_call_is_done(&calls[1]));
    EXPECT_EQ(rt_call_wait(&calls[1]), CAP_OK);
    EXPECT_EQ(kernel.enter_count, 1);
    rt_call_end(&calls[0]);
    rt_call_end(&calls[1]);
}

/* ---- Handles -------------------------------------------------------------------------------------- */

TEST(drops_go_out_with_the_next_enter)
{
    static struct rt_call call;
    start();
    for (uint64_t i = 0; i < 5; i++) {
        struct rt_handle dropped = handle(10 + i);
        rt_handle_drop(&dropped);
        EXPECT(rt_handle_is_null(dropped));
        rt_handle_drop(&dropped); /* dropping a null handle does nothing */
    }
    EXPECT_EQ(kernel.enter_count, 0);
    send_numbered(&call, HOLDING, 3);
    expect_numbered_answer(&call, 3);
    EXPECT_EQ(kernel.enter_count, 1); /* not one more for each release */
    EXPECT_EQ(kernel.release_count, 5);
    for (uint64_t i = 0; i < 5; i++)
        EXPECT_EQ(kernel.released[i], 10 + i);
    EXPECT_EQ(rt_releases_failed(&rt), 0);
}

TEST(more_drops_than_the_queue_holds_enter_by_themselves)
{
    start();
    for (uint64_t i = 0; i < 100; i++) {
        struct rt_handle dropped = handle(200 + i);
        rt_handle_drop(&dropped);
    }
    rt_flush(&rt);
    EXPECT_EQ(kernel.release_count, 100);
    EXPECT_EQ(kernel.enter_count, (100 + CAP_SQ_ENTRIES - 1) / CAP_SQ_ENTRIES);
    EXPECT_EQ(rt.under_way_count, 0);
    EXPECT_EQ(rt.prompt_count, 0);
}

TEST(drops_while_every_completion_is_spoken_for_wait_for_a_place)
{
    static struct rt_call calls[CAP_CQ_ENTRIES];
    start();
    for (uint64_t i = 0; i < CAP_CQ_ENTRIES; i++)
        send_numbered(&calls[i], HOLDING, i);
    rt_flush(&rt);
    EXPECT_EQ(kernel.held_count, CAP_CQ_ENTRIES);
    for (uint64_t i = 0; i < CAP_SQ_ENTRIES + 4; i++) {
        struct rt_handle dropped = handle(200 + i);
        rt_handle_drop(&dropped);
    }
    for (uint64_t i = 0; i < CAP_CQ_ENTRIES; i++)
        expect_numbered_answer(&calls[i], i);
    rt_flush(&rt);
    EXPECT_EQ(kernel.release_count, CAP_SQ_ENTRIES + 4);
}

TEST(a_refused_release_is_counted)
{
    start();
    struct rt_handle bad = handle(REFUSING), good = handle(9);
    rt_handle_drop(&bad);
    rt_handle_drop(&good);
    rt_flush(&rt);
    EXPECT_EQ(rt_releases_failed(&rt), 1);
}

TEST(received_capabilities_are_owned_once_and_the_rest_is_dropped)
{
    static struct rt_call call;
    struct rt_handle taken;
    start();
    rt_call_begin(&call, handle(ANSWERING), 5, 6);
    for (uint64_t i = 0; i < 3; i++)
        EXPECT_EQ(rt_call_attach(&call, handle(20 + i), CAP_TRANSFER_COPY), i);
    EXPECT_EQ(rt_call_attach(&call, handle(0), CAP_TRANSFER_COPY), WIRE_CAP_NULL);
    EXPECT_EQ(rt_call_send(&call), CAP_OK);
    EXPECT_EQ(rt_call_wait(&call), CAP_OK);

    EXPECT_EQ(rt_call_take(&call, 1, &taken), CAP_OK);
    EXPECT_EQ(taken.cap.bits, 1021);
    EXPECT_EQ(taken.interface_id, 77);
    EXPECT_EQ(rt_call_take(&call, 1, &taken), CAP_ERR_NO_CAP);
    EXPECT_EQ(rt_call_take(&call, 3, &taken), CAP_ERR_NO_CAP);
    EXPECT_EQ(rt_call_take(&call, WIRE_CAP_NULL, &taken), CAP_ERR_NO_CAP);
    rt_call_end(&call);
    rt_call_end(&call); /* harmless */
    rt_flush(&rt);
    EXPECT_EQ(kernel.release_count, 2);
    EXPECT_EQ(kernel.released[0], 1020);
    EXPECT_EQ(kernel.released[1], 1022);
}

TEST(the_capset_gives_each_capability_to_one_owner)
{
    struct rt_handle found = handle(1);
    start();
    capset.count = 2;
    strcpy(capset.entries[0].name, "console");
    capset.entries[0].interface_id = os_Console_ID;
    capset.entries[0].cap = 42;
    memset(capset.entries[1].name, 'n', CAP_NAME_BYTES_MAX);
    capset.entries[1].interface_id = 5;
    capset.entries[1].cap = 43;

    EXPECT_EQ(rt_capset_find(&rt, "consol", os_Console_ID, &found), CAP_ERR_NO_CAP);
    EXPECT_EQ(rt_capset_find(&rt, "console2", os_Console_ID, &found), CAP_ERR_NO_CAP);
    EXPECT_EQ(rt_capset_find(&rt, "", os_Console_ID, &found), CAP_ERR_NO_CAP);
    EXPECT_EQ(rt_capset_find(&rt, "console", os_Endpoint_ID, &found), CAP_ERR_WRONG_INTERFACE);
    EXPECT_EQ(found.cap.bits, 1);
    struct os_Console console;
    EXPECT_EQ(RT_CAPSET(&rt, "console", os_Console, &console), CAP_OK);
    EXPECT_EQ(console.handle.cap.bits, 42);
    EXPECT_EQ(rt_capset_find(&rt, "console", os_Console_ID, &found), CAP_ERR_NO_CAP);
    EXPECT_EQ(rt_capset_find(&rt, "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", 5, &found), CAP_OK);
    EXPECT_EQ(found.cap.bits, 43);
}

TEST(a_capset_of_another_version_is_a_broken_promise)
{
    start();
    capset.version++;
    EXPECT_CHECK(rt_init(&rt, &kernel.page, &capset));
}

/* ---- The server loop ------------------------------------------------------------------------------ */

struct echo_test {
    enum cap_err result; /* what the method returns after a good answer */
    struct rt_handle attach;
    uint32_t take_first; /* how many received capabilities the method takes */
    uint32_t call_count;
    uint64_t last_badge;
};

static enum cap_err echo(void *self, struct wire_call *call, struct demo_Echo_echo_Params_reader params)
{
    struct echo_test *test = self;
    struct rt_handle taken;
    test->call_count++;
    test->last_badge = call->badge;
    for (uint32_t i = 0; i < test->take_first; i++)
        EXPECT_EQ(rt_serve_take(call, i, &taken), CAP_OK);
    if (test->take_first > 0)
        EXPECT_EQ(rt_serve_take(call, 0, &taken), CAP_ERR_NO_CAP);
    if (!rt_handle_is_null(test->attach))
        EXPECT_EQ(rt_serve_attach(call, test->attach, CAP_TRANSFER_MOVE), 0);
    struct demo_Echo_echo_Results_builder results = demo_Echo_echo_Results_init(call);
    demo_Echo_echo_Results_set_count(results, test->call_count);
    EXPECT_EQ(demo_Echo_echo_Results_set_text(results, demo_Echo_echo_Params_get_text(params)), CAP_OK);
    if (test->result == CAP_ERR_EXCEPTION)
        return wire_call_raise(call, os_CapException_Type_failed, wire_text_of("on purpose"));
    return test->result;
}

static const struct demo_Echo_server echo_methods = {.echo = echo};

static enum cap_err dispatch(void *self, struct wire_call *call)
{
    return demo_Echo_dispatch(&echo_methods, self, call);
}

static struct client_call *queue_echo(const char *text)
{
    struct client_call *call = &kernel.calls[kernel.call_count++];
    struct wire_message_builder message;
    wire_message_build(&message, call->words, 64);
    struct demo_Echo_echo_Params_builder params = demo_Echo_echo_Params_init_root(&message);
    EXPECT_EQ(demo_Echo_echo_Params_set_text(params, wire_text_of(text)), CAP_OK);
    call->word_count = message.word_count;
    call->interface_id = demo_Echo_ID;
    call->method_id = demo_Echo_echo_METHOD;
    call->badge = 100 + kernel.call_count;
    return call;
}

static void expect_exception(const struct client_call *call, uint16_t type, const char *reason)
{
    struct wire_message_reader message;
    EXPECT(call->is_answered);
    EXPECT_EQ(call->flags, CAP_SQE_EXCEPTION);
    wire_message_read(&message, call->answer, call->answer_word_count, 0);
    EXPECT_EQ(os_CapException_check(&message), CAP_OK);
    struct os_CapException_reader exception = os_CapException_read_root(&message);
    EXPECT_EQ(os_CapException_get_type(exception), type);
    EXPECT(wire_text_equal(os_CapException_get_reason(exception), wire_text_of(reason)));
}

TEST(the_loop_answers_each_call_and_ends_well_when_no_client_is_left)
{
    struct echo_test test = {.call_count = 0};
    start();
    struct client_call *first = queue_echo("one"), *second = queue_echo("two");
    EXPECT_EQ(rt_serve(&rt, handle(ENDPOINT), dispatch, &test), CAP_OK);
    EXPECT_EQ(test.call_count, 2);
    EXPECT_EQ(test.last_badge, 102);
    EXPECT(first->is_answered && first->flags == 0);

    struct wire_message_reader message;
    wire_message_read(&message, second->answer, second->answer_word_count, 0);
    EXPECT_EQ(demo_Echo_echo_Results_check(&message), CAP_OK);
    struct demo_Echo_echo_Results_reader results = demo_Echo_echo_Results_read_root(&message);
    EXPECT_EQ(demo_Echo_echo_Results_get_count(results), 2);
    EXPECT(wire_text_equal(demo_Echo_echo_Results_get_text(results), wire_text_of("two")));
    EXPECT_EQ(kernel.enter_count, 3); /* RECV; RETURN and RECV; RETURN and RECV */
    EXPECT_EQ(rt.under_way_count, 0);
}

TEST(what_a_method_raises_reaches_the_client)
{
    struct echo_test test = {.result = CAP_ERR_EXCEPTION};
    start();
    struct client_call *call = queue_echo("one");
    EXPECT_EQ(rt_serve(&rt, handle(ENDPOINT), dispatch, &test), CAP_OK);
    expect_exception(call, os_CapException_Type_failed, "on purpose");
}

TEST(an_error_becomes_an_exception_of_a_fitting_type)
{
    static const struct {
        enum cap_err error;
        uint16_t type;
    } rows[] = {
        {CAP_ERR_UNIMPLEMENTED, os_CapException_Type_unimplemented},
        {CAP_ERR_WRONG_INTERFACE, os_CapException_Type_unimplemented},
        {CAP_ERR_MALFORMED, os_CapException_Type_invalidArgument},
        {CAP_ERR_INVALID, os_CapException_Type_invalidArgument},
        {CAP_ERR_QUOTA, os_CapException_Type_overloaded},
        {CAP_ERR_NO_MEMORY, os_CapException_Type_overloaded},
        {CAP_ERR_NO_SLOT, os_CapException_Type_overloaded},
        {CAP_ERR_AGAIN, os_CapException_Type_overloaded},
        {CAP_ERR_DISCONNECTED, os_CapException_Type_disconnected},
        {CAP_ERR_STALE, os_CapException_Type_failed},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct echo_test test = {.result = rows[i].error};
        start();
        struct client_call *call = queue_echo("one");
        EXPECT_EQ(rt_serve(&rt, handle(ENDPOINT), dispatch, &test), CAP_OK);
        expect_exception(call, rows[i].type, error_text(rows[i].error));
    }
}

TEST(a_call_of_something_else_never_reaches_the_method)
{
    struct echo_test test = {.call_count = 0};
    start();
    struct client_call *method = queue_echo("one"), *interface = queue_echo("two"),
                       *garbage = queue_echo("three");
    method->method_id = 99;
    interface->interface_id = 99;
    memset(garbage->words, 0xff, garbage->word_count * 8);
    EXPECT_EQ(rt_serve(&rt, handle(ENDPOINT), dispatch, &test), CAP_OK);
    EXPECT_EQ(test.call_count, 0);
    expect_exception(method, os_CapException_Type_unimplemented, error_text(CAP_ERR_UNIMPLEMENTED));
    expect_exception(interface, os_CapException_Type_unimplemented, error_text(CAP_ERR_WRONG_INTERFACE));
    expect_exception(garbage, os_CapException_Type_invalidArgument, error_text(CAP_ERR_MALFORMED));
}

TEST(capabilities_that_the_method_leaves_are_dropped)
{
    struct echo_test test = {.take_first = 1};
    start();
    queue_echo("one")->cap_count = 3;
    EXPECT_EQ(rt_serve(&rt, handle(ENDPOINT), dispatch, &test), CAP_OK);
    EXPECT_EQ(kernel.release_count, 2);
    EXPECT_EQ(kernel.released[0], 501);
    EXPECT_EQ(kernel.released[1], 502);
}

TEST(an_answer_carries_the_capabilities_attached_to_it)
{
    struct echo_test test = {.attach = handle(600)};
    start();
    struct client_call *call = queue_echo("one");
    EXPECT_EQ(rt_serve(&rt, handle(ENDPOINT), dispatch, &test), CAP_OK);
    EXPECT_EQ(call->answer_cap_count, 1);
    EXPECT_EQ(call->answer_caps[0].cap, 600);
    EXPECT_EQ(call->answer_caps[0].mode, CAP_TRANSFER_MOVE);
    EXPECT_EQ(kernel.release_count, 0);
}

TEST(an_answer_that_the_client_has_no_room_for_becomes_an_exception)
{
    struct echo_test test = {.attach = handle(600)};
    start();
    kernel.return_status = CAP_ERR_NO_SLOT;
    struct client_call *call = queue_echo("one");
    EXPECT_EQ(rt_serve(&rt, handle(ENDPOINT), dispatch, &test), CAP_OK);
    expect_exception(call, os_CapException_Type_overloaded, error_text(CAP_ERR_NO_SLOT));
    EXPECT_EQ(call->answer_cap_count, 0);
    EXPECT_EQ(kernel.release_count, 1); /* the moved capability did not leave, so it is dropped */
    EXPECT_EQ(kernel.released[0], 600);
}

TEST(an_answer_to_a_client_that_is_gone_is_forgotten)
{
    struct echo_test test = {.attach = handle(600)};
    start();
    struct client_call *gone = queue_echo("one"), *next = queue_echo("two");
    gone->is_gone = true;
    EXPECT_EQ(rt_serve(&rt, handle(ENDPOINT), dispatch, &test), CAP_OK);
    EXPECT(!gone->is_answered);
    EXPECT(next->is_answered);
    EXPECT_EQ(kernel.release_count, 1);
    EXPECT_EQ(kernel.released[0], 600);
}

TEST_MAIN()
