/* One call, from its CALL and RECV to its RETURN, played by a process that calls itself: what may be
 * different from call to call, and what can be seen of it.
 *
 * Next: tests/qemu/fastpath/all_ways.h
 */
#pragma once

#include "lib/mem.h"
#include "tests/qemu/ways.h"

#define SERVED_ID 0x5e11ed
#define GIFT_ID   0x91f7 /* and the ids behind it */
#define GIFTS     3
#define BADGE     41

enum token {
    CALL_TOKEN = 1,
    RECV_TOKEN,
    RETURN_TOKEN,
    SECOND_TOKEN, /* of another CALL */
    CANCEL_TOKEN,
    LAST_TOKEN,
};

/* What an SQE names. */
enum target {
    TARGET_GOOD,
    TARGET_NULL,
    TARGET_NEVER,
    TARGET_DEAD,
    TARGET_OTHER_USE,
    TARGET_ALL_BITS,
    TARGET_CONSOLE,
    TARGET_OTHER_SIDE, /* the endpoint instead of its client, and the reverse */
    TARGET_REVOKED,
    TARGET_CLOSED,
    TARGET_FACET, /* in front of the client */
    TARGET_FACET_REFUSES,
    TARGET_FACET_REVOKED,
    TARGET_GIFT, /* what is sent along */
    TARGET_OTHER_INTERFACE,
    TARGET_COUNT
};

/* What is wrong with the last capability that is sent. */
enum oddity {
    ODD_NOT,
    ODD_MODE_0,
    ODD_MODE_3,
    ODD_TWICE,
    ODD_NULL,
    ODD_DEAD,
    ODD_OTHER_USE,
    ODD_NOT_TRANSFERABLE,
    ODD_COUNT
};

/* What happens before the second of CALL and RECV, or before the RETURN. */
enum event {
    EVENT_NONE,
    EVENT_READ_ONLY, /* the page at the edge */
    EVENT_UNMAPPED,
    EVENT_CANCEL,  /* of the CALL */
    EVENT_REVOKE,  /* of the client facet */
    EVENT_RELEASE, /* of the client facet that is called, if it is a gift */
    EVENT_COUNT
};

/* Whether the answer is a RETURN, or a RETURN_RECV that gets another call. */
enum again {
    AGAIN_NOT,
    AGAIN_NOBODY,
    AGAIN_WAITS, /* the other call does */
    AGAIN_LATER,
    AGAIN_COUNT
};

struct input {
    const char *name;
    enum again again;
    bool is_call_first;
    bool is_exception;
    bool releases_params; /* with the answer */
    bool passes_on;       /* the answer's first capability is the call's */
    enum target call_target, recv_target, return_target;
    uint32_t message_bytes, buffer_bytes, incoming_bytes, results_bytes;
    enum place message, buffer, call_list, incoming, incoming_list, results, results_list;
    uint16_t call_sends, call_room, recv_room, results_sends;
    uint32_t moves; /* bit i: capability i is moved, not copied */
    enum oddity call_oddity, results_oddity;
    enum event before_second, before_return;
};

static const struct input input_plain = {.message_bytes = 24,
                                         .buffer_bytes = CAP_MESSAGE_BYTES_MAX,
                                         .incoming_bytes =
                                             sizeof(struct cap_incoming) + CAP_MESSAGE_BYTES_MAX,
                                         .results_bytes = 40,
                                         .call_room = GIFTS,
                                         .recv_room = GIFTS};

struct play {
    struct ways *ways;
    struct os_EndpointFactory factory;
    struct os_FacetFactory facet_factory;
    struct os_Endpoint endpoint, waited_on, unused, gift_endpoints[GIFTS];
    struct rt_handle client, revoked, client_of_closed, facet, narrow_facet, dead_facet;
    struct rt_handle waiting; /* of waited_on */
    uint64_t dead;

    /* Of the input that is played. */
    const struct input *input;
    uint64_t gifts[2 * GIFTS]; /* for the call, for the answer */
    uint64_t message, buffer, call_list, incoming, incoming_list, results, results_list;
    uint64_t answer_count;
};

/* ---- What is sent --------------------------------------------------------------------------------- */

/* The first is a client of the endpoint itself. */
static inline void gifts_make(struct play *play)
{
    for (uint32_t i = 0; i < 2 * GIFTS; i++) {
        struct rt_handle gift = {0};
        struct os_Endpoint endpoint = i == 0 ? play->endpoint : play->gift_endpoints[i % GIFTS];
        bool is_needed = i < GIFTS ? i < play->input->call_sends : i - GIFTS < play->input->results_sends;
        if (is_needed || (i == 0 && play->input->call_target == TARGET_GIFT))
            raw_expect_err(&play->ways->memory.raw, os_Endpoint_makeClient(endpoint, BADGE + 1 + i, &gift),
                           CAP_OK, "a gift");
        play->gifts[i] = gift.cap.bits;
    }
}

