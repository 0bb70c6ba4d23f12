/* The quick way of calls through an endpoint (kernel/cap/endpoint_fastpath.h, kernel/ring/op_return.c) and
 * the general one, on the same inputs: a program cannot tell them apart.
 *
 * Next: tests/qemu/fastpath-objects/fastpath-objects.c
 */
#include "tests/qemu/fastpath/order.h"

static const struct way ways_all[] = {
    {.name = "quick"},
    {.name = "cold", .cold = ALL_OPS},
    {.name = "limited", .cold = OPS(CAP_OP_RETURN), .limited = OPS(CAP_OP_CALL) | OPS(CAP_OP_RECV)},
    {.name = "crossing", .crosses = true},
    {.name = "cold call", .cold = OPS(CAP_OP_CALL)},
    {.name = "limited receive", .limited = OPS(CAP_OP_RECV)},
    {.name = "limited call", .limited = OPS(CAP_OP_CALL)},
    {.name = "cold return", .cold = OPS(CAP_OP_RETURN)},
};
#define WAYS (sizeof ways_all / sizeof ways_all[0])

/* ---- One call ------------------------------------------------------------------------------------- */

static void happen(struct play *play, enum event event)
{
    switch (event) {
    case EVENT_READ_ONLY:
        edge_narrow(play->ways, 1);
        break;
    case EVENT_UNMAPPED:
        edge_narrow(play->ways, 0);
        break;
    case EVENT_CANCEL:
        step(play->ways,
             (struct cap_sqe){.opcode = CAP_OP_CANCEL, .user_data = CANCEL_TOKEN, .target = CALL_TOKEN});
        break;
    case EVENT_REVOKE:
        step(play->ways, (struct cap_sqe){.opcode = CAP_OP_CALL,
                                          .method_id = os_Endpoint_revokeClients_METHOD,
                                          .user_data = CANCEL_TOKEN,
                                          .target = play->endpoint.handle.cap.bits,
                                          .interface_id = os_Endpoint_ID,
                                          .buffer_addr = OWN_PAGE,
                                          .buffer_bytes = 64});
        break;
    case EVENT_RELEASE:
        step(play->ways,
             (struct cap_sqe){.opcode = CAP_OP_RELEASE, .user_data = CANCEL_TOKEN, .target = play->gifts[0]});
        break;
    default:
        break;
    }
}

/* What is under way ends; tokens that name nothing are stale in every way. */
static void play_end(struct play *play, uint64_t call_id)
{
    struct ways *ways = play->ways;
    const struct input *input = play->input;
    for (uint64_t token = CALL_TOKEN; token <= RECV_TOKEN; token++)
        step(ways, (struct cap_sqe){.opcode = CAP_OP_CANCEL, .user_data = CANCEL_TOKEN, .target = token});
    step(ways, (struct cap_sqe){.opcode = CAP_OP_RETURN, .user_data = LAST_TOKEN, .target = call_id});
    edge_restore(ways);
    note_gifts(play);
    note_received(play, "received with the call", play->incoming_list, input->incoming_list,
                  input->recv_room);
    note_received(play, "received with the answer", play->call_list + 16ull * input->call_sends,
                  input->call_list, input->call_room);
    note_descriptors(play, play->call_list, input->call_list, play->gifts, input->call_sends,
                     input->call_oddity);
    note_descriptors(play, play->results_list, input->results_list, play->gifts + GIFTS, input->results_sends,
                     input->results_oddity);
    note_memory(ways);
    for (uint32_t i = 0; i < 2 * GIFTS; i++)
        if (play->gifts[i])
            release(play, play->gifts[i]);
    if (input->before_second == EVENT_REVOKE || input->before_return == EVENT_REVOKE) {
        release(play, play->client.cap.bits);
        raw_expect_err(&ways->memory.raw, os_Endpoint_makeClient(play->endpoint, BADGE, &play->client),
                       CAP_OK, "a client again");
    }
}

static void play_one(struct play *play)
{
    const struct input *input = play->input;
    play_prepare(play);
    step(play->ways, input->is_call_first ? call_sqe(play) : recv_sqe(play));
    note_gifts(play);
    happen(play, input->before_second);
    step(play->ways, input->is_call_first ? recv_sqe(play) : call_sqe(play));
    note_gifts(play);

    uint64_t call_id = 0;
    if (place_is_writable(input->incoming) &&
        (input->incoming != PLACE_TOUCHES || play->ways->edge_rights == 2)) {
        volatile struct cap_incoming *incoming = (volatile void *)words_at(play->incoming);
        call_id = incoming->call_id == POISON ? 0 : incoming->call_id;
        if (call_id)
            incoming->call_id = 1;
    }
    note(play->ways, "there is a call to answer", call_id != 0);
    happen(play, input->before_return);
    step(play->ways, return_sqe(play, call_id));
    play_end(play, call_id);
}

/* ---- All ways ------------------------------------------------------------------------------------- */

static bool way_fits(const struct way *way, const struct input *input)
{
    bool call_fits = place_takes_limit(input->call_list) || input->call_sends + input->call_room == 0;
    bool recv_fits = place_takes_limit(input->incoming_list) || input->recv_room == 0;
    return (call_fits || !(way->limited & OPS(CAP_OP_CALL))) &&
           (recv_fits || !(way->limited & OPS(CAP_OP_RECV)));
}

static void play_in_all_ways(struct play *play, const char *name, struct input input,
                             void (*how)(struct play *play))
{
    static struct outcome quick, general;
    input.name = name;
    play->input = &input;
    for (uint32_t i = 0; i < WAYS; i++) {
        struct outcome *outcome = i == 0 ? &quick : &general;
        if (!way_fits(&ways_all[i], &input))
            continue;
        outcome->count = 0;
        play->ways->way = &ways_all[i];
        play->ways->outcome = outcome;
        how(play);
        if (i > 0)
            compare_outcomes(play->ways, name, &quick, &general);
    }
    play->ways->input_count++;
    play->answer_count += was_answered(&quick);
}

/* ---- Inputs --------------------------------------------------------------------------------------- */

static const uint32_t sizes[] = {0, 8, 64, 128, 136, 1024, CAP_MESSAGE_BYTES_MAX};
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
    print(raw->console, "%u inputs, %lu answers, %u differ", play.ways->input_count,
          (unsigned long)play.answer_count, play.ways->differing_count);
    return raw_end(raw);
}
