/* The quick way of calls through an endpoint (kernel/cap/endpoint_fastpath.h, kernel/ring/op_return.c) and
 * the general one, on the same inputs: a program cannot tell them apart.
 *
 * Next: tests/qemu/fastpath-objects/fastpath-objects.c
 */
#include "tests/qemu/fastpath/all_ways.h"
#include "tests/qemu/fastpath/order.h"

/* ---- Inputs --------------------------------------------------------------------------------------- */

static const uint32_t sizes[] = {0, 8, 64, 128, 136, 144, 1024, CAP_MESSAGE_BYTES_MAX};
#define SIZES (sizeof sizes / sizeof sizes[0])

static void play_sizes(struct play *play)
{
    for (uint32_t i = 0; i < SIZES * 2; i++) {
        struct input input = input_plain;
        uint32_t exact = (uint32_t)sizeof(struct cap_incoming) + sizes[i / 2];
        const uint32_t rooms[] = {exact, exact - 8, exact - 1,      exact + 1, 0,
                                  31,    32,        CAP_PAGE_BYTES, UINT32_MAX};
        input.message_bytes = sizes[i / 2];
        input.is_call_first = i % 2;
        for (uint32_t k = 0; k < sizeof rooms / sizeof rooms[0]; k++) {
            input.incoming_bytes = rooms[k];
            play_in_all_ways(play, "room for the call", input, play_one);
        }
    }
    for (uint32_t i = 0; i < SIZES * 2; i++) {
        struct input input = input_plain;
        uint32_t exact = sizes[i / 2];
        const uint32_t rooms[] = {exact, exact - 8, exact - 1, exact + 1, 0, CAP_PAGE_BYTES, UINT32_MAX};
        input.results_bytes = exact;
        input.is_exception = i % 2;
        for (uint32_t k = 0; k < sizeof rooms / sizeof rooms[0]; k++) {
            if (exact == 0 && (k == 1 || k == 2))
                continue;
            input.buffer_bytes = rooms[k];
            play_in_all_ways(play, "room for the answer", input, play_one);
        }
    }
}

/* What a CALL and a RETURN may not be. */
static void play_bad_sizes(struct play *play)
{
    static const uint32_t bad[] = {
        4, 12, CAP_MESSAGE_BYTES_MAX + 8, CAP_PAGE_BYTES, 0x80000000, UINT32_MAX - 7};
    for (uint32_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct input input = input_plain;
        input.message = input.results = PLACE_NOTHING;
        input.message_bytes = bad[i];
        play_in_all_ways(play, "bad size of a message", input, play_one);
        input.message_bytes = 0;
        input.results_bytes = bad[i];
        play_in_all_ways(play, "bad size of an answer", input, play_one);
    }
}

static void play_caps(struct play *play)
{
    static const uint16_t rooms[] = {0, 1, 2, 3, CAP_TRANSFER_MAX};
    for (uint32_t i = 0; i < 4 * 2 * 2 * 4; i++) {
        struct input input = input_plain;
        input.call_sends = i % 4;
        input.is_call_first = i / 4 % 2;
        input.message_bytes = i / 8 % 2 ? 1024 : 24;
        input.moves = (const uint32_t[]){0, 7, 2, 5}[i / 16];
        for (uint32_t k = 0; k < 5; k++) {
            input.recv_room = rooms[k];
            play_in_all_ways(play, "capabilities of a call", input, play_one);
        }
    }
    for (uint32_t i = 0; i < 4 * 2 * 4; i++) {
        struct input input = input_plain;
        input.results_sends = i % 4;
        input.is_exception = i / 4 % 2;
        input.moves = (const uint32_t[]){0, 7, 2, 5}[i / 8];
        for (uint32_t k = 0; k < 5; k++) {
            input.call_room = rooms[k];
            play_in_all_ways(play, "capabilities of an answer", input, play_one);
        }
    }
}