static inline void release(struct play *play, uint64_t cap)
{
    const struct cap_sqe sqe = {.opcode = CAP_OP_RELEASE, .user_data = OWN_TOKEN, .target = cap};
    (void)!raw_status(&play->ways->memory.raw, &sqe);
}

static inline struct cap_transfer_out odd_descriptor(const struct play *play, struct cap_transfer_out out,
                                                     uint64_t first, enum oddity oddity)
{
    switch (oddity) {
    case ODD_MODE_0:
        out.mode = 0;
        break;
    case ODD_MODE_3:
        out.mode = 3;
        break;
    case ODD_TWICE:
        out.cap = first;
        break;
    case ODD_NULL:
        out.cap = 0;
        break;
    case ODD_DEAD:
        out.cap = play->dead;
        break;
    case ODD_OTHER_USE:
        out.cap += 1ull << 32;
        break;
    case ODD_NOT_TRANSFERABLE:
        out.cap = play->ways->memory.space.handle.cap.bits;
        break;
    default:
        break;
    }
    return out;
}

/* Whether descriptors can be written at the begin of a list, which may end where nothing is. */
static inline bool descriptors_fit(enum place place, uint32_t room)
{
    return place_is_writable(place) || (room > 0 && (place == PLACE_EDGE || place == PLACE_BEYOND_LAST));
}

static inline void descriptors_write(const struct play *play, uint64_t list, bool fits, const uint64_t *gifts,
                                     uint32_t count, enum oddity oddity)
{
    if (!fits)
        return;
    for (uint32_t i = 0; i < count; i++) {
        struct cap_transfer_out out = {
            .cap = gifts[i], .mode = play->input->moves >> i & 1 ? CAP_TRANSFER_MOVE : CAP_TRANSFER_COPY};
        if (i == count - 1)
            out = odd_descriptor(play, out, gifts[0], oddity);
        words_at(list)[2 * i] = out.cap;
        words_at(list)[2 * i + 1] = out.mode;
    }
}

static inline void play_prepare(struct play *play)
{
    const struct input *input = play->input;
    struct ways *ways = play->ways;
    areas_poison();
    ways->is_warm = false;
    gifts_make(play);
    play->message = place_at(ways, AREA_MESSAGE, input->message, input->message_bytes);
    play->buffer = place_at(ways, AREA_BUFFER, input->buffer, input->buffer_bytes);
    play->call_list =
        place_at(ways, AREA_CALL_LIST, input->call_list, 16ull * (input->call_sends + input->call_room));
    play->incoming = place_at(ways, AREA_INCOMING, input->incoming, input->incoming_bytes);
    play->incoming_list = place_at(ways, AREA_INCOMING_LIST, input->incoming_list, 16ull * input->recv_room);
    play->results = place_at(ways, AREA_RESULTS, input->results, input->results_bytes);
    play->results_list = place_at(
        ways, AREA_RESULTS_LIST, input->results_list,
        16ull * (input->results_sends + (input->again && input->results_sends ? input->recv_room : 0)));
    if (place_is_writable(input->message))
        words_fill(play->message, input->message_bytes / 8, 0x1111, 0x10001);
    if (place_is_writable(input->results))
        words_fill(play->results, input->results_bytes / 8, 0x2222, 0x20002);
    descriptors_write(play, play->call_list, descriptors_fit(input->call_list, input->call_room), play->gifts,
                      input->call_sends, input->call_oddity);
    descriptors_write(play, play->results_list, descriptors_fit(input->results_list, 0), play->gifts + GIFTS,
                      input->results_sends, input->results_oddity);
}

/* What came with the call goes on with its answer. */
static inline void pass_on(const struct play *play)
{
    uint64_t received = words_at(play->incoming_list)[0];
    if (received != POISON)
        words_at(play->results_list)[0] = received;
}

/* ---- SQEs ----------------------------------------------------------------------------------------- */

static inline uint64_t target_id(const struct play *play, enum target target, uint64_t good,
                                 uint64_t other_side)
{
    switch (target) {
    case TARGET_NULL:
        return 0;
    case TARGET_NEVER:
        return 1ull << 32 | 4000;
    case TARGET_DEAD:
        return play->dead;
    case TARGET_OTHER_USE:
        return good + (1ull << 32);
    case TARGET_ALL_BITS:
        return UINT64_MAX;
    case TARGET_CONSOLE:
        return play->ways->memory.raw.console.handle.cap.bits;
    case TARGET_OTHER_SIDE:
        return other_side;
    case TARGET_REVOKED:
        return play->revoked.cap.bits;
    case TARGET_CLOSED:
        return play->client_of_closed.cap.bits;
    case TARGET_FACET:
        return play->facet.cap.bits;
    case TARGET_FACET_REFUSES:
        return play->narrow_facet.cap.bits;
    case TARGET_FACET_REVOKED:
        return play->dead_facet.cap.bits;
    case TARGET_GIFT:
        return play->gifts[0];
    default:
        return good;
    }
}

