/* user/rt: the server loop.
 *
 * Next: user/echo-server/main.c
 */
#include "tests/host/rt_kernel.h"
#include "build/gen/user/echo/echo.client.h"

/* ---- The server loop ------------------------------------------------------------------------------ */

struct echo_test {
    enum cap_err result; /* what the method returns after a good answer */
    struct rt_handle attach;
    uint32_t take_first; /* how many received capabilities the method takes */
    uint32_t lend_next;  /* how many of the others it copies into its answer */
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
    EXPECT(test->take_first == 0 || rt_handle_is_null(rt_serve_borrow(call, 0)));
    EXPECT(rt_handle_is_null(rt_serve_borrow(call, CAP_TRANSFER_MAX)));
    for (uint32_t i = 0; i < test->lend_next; i++) {
        struct rt_handle lent = rt_serve_borrow(call, test->take_first + i);
        EXPECT_EQ(lent.cap.bits, 500 + test->take_first + i);
        EXPECT_EQ(lent.interface_id, 77);
        EXPECT_EQ(rt_serve_attach(call, lent, CAP_TRANSFER_COPY), i);
    }
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
    EXPECT_EQ(rt.prompt_count, 0);
}

/* Results that cannot be sent: too many capabilities, too long, or a reason that no client would accept. */
static enum cap_err overdo(void *self, struct wire_call *call, struct demo_Echo_echo_Params_reader params)
{
    static char text[CAP_MESSAGE_BYTES_MAX];
    bool is_first = (*(uint32_t *)self)++ == 0;
    (void)params;
    memset(text, 'x', sizeof text);
    if (is_first) {
        for (uint32_t i = 0; i < CAP_TRANSFER_MAX; i++)
            EXPECT_EQ(rt_serve_attach(call, handle(600 + i), CAP_TRANSFER_COPY), i);
        EXPECT_EQ(rt_serve_attach(call, handle(700), CAP_TRANSFER_COPY), WIRE_CAP_NULL);
        return CAP_OK;
    }
    struct demo_Echo_echo_Results_builder results = demo_Echo_echo_Results_init(call);
    demo_Echo_echo_Results_set_text(results, (struct wire_text){text, sizeof text});
    if (call->badge == 102)
        return CAP_OK;
    return wire_call_raise(call, os_CapException_Type_failed, (struct wire_text){text, 300});
}

static enum cap_err overdo_dispatch(void *self, struct wire_call *call)
{
    static const struct demo_Echo_server methods = {.echo = overdo};
    return demo_Echo_dispatch(&methods, self, call);
}

TEST(results_that_cannot_be_sent_become_an_exception)
{
    uint32_t call_count = 0;
    char reason[256] = {0};
    start();
    struct client_call *caps = queue_echo("one"), *words = queue_echo("two"),
                       *long_reason = queue_echo("three");
    EXPECT_EQ(rt_serve(&rt, handle(ENDPOINT), overdo_dispatch, &call_count), CAP_OK);
    EXPECT_EQ(call_count, 3);
    expect_exception(caps, os_CapException_Type_failed, error_text(CAP_ERR_TOO_BIG));
    EXPECT_EQ(caps->answer_cap_count, 0);
    expect_exception(words, os_CapException_Type_failed, error_text(CAP_ERR_TOO_BIG));
    memset(reason, 'x', 255); /* as much as the schema allows */
    expect_exception(long_reason, os_CapException_Type_failed, reason);
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

TEST(capabilities_that_nobody_takes_go_with_the_answer)
{
    struct echo_test test = {.call_count = 0};
    start();
    struct client_call *call = queue_echo("one"), *without = queue_echo("two");
    call->cap_count = 3;
    EXPECT_EQ(rt_serve(&rt, handle(ENDPOINT), dispatch, &test), CAP_OK);
    EXPECT(call->has_released_params && !without->has_released_params);
    EXPECT_EQ(kernel.release_count, 0);
    EXPECT_EQ(kernel.enter_count, 3);
}

TEST(capabilities_that_the_method_leaves_are_dropped_behind_the_answer)
{
    struct echo_test test = {.take_first = 1, .lend_next = 2};
    start();
    struct client_call *call = queue_echo("one");
    call->cap_count = 3;
    EXPECT_EQ(rt_serve(&rt, handle(ENDPOINT), dispatch, &test), CAP_OK);
    EXPECT(!call->has_released_params);
    EXPECT_EQ(call->answer_cap_count, 2);
    EXPECT_EQ(call->answer_caps[0].cap, 501);
    EXPECT_EQ(call->answer_caps[1].cap, 502);
    EXPECT_EQ(kernel.release_count, 2);
    EXPECT_EQ(kernel.released[0], 501);
    EXPECT_EQ(kernel.released[1], 502);
    EXPECT_EQ(kernel.release_early_count, 0);
}

TEST(a_full_ring_does_not_mix_up_what_is_dropped_with_what_comes_next)
{
    struct echo_test test = {.take_first = 1};
    start();
    queue_echo("one")->cap_count = CAP_TRANSFER_MAX;
    queue_echo("two")->cap_count = CAP_TRANSFER_MAX;
    EXPECT_EQ(rt_serve(&rt, handle(ENDPOINT), dispatch, &test), CAP_OK);
    EXPECT_EQ(kernel.release_count, 2 * (CAP_TRANSFER_MAX - 1));
    for (uint32_t i = 0; i < kernel.release_count; i++)
        EXPECT_EQ(kernel.released[i], 501 + i % (CAP_TRANSFER_MAX - 1));
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