static void play_oddities(struct play *play)
{
    for (uint32_t i = 0; i < ODD_COUNT * 2 * 2 * 3; i++) {
        struct input input = input_plain;
        input.is_call_first = i % 2;
        input.moves = i / 2 % 2 ? 2 : 0;
        input.call_sends = input.results_sends = (uint16_t)(1 + i / 4 % 3);
        input.call_oddity = i / 12;
        play_in_all_ways(play, "a bad capability of a call", input, play_one);
        input.call_oddity = ODD_NOT;
        input.results_oddity = i / 12;
        play_in_all_ways(play, "a bad capability of an answer", input, play_one);
    }
}

/* One place at a time, with something there and with nothing. */
static void play_places(struct play *play)
{
    for (uint32_t i = 0; i < PLACE_COUNT * AREA_COUNT * 2 * 2; i++) {
        struct input input = input_plain;
        enum place place = i % PLACE_COUNT, *const places[AREA_COUNT] = {
                                                &input.message,     &input.buffer,        &input.call_list,
                                                &input.incoming,    &input.incoming_list, &input.results,
                                                &input.results_list};
        input.is_call_first = i / PLACE_COUNT % 2;
        bool is_small = i / PLACE_COUNT / 2 % 2;
        input.call_sends = input.results_sends = input.call_room = input.recv_room = is_small ? 0 : 2;
        *places[i / PLACE_COUNT / 4] = place;
        play_in_all_ways(play, "a place", input, play_one);
        if (is_small)
            input.message_bytes = input.results_bytes = input.buffer_bytes = 0;
        input.call_sends = input.results_sends = 0;
        play_in_all_ways(play, "a place for little", input, play_one);
        input.message_bytes = input.results_bytes = input.buffer_bytes = 8;
        input.incoming_bytes = sizeof(struct cap_incoming) + 8;
        play_in_all_ways(play, "a place for a word", input, play_one);
    }
}

static void play_targets(struct play *play)
{
    for (uint32_t i = 0; i < TARGET_COUNT * 2 * 2; i++) {
        struct input input = input_plain;
        enum target target = i % TARGET_COUNT;
        input.is_call_first = i / TARGET_COUNT % 2;
        input.call_sends = i / TARGET_COUNT / 2;
        input.moves = 1;
        input.call_target = target;
        play_in_all_ways(play, "what is called", input, play_one);
        input.call_target = TARGET_GOOD;
        input.recv_target = target;
        play_in_all_ways(play, "what is received on", input, play_one);
        input.recv_target = TARGET_GOOD;
        input.return_target = target;
        play_in_all_ways(play, "what is answered", input, play_one);
    }
}

static void play_events(struct play *play)
{
    for (uint32_t i = 0; i < EVENT_COUNT * 2 * 2 * 2; i++) {
        struct input input = input_plain;
        input.is_call_first = i % 2;
        input.call_target = i / 2 % 2 ? TARGET_GIFT : TARGET_GOOD;
        input.buffer_bytes = 64;
        input.before_second = i / 8;
        input.incoming = i / 4 % 2 ? PLACE_TOUCHES : PLACE_GOOD;
        input.incoming_bytes = 128;
        play_in_all_ways(play, "before the second", input, play_one);
        input.incoming = PLACE_GOOD;
        input.buffer = i / 4 % 2 ? PLACE_TOUCHES : PLACE_GOOD;
        play_in_all_ways(play, "before the second, the answer's room", input, play_one);
        input.before_second = EVENT_NONE;
        input.before_return = i / 8;
        play_in_all_ways(play, "before the answer", input, play_one);
        input.results = input.buffer;
        input.buffer = PLACE_GOOD;
        play_in_all_ways(play, "before the answer, its bytes", input, play_one);
    }
}

