/* The quick way into a method of the kernel and out of it (kernel/ring/kernel_call.c), and the general one,
 * on the same inputs: a program cannot tell them apart.
 *
 * Next: tests/qemu/return-recv/return-recv.c
 */
#include "tests/qemu/one_call.h"

static const struct way ways_all[] = {
    {.name = "quick"},
    {.name = "cold", .cold = ALL_OPS},
    {.name = "limited", .limited = OPS(CAP_OP_CALL)},
    {.name = "crossing", .crosses = true},
};
#define WAYS (sizeof ways_all / sizeof ways_all[0])

struct method {
    const char *name;
    struct rt_handle target;
    uint16_t id;
    uint32_t word_count;
    uint64_t words[3]; /* of its parameters */
    bool is_clock;     /* its result differs from time to time */
};

/* First words of messages: a struct without words, of one, of two, of two pointers; what breaks the format;
 * and the pointer to the first capability. */
#define NONE         0xfffffffcull
#define ONE          (1ull << 32)
#define TWO          (2ull << 32)
#define TWO_POINTERS (2ull << 48)
#define BREAKS       0x7fffffff00000000
#define FIRST_CAP    3

#define METHODS 17

#define CALLS_LIMIT 12 /* of system.cue, with room for one more that waits */

struct objects {
    struct play play;
    struct method methods[METHODS];
    const struct method *method; /* that is played */
};

/* ---- One call ------------------------------------------------------------------------------------- */

/* Whether the page at the edge is still there, and writable: what a method may have changed. */
static void note_edge(struct ways *ways)
{
    struct cap_sqe sqe = {.opcode = CAP_OP_CALL,
                          .method_id = 999,
                          .user_data = OWN_TOKEN,
                          .target = ways->memory.raw.console.handle.cap.bits,
                          .interface_id = os_Console_ID,
                          .message_addr = EDGE_PAGE,
                          .message_bytes = 8};
    bool is_mapped = raw_status(&ways->memory.raw, &sqe) == CAP_ERR_UNIMPLEMENTED;
    sqe.buffer_addr = EDGE_PAGE;
    sqe.buffer_bytes = 8;
    bool is_writable = raw_status(&ways->memory.raw, &sqe) == CAP_ERR_UNIMPLEMENTED;
    ways->edge_rights = (uint32_t)is_mapped + is_writable;
    note(ways, "rights at the edge", ways->edge_rights);
}

static void play_call(struct objects *objects)
{
    struct play *play = &objects->play;
    const struct input *input = play->input;
    const struct method *method = objects->method;
    play_prepare(play);
    if (place_is_writable(input->message))
        for (uint32_t i = 0; i < method->word_count && i < input->message_bytes / 8; i++)
            words_at(play->message)[i] = method->words[i];
    struct cap_sqe sqe = call_sqe(play);
    sqe.target = method->target.cap.bits;
    sqe.interface_id = method->target.interface_id;
    sqe.method_id = method->id;
    step(play->ways, sqe);
    if (method->is_clock && place_is_writable(input->buffer) && input->buffer_bytes >= 16)
        words_at(play->buffer)[1] = 0;
    note_edge(play->ways);
    edge_restore(play->ways);
    note_gifts(play);
    note_received(play, "received", play->call_list + 16ull * input->call_sends, input->call_list,
                  input->call_room);
    note_descriptors(play, play->call_list, descriptors_fit(input->call_list, input->call_room), play->gifts,
                     input->call_sends, input->call_oddity);
    note_memory(play->ways);
    for (uint32_t i = 0; i < 2 * GIFTS; i++)
        if (play->gifts[i])
            release(play, play->gifts[i]);
}

/* ---- All ways ------------------------------------------------------------------------------------- */

static void play_in_all_ways(struct objects *objects, struct input input)
{
    static struct outcome quick, general;
    struct ways *ways = objects->play.ways;
    bool is_edge_at_stake =
        objects->method->target.interface_id == os_VirtualMemory_ID && input.call_list == PLACE_TOUCHES;
    bool limit_fits =
        input.call_sends + input.call_room == 0 || (place_takes_limit(input.call_list) && !is_edge_at_stake);
    input.name = objects->method->name;
    objects->play.input = &input;
    for (uint32_t i = 0; i < WAYS; i++) {
        struct outcome *outcome = i == 0 ? &quick : &general;
        if (ways_all[i].limited && !limit_fits)
            continue;
        outcome->count = 0;
        ways->way = &ways_all[i];
        ways->outcome = outcome;
        play_call(objects);
        if (i > 0)
            compare_outcomes(ways, input.name, &quick, &general);
    }
    ways->input_count++;
    objects->play.answer_count += was_answered(&quick);
}