static inline struct cap_sqe call_sqe(const struct play *play)
{
    const struct input *input = play->input;
    return (struct cap_sqe){
        .opcode = CAP_OP_CALL,
        .method_id = 3,
        .send_count = input->call_sends,
        .receive_count = input->call_room,
        .user_data = CALL_TOKEN,
        .target = target_id(play, input->call_target, play->client.cap.bits, play->endpoint.handle.cap.bits),
        .interface_id = input->call_target == TARGET_OTHER_INTERFACE ? GIFT_ID : SERVED_ID,
        .message_addr = play->message,
        .buffer_addr = play->buffer,
        .message_bytes = input->message_bytes,
        .buffer_bytes = input->buffer_bytes,
        .transfers_addr = play->call_list};
}

static inline struct cap_sqe recv_sqe(const struct play *play)
{
    const struct input *input = play->input;
    return (struct cap_sqe){
        .opcode = CAP_OP_RECV,
        .receive_count = input->recv_room,
        .user_data = RECV_TOKEN,
        .target = target_id(play, input->recv_target, play->endpoint.handle.cap.bits, play->client.cap.bits),
        .buffer_addr = play->incoming,
        .buffer_bytes = input->incoming_bytes,
        .transfers_addr = play->incoming_list};
}

static inline struct cap_sqe return_sqe(const struct play *play, uint64_t call_id)
{
    const struct input *input = play->input;
    struct cap_sqe sqe = {.opcode = CAP_OP_RETURN};
    if (input->again) {
        sqe = recv_sqe(play);
        sqe.opcode = CAP_OP_RETURN_RECV;
        sqe.endpoint = sqe.target;
    }
    if (!input->again || input->results_sends) {
        sqe.send_count = input->results_sends;
        sqe.transfers_addr = play->results_list;
    }
    sqe.flags =
        (input->is_exception ? CAP_SQE_EXCEPTION : 0) | (input->releases_params ? CAP_SQE_RELEASE_PARAMS : 0);
    sqe.user_data = RETURN_TOKEN;
    sqe.target = target_id(play, input->return_target, call_id, play->client.cap.bits);
    sqe.message_addr = play->results;
    sqe.message_bytes = input->results_bytes;
    return sqe;
}

/* What a RETURN_RECV gets. */
static inline struct cap_sqe second_call_sqe(const struct play *play)
{
    return (struct cap_sqe){.opcode = CAP_OP_CALL,
                            .user_data = SECOND_TOKEN,
                            .target = play->client.cap.bits,
                            .interface_id = SERVED_ID,
                            .message_addr = place_at(play->ways, AREA_MESSAGE, PLACE_GOOD, 0),
                            .message_bytes = 16};
}

/* ---- What can be seen ----------------------------------------------------------------------------- */

static inline void note_gifts(struct play *play)
{
    for (uint32_t i = 0; i < 2 * GIFTS; i++)
        if (play->gifts[i])
            note_id(play->ways, "what was sent", play->gifts[i]);
    note_id(play->ways, "what was called", call_sqe(play).target);
}

/* Ids differ from time to time: what they are good for does not. They are released. */
static inline void note_received(struct play *play, const char *what, uint64_t list, enum place place,
                                 uint32_t room)
{
    if (!place_is_writable(place))
        return;
    for (uint32_t i = 0; i < room; i++) {
        volatile uint64_t *entry = words_at(list) + 2ull * i;
        note(play->ways, what, entry[1]);
        if (entry[0] == POISON)
            continue;
        note_id(play->ways, "what was received", entry[0]);
        release(play, entry[0]);
        entry[0] = 0;
    }
}

/* What was sent is not touched. */
static inline void note_descriptors(struct play *play, uint64_t list, bool fits, const uint64_t *gifts,
                                    uint32_t count, enum oddity oddity)
{
    static uint64_t before[2 * GIFTS];
    if (!fits)
        return;
    for (uint32_t i = 0; i < 2 * count; i++)
        before[i] = words_at(list)[i];
    descriptors_write(play, list, fits, gifts, count, oddity);
    for (uint32_t i = 0; i < 2 * count; i++) {
        note(play->ways, "a descriptor is as it was", before[i] == words_at(list)[i]);
        words_at(list)[i] = 0;
    }
}

/* How the CALL ended in this outcome. */
static inline bool was_answered(const struct outcome *outcome)
{
    for (uint32_t i = 0; i + 1 < outcome->count; i++) {
        const struct note *notes = &outcome->notes[i];
        if (wire_text_equal(wire_text_of(notes[0].what), wire_text_of("user_data")) &&
            notes[0].value == CALL_TOKEN)
            return notes[1].value == CAP_OK || notes[1].value == (uint64_t)CAP_ERR_EXCEPTION;
    }
    return false;
}