/* What comes after an answer. */
static void play_again(struct play *play)
{
    for (uint32_t i = 0; i < AGAIN_COUNT * PLACE_COUNT * 3; i++) {
        struct input input = input_plain;
        enum place *const places[] = {&input.results, &input.buffer, &input.call_list};
        input.again = i % AGAIN_COUNT;
        *places[i / AGAIN_COUNT % 3] = i / AGAIN_COUNT / 3;
        play_in_all_ways(play, "a place, and again", input, play_one);
        input.is_exception = true;
        input.results_bytes = 0;
        play_in_all_ways(play, "a place for nothing, and again", input, play_one);
    }
    for (uint32_t i = 0; i < AGAIN_COUNT * TARGET_COUNT; i++) {
        struct input input = input_plain;
        input.again = i % AGAIN_COUNT;
        input.return_target = i / AGAIN_COUNT;
        play_in_all_ways(play, "what is answered, and again", input, play_one);
    }
    for (uint32_t i = 0; i < AGAIN_COUNT * EVENT_COUNT * 2; i++) {
        struct input input = input_plain;
        input.again = i % AGAIN_COUNT;
        input.call_target = i / AGAIN_COUNT % 2 ? TARGET_GIFT : TARGET_GOOD;
        input.before_return = i / AGAIN_COUNT / 2;
        play_in_all_ways(play, "an event, and again", input, play_one);
        input.incoming = PLACE_TOUCHES;
        input.incoming_bytes = 128;
        play_in_all_ways(play, "an event, and again at the edge", input, play_one);
    }
    for (uint32_t i = 0; i < AGAIN_COUNT * SIZES; i++) {
        struct input input = input_plain;
        input.again = i % AGAIN_COUNT;
        input.results_bytes = sizes[i / AGAIN_COUNT];
        play_in_all_ways(play, "an answer, and again", input, play_one);
        input.buffer_bytes = 64;
        play_in_all_ways(play, "an answer for little room, and again", input, play_one);
    }
}

/* What came with the call goes with the answer, or on with it, or both. */
static void play_params(struct play *play)
{
    for (uint32_t i = 0; i < 4 * 4 * 3 * 2 * 2 * AGAIN_COUNT; i++) {
        struct input input = input_plain;
        input.releases_params = true;
        input.call_sends = i % 4;
        input.results_sends = i / 4 % 4;
        input.moves = (const uint32_t[]){0, 7, 2}[i / 16 % 3];
        input.is_call_first = i / 48 % 2;
        input.passes_on = i / 96 % 2 && input.call_sends && input.results_sends;
        input.again = i / 192;
        play_in_all_ways(play, "released with the answer", input, play_one);
        input.call_room = 1; /* for a part of the answers */
        play_in_all_ways(play, "released with the answer, which has little room", input, play_one);
        input.call_room = GIFTS;
        input.releases_params = false;
        input.is_exception = true;
        if (input.again || input.passes_on)
            play_in_all_ways(play, "capabilities, and again", input, play_one);
    }
    for (uint32_t i = 0; i < EVENT_COUNT * AGAIN_COUNT * 2 * 2; i++) {
        struct input input = input_plain;
        input.releases_params = true;
        input.call_sends = 1 + i % 2;
        input.results_sends = i / 2 % 2;
        input.before_return = i / 4 % EVENT_COUNT;
        input.again = i / 4 / EVENT_COUNT;
        play_in_all_ways(play, "released after an event", input, play_one);
    }
    for (uint32_t i = 0; i < TARGET_COUNT * AGAIN_COUNT + PLACE_COUNT * AGAIN_COUNT; i++) {
        struct input input = input_plain;
        uint32_t what = i / AGAIN_COUNT;
        input.releases_params = true;
        input.call_sends = input.results_sends = 1;
        input.again = i % AGAIN_COUNT;
        if (what < TARGET_COUNT)
            input.return_target = what;
        else
            input.results_list = what - TARGET_COUNT;
        play_in_all_ways(play, "released with what is no answer", input, play_one);
    }
}

static void play_orders(struct play *play)
{
    struct input input = input_plain;
    input.call_sends = 1; /* so that there is something to send */
    for (uint32_t i = 0; i < ORDERS; i++)
        play_in_all_ways(play, orders[i], input, play_order);
}