/* ---- Inputs --------------------------------------------------------------------------------------- */

static struct input plain(const struct method *method)
{
    struct input input = input_plain;
    input.message_bytes = method->word_count * 8;
    return input;
}

static void play_sizes(struct objects *objects)
{
    static const uint32_t rooms[] = {
        0, 7, 8, 15, 16, 17, 24, 31, 32, CAP_MESSAGE_BYTES_MAX, CAP_PAGE_BYTES, UINT32_MAX};
    static const uint32_t sizes[] = {
        0, 4, 8, 16, 24, 32, 1024, CAP_MESSAGE_BYTES_MAX, CAP_MESSAGE_BYTES_MAX + 8};
    for (uint32_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        struct input input = plain(objects->method);
        input.buffer_bytes = rooms[i];
        play_in_all_ways(objects, input);
        input.call_room = 0;
        play_in_all_ways(objects, input);
    }
    for (uint32_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct input input = plain(objects->method);
        input.message_bytes = sizes[i];
        play_in_all_ways(objects, input);
    }
}

static void play_places(struct objects *objects)
{
    for (uint32_t i = 0; i < PLACE_COUNT * 3; i++) {
        struct input input = plain(objects->method);
        enum place place = i % PLACE_COUNT;
        enum place *const places[] = {&input.message, &input.buffer, &input.call_list};
        *places[i / PLACE_COUNT] = place;
        input.call_room = 1;
        play_in_all_ways(objects, input);
        input.buffer_bytes = 16;
        play_in_all_ways(objects, input);
        input.call_sends = 1;
        play_in_all_ways(objects, input);
        input.message_bytes = input.buffer_bytes = input.call_room = input.call_sends = 0;
        play_in_all_ways(objects, input);
    }
}

static void play_caps(struct objects *objects)
{
    for (uint32_t i = 0; i < 4 * 3 * ODD_COUNT; i++) {
        struct input input = plain(objects->method);
        input.call_sends = i % 4;
        input.moves = (const uint32_t[]){0, 7, 2}[i / 4 % 3];
        input.call_oddity = i / 12;
        input.call_room = i % 4 == 1 ? 0 : 2;
        if (input.call_sends || i == 0)
            play_in_all_ways(objects, input);
    }
}

/* Without a record left the methods that make objects raise an exception. */
static void play_few_records(struct objects *objects)
{
    static struct rt_handle facets[100];
    struct raw *raw = &objects->play.ways->memory.raw;
    uint32_t count = 0;
    while (count < 100 && !os_Endpoint_makeClient(objects->play.endpoint, 1, &facets[count]))
        count++;
    raw_expect(raw, count < 100, "the ledger is full");
    for (uint32_t i = 0; i < METHODS; i++) {
        static const uint32_t rooms[] = {CAP_MESSAGE_BYTES_MAX, 16, 8, 0};
        objects->method = &objects->methods[i];
        for (uint32_t k = 0; k < 4 && objects->method->target.interface_id != os_VirtualMemory_ID; k++) {
            struct input input = plain(objects->method);
            input.buffer_bytes = rooms[k];
            play_in_all_ways(objects, input);
        }
    }
    while (count > 0)
        rt_handle_drop(&facets[--count]);
    rt_flush(raw->rt);
}

/* A deferred answer that is refused for want of a call leaves no charge for its waiting behind: the next one
 * is refused for the same. */
static void test_refused_to_wait(struct objects *objects, struct os_Timer timer)
{
    struct raw *raw = &objects->play.ways->memory.raw;
    words_at(ARENA)[0] = ONE;
    words_at(ARENA)[1] = UINT64_MAX - 1;
    struct cap_sqe sleep = {.opcode = CAP_OP_CALL,
                            .method_id = os_Timer_sleepUntil_METHOD,
                            .user_data = CALL_TOKEN,
                            .target = timer.handle.cap.bits,
                            .interface_id = os_Timer_ID,
                            .message_addr = ARENA,
                            .message_bytes = 16};
    const struct cap_sqe cancel = {.opcode = CAP_OP_CANCEL, .target = CALL_TOKEN};
    for (uint32_t i = 0; i < CALLS_LIMIT; i++)
        raw_submit(raw, &sleep);
    raw_expect_err(raw, rt_enter(0, 0), 0, "as many calls as there may be");
    sleep.user_data = RECV_TOKEN;
    uint32_t wrong_count = 0;
    for (uint32_t i = 0; i < 3; i++) {
        struct cap_cqe cqe = raw_run(raw, &sleep);
        wrong_count += cqe.user_data != RECV_TOKEN || cqe.status != CAP_ERR_QUOTA ||
                       cqe.cap_count != CAP_LIMIT_CALLS || cqe.message_bytes != CALLS_LIMIT;
    }
    for (uint32_t i = 0; i < CALLS_LIMIT; i++) {
        wrong_count += raw_run(raw, &cancel).status != CAP_ERR_CANCELLED;
        wrong_count += raw_take(raw).status != CAP_OK;
    }
    raw_expect_err(raw, wrong_count, 0, "one more is refused, for that reason each time");
}

