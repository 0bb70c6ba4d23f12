/* user/rt: calls, handles, the CapSet.
 *
 * Next: tests/host/test_rt_serve.c
 */
#include "tests/host/rt_kernel.h"
#include "build/gen/schema/capos.client.h"

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

TEST(a_call_that_met_a_limit_says_which)
{
    static struct rt_call call;
    struct rt_handle received;
    start();
    send_numbered(&call, OVERLOADED, 1);
    EXPECT_EQ(rt_call_wait(&call), CAP_ERR_QUOTA);
    EXPECT_EQ(call.results.word_count, 0);
    EXPECT_EQ(rt_call_take(&call, 0, &received), CAP_ERR_NO_CAP);
    struct wire_text reason = rt_call_reason(&call, CAP_ERR_QUOTA);
    EXPECT(
        wire_text_equal(reason, wire_text_of("calls: the limit of 32 is reached; release some or ask for a "
                                             "larger limit")));
    rt_call_end(&call);
    send_numbered(&call, REFUSING, 2);
    EXPECT_EQ(rt_call_wait(&call), CAP_ERR_STALE);
    reason = rt_call_reason(&call, CAP_ERR_QUOTA);
    EXPECT(wire_text_equal(reason, wire_text_of(error_text(CAP_ERR_QUOTA))));
    rt_call_end(&call);
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

TEST(waiting_for_all_enters_once_for_answers_that_come_one_after_the_other)
{
    static struct rt_call calls[4];
    struct rt_call *const all[] = {&calls[0], &calls[1], &calls[2], &calls[3]};
    start();
    rt_call_wait_all(all, 0);
    send_numbered(&calls[0], ANSWERING, 0);
    send_numbered(&calls[1], HOLDING, 1);
    send_numbered(&calls[2], ANSWERING, 2);
    send_numbered(&calls[3], HOLDING, 3);
    rt_call_wait_all(all, 4);
    EXPECT_EQ(kernel.enter_count, 1);
    rt_call_wait_all(all, 4);
    for (uint64_t i = 0; i < 4; i++)
        expect_numbered_answer(&calls[i], i);
    rt_call_wait_all(all, 4);
    EXPECT_EQ(kernel.enter_count, 1);
}

TEST(waiting_for_all_waits_for_no_other_call)
{
    static struct rt_call calls[3];
    struct rt_call *const some[] = {&calls[2], &calls[0]};
    start();
    for (uint64_t i = 0; i < 3; i++)
        send_numbered(&calls[i], i == 1 ? HOLDING : ANSWERING, i);
    rt_call_wait_all(some, 2);
    EXPECT(!rt_call_is_done(&calls[1]));
    for (uint64_t i = 0; i < 3; i++)
        expect_numbered_answer(&calls[i], i);
}

TEST(waiting_for_more_than_both_queues_hold_ends)
{
    enum {
        COUNT = 2 * (CAP_SQ_ENTRIES + CAP_CQ_ENTRIES)
    };
    static struct rt_call calls[COUNT];
    static struct rt_call *all[COUNT];
    start();
    for (uint64_t i = 0; i < COUNT; i++) {
        all[i] = &calls[i];
        send_numbered(&calls[i], i % 2 ? HOLDING : ANSWERING, i);
    }
    rt_call_wait_all(all, COUNT);
    for (uint64_t i = 0; i < COUNT; i++)
        expect_numbered_answer(&calls[i], i);
    EXPECT_EQ(rt.under_way_count, 0);
}

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

TEST(a_wait_with_everything_spoken_for_asks_for_no_more_than_one_completion)
{
    static struct rt_call calls[CAP_CQ_ENTRIES];
    start();
    for (uint64_t i = 0; i < CAP_CQ_ENTRIES; i++)
        send_numbered(&calls[i], HOLDING, i);
    rt_flush(&rt);
    for (uint64_t i = 0; i < 3; i++) {
        struct rt_handle dropped = handle(200 + i);
        rt_handle_drop(&dropped);
    }
    /* The releases cannot be taken before a call has completed, so they must not be waited for. */
    rt_pending_wait_any(&rt);
    EXPECT_EQ(kernel.held_count, CAP_CQ_ENTRIES - 1);
    for (uint64_t i = 0; i < CAP_CQ_ENTRIES; i++)
        expect_numbered_answer(&calls[i], i);
    EXPECT_EQ(kernel.release_count, 3);
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

TEST_MAIN()