/* ---- Limits --------------------------------------------------------------------------------------- */

/* Makes facets until the ledger of records has only `left` more; the tests that it is for make none. */
static uint32_t records_fill(struct play *play, struct rt_handle *facets, uint32_t facet_max, uint32_t left)
{
    uint32_t count = 0;
    while (count < facet_max && !os_Endpoint_makeClient(play->unused, 1, &facets[count]))
        count++;
    for (uint32_t i = 0; i < left && count > 0; i++)
        rt_handle_drop(&facets[--count]);
    rt_flush(play->ways->memory.raw.rt);
    return count;
}

static void play_few_records(struct play *play)
{
    static struct rt_handle facets[200];
    for (uint32_t left = 0; left < 4; left++) {
        uint32_t count = records_fill(play, facets, 200, left);
        raw_expect(&play->ways->memory.raw, count > 0 && count < 200, "the ledger is full");
        for (uint32_t i = 0; i < 2 * SIZES; i++) {
            struct input input = input_plain;
            input.is_call_first = i % 2;
            input.message_bytes = sizes[i / 2];
            play_in_all_ways(play, "few records", input, play_one);
            input.again = 1 + i / 2 % (AGAIN_COUNT - 1);
            play_in_all_ways(play, "few records, and again", input, play_one);
        }
        while (count > 0)
            rt_handle_drop(&facets[--count]);
        rt_flush(play->ways->memory.raw.rt);
    }
}

/* Calls elsewhere, until little is left of calls under way, of those that wait, or of their bytes. */
struct held {
    uint32_t count;
    bool is_served; /* they do not wait any more */
    uint64_t call_ids[CAP_CQ_ENTRIES];
};

static void calls_hold(struct play *play, struct held *held, uint32_t bytes)
{
    struct raw *raw = &play->ways->memory.raw;
    const struct cap_sqe call = {.opcode = CAP_OP_CALL,
                                 .user_data = LAST_TOKEN + 1,
                                 .target = play->waiting.cap.bits,
                                 .interface_id = SERVED_ID,
                                 .message_addr = ARENA,
                                 .message_bytes = bytes};
    const struct cap_sqe recv = {.opcode = CAP_OP_RECV,
                                 .target = play->waited_on.handle.cap.bits,
                                 .buffer_addr = ARENA + PAGE,
                                 .buffer_bytes = PAGE};
    for (uint32_t i = 0; i < held->count; i++) {
        raw_submit(raw, &call);
        raw_expect_err(raw, rt_enter(0, 0), 0, "a call is held");
        if (held->is_served) {
            raw_expect_err(raw, raw_status(raw, &recv), CAP_OK, "and served");
            held->call_ids[i] = words_at(ARENA + PAGE)[0];
        }
    }
}

static void calls_let_go(struct play *play, const struct held *held)
{
    struct raw *raw = &play->ways->memory.raw;
    const struct cap_sqe cancel = {.opcode = CAP_OP_CANCEL, .target = LAST_TOKEN + 1};
    for (uint32_t i = 0; i < held->count; i++) {
        raw_submit(raw, &cancel);
        rt_enter(0, 0);
        raw_expect_err(raw, raw_take(raw).status, CAP_ERR_CANCELLED, "a held call ends");
        raw_expect_err(raw, raw_take(raw).status, CAP_OK, "as it was asked to");
        const struct cap_sqe answer = {.opcode = CAP_OP_RETURN, .target = held->call_ids[i]};
        raw_expect_err(raw, raw_status(raw, &answer), held->is_served ? CAP_ERR_CANCELLED : CAP_ERR_NO_CAP,
                       "for its server, too");
    }
}

static void play_few_calls(struct play *play, uint32_t count, uint32_t bytes, bool is_served)
{
    struct held held = {.count = count, .is_served = is_served};
    calls_hold(play, &held, bytes);
    for (uint32_t i = 0; i < 2 * SIZES; i++) {
        struct input input = input_plain;
        input.is_call_first = i % 2;
        input.message_bytes = sizes[i / 2];
        play_in_all_ways(play, is_served ? "few calls" : "few waiting calls", input, play_one);
    }
    calls_let_go(play, &held);
}