/* ---- The start ------------------------------------------------------------------------------------ */

static void methods_set(struct objects *objects, struct os_Timer timer, struct os_Signal signal)
{
    struct play *play = &objects->play;
    const struct rt_handle space = play->ways->memory.space.handle, memory = play->ways->edge.handle;
    const struct rt_handle factory = play->factory.handle, endpoint = play->endpoint.handle;
    const struct rt_handle facets = play->facet_factory.handle;
    struct rt_handle other = timer.handle;
    other.interface_id = os_Console_ID;
    const struct method methods[] = {
        {"now", timer.handle, os_Timer_now_METHOD, 1, {NONE}, true},
        {"now, breaks", timer.handle, os_Timer_now_METHOD, 1, {BREAKS}, true},
        {"tick 0", timer.handle, os_Timer_tick_METHOD, 2, {ONE}, false},
        {"sleep until 0", timer.handle, os_Timer_sleepUntil_METHOD, 2, {ONE}, false},
        {"no method", timer.handle, 77, 1, {NONE}, false},
        {"other interface", other, 0, 1, {NONE}, false},
        {"size", memory, os_MemoryObject_size_METHOD, 0, {0}, false},
        {"read only", memory, os_MemoryObject_readOnly_METHOD, 1, {NONE}, false},
        {"signal", signal.handle, os_Signal_signal_METHOD, 1, {NONE}, false},
        {"endpoint", factory, os_EndpointFactory_create_METHOD, 2, {ONE, GIFT_ID}, false},
        {"endpoint for 0", factory, os_EndpointFactory_create_METHOD, 2, {ONE}, false},
        {"endpoint, cut", factory, os_EndpointFactory_create_METHOD, 1, {ONE}, false},
        {"client", endpoint, os_Endpoint_makeClient_METHOD, 2, {ONE, BADGE}, false},
        {"facet", facets, os_FacetFactory_create_METHOD, 3, {TWO_POINTERS, FIRST_CAP}, false},
        {"unmap", space, os_VirtualMemory_unmap_METHOD, 2, {ONE, EDGE_PAGE}, false},
        {"unmap nothing", space, os_VirtualMemory_unmap_METHOD, 2, {ONE, NOTHING_PAGE}, false},
        {"protect", space, os_VirtualMemory_protect_METHOD, 3, {TWO, EDGE_PAGE, READ}, false},
    };
    _Static_assert(sizeof methods == sizeof objects->methods, "all of them");
    memcpy(objects->methods, methods, sizeof methods);
}

int main(struct rt *rt)
{
    static struct objects objects;
    struct play *play = &objects.play;
    struct os_Timer timer;
    struct os_NotificationFactory notifications;
    struct os_Notification notification;
    struct os_Signal signal;
    play->ways = ways_start(rt);
    if (RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &play->factory) ||
        RT_CAPSET(rt, "facetFactory", os_FacetFactory, &play->facet_factory) ||
        RT_CAPSET(rt, "timer", os_Timer, &timer) ||
        RT_CAPSET(rt, "notificationFactory", os_NotificationFactory, &notifications) ||
        os_NotificationFactory_create(notifications, &notification, &signal) ||
        os_EndpointFactory_create(play->factory, SERVED_ID, &play->endpoint))
        return 98;
    for (uint32_t i = 0; i < GIFTS; i++)
        if (os_EndpointFactory_create(play->factory, GIFT_ID + i, &play->gift_endpoints[i]))
            return 98;
    play->dead = timer.handle.cap.bits + (1ull << 32);
    methods_set(&objects, timer, signal);
    for (uint32_t i = 0; i < METHODS; i++) {
        objects.method = &objects.methods[i];
        play_sizes(&objects);
        play_places(&objects);
        play_caps(&objects);
    }
    play_few_records(&objects);
    test_refused_to_wait(&objects, timer);
    struct raw *raw = &play->ways->memory.raw;
    print(raw->console, "%u inputs, %lu answers, %u differ", play->ways->input_count,
          (unsigned long)play->answer_count, play->ways->differing_count);
    return raw_end(raw);
}