/* ---- The start ------------------------------------------------------------------------------------ */

/* In front of the client, for one method. */
static struct rt_handle facet_of(struct play *play, uint16_t method_id, struct os_Revoker *revoker)
{
    struct rt_call call;
    struct rt_handle facet = {0};
    struct os_FacetFactory_create_Results_reader results;
    struct os_FacetFactory_create_Params_builder params =
        os_FacetFactory_create_begin(&call, play->facet_factory);
    os_FacetFactory_create_Params_set_target(params, rt_call_attach(&call, play->client, CAP_TRANSFER_COPY));
    wire_list_set_u16(os_FacetFactory_create_Params_init_methods(params, 1), 0, method_id);
    enum cap_err err = os_FacetFactory_create_send(&call);
    if (!err)
        err = os_FacetFactory_create_wait(&call, &results);
    if (!err)
        err = rt_call_take(&call, os_FacetFactory_create_Results_get_facet(results), &facet);
    if (!err)
        err = rt_call_take(&call, os_FacetFactory_create_Results_get_revoker(results), &revoker->handle);
    rt_call_end(&call);
    raw_expect_err(&play->ways->memory.raw, err, CAP_OK, "a facet");
    return facet;
}

static enum cap_err make(struct play *play, uint64_t interface_id, struct os_Endpoint *endpoint,
                         struct rt_handle *client)
{
    enum cap_err err = os_EndpointFactory_create(play->factory, interface_id, endpoint);
    return err || !client ? err : os_Endpoint_makeClient(*endpoint, BADGE, client);
}

static bool play_start(struct play *play, struct rt *rt)
{
    struct os_Revoker revoker;
    struct os_Endpoint shut;
    play->ways = ways_start(rt);
    if (RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &play->factory) ||
        RT_CAPSET(rt, "facetFactory", os_FacetFactory, &play->facet_factory) ||
        make(play, SERVED_ID, &play->endpoint, &play->revoked) || os_Endpoint_revokeClients(play->endpoint) ||
        os_Endpoint_makeClient(play->endpoint, BADGE, &play->client) ||
        make(play, SERVED_ID, &shut, &play->client_of_closed) ||
        make(play, SERVED_ID, &play->waited_on, &play->waiting) || make(play, SERVED_ID, &play->unused, NULL))
        return false;
    rt_handle_drop(&shut.handle);
    for (uint32_t i = 0; i < GIFTS; i++)
        if (make(play, GIFT_ID + i, &play->gift_endpoints[i], NULL))
            return false;
    play->facet = facet_of(play, 3, &revoker);
    play->narrow_facet = facet_of(play, 2, &revoker);
    play->dead_facet = facet_of(play, 3, &revoker);
    play->dead = revoker.handle.cap.bits;
    enum cap_err err = os_Revoker_revoke(revoker);
    rt_handle_drop(&revoker.handle);
    rt_flush(rt);
    return !err;
}

int main(struct rt *rt)
{
    static struct play play;
    if (!play_start(&play, rt))
        return 98;
    struct raw *raw = &play.ways->memory.raw;
    play_sizes(&play);
    play_bad_sizes(&play);
    play_caps(&play);
    play_oddities(&play);
    play_places(&play);
    play_targets(&play);
    play_orders(&play);
    play_few_records(&play);
    play_few_calls(&play, 6, 0, false);
    play_few_calls(&play, 5, 0, false);
    play_few_calls(&play, 2, 960, false);
    play_few_calls(&play, 12, 0, true);
    play_few_calls(&play, 11, 0, true);
    play_events(&play);
    play_again(&play);
    play_params(&play);
    print(raw->console, "%u inputs, %lu answers, %u differ", play.ways->input_count,
          (unsigned long)play.answer_count, play.ways->differing_count);
    return raw_end(raw);
}
