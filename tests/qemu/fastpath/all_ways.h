/* One input in all ways.
 *
 * Next: tests/qemu/fastpath/order.h
 */
#pragma once

#include "tests/qemu/one_call.h"

#define RETURNS (OPS(CAP_OP_RETURN) | OPS(CAP_OP_RETURN_RECV))

static const struct way ways_all[] = {
    {.name = "quick"},
    {.name = "cold", .cold = ALL_OPS},
    {.name = "limited", .cold = RETURNS, .limited = OPS(CAP_OP_CALL) | OPS(CAP_OP_RECV)},
    {.name = "crossing", .crosses = true},
    {.name = "cold call", .cold = OPS(CAP_OP_CALL)},
    {.name = "limited receive", .limited = OPS(CAP_OP_RECV)},
    {.name = "limited call", .limited = OPS(CAP_OP_CALL)},
    {.name = "cold return", .cold = RETURNS},
};
#define WAYS (sizeof ways_all / sizeof ways_all[0])

/* ---- One call ------------------------------------------------------------------------------------- */

static inline void happen(struct play *play, enum event event)
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
static inline void play_end(struct play *play, uint64_t call_id)
{
    struct ways *ways = play->ways;
    const struct input *input = play->input;
    for (uint64_t token = CALL_TOKEN; token <= SECOND_TOKEN; token++)
        step(ways, (struct cap_sqe){.opcode = CAP_OP_CANCEL, .user_data = CANCEL_TOKEN, .target = token});
    step(ways, (struct cap_sqe){.opcode = CAP_OP_RETURN, .user_data = LAST_TOKEN, .target = call_id});
    edge_restore(ways);
    note_gifts(play);
    note_received(play, "received with the call", play->incoming_list, input->incoming_list,
                  input->recv_room);
    note_received(play, "received with the answer", play->call_list + 16ull * input->call_sends,
                  input->call_list, input->call_room);
    note_descriptors(play, play->call_list, descriptors_fit(input->call_list, input->call_room), play->gifts,
                     input->call_sends, input->call_oddity);
    note_descriptors(play, play->results_list, descriptors_fit(input->results_list, 0), play->gifts + GIFTS,
                     input->results_sends, input->results_oddity);
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

/* The id of the call that is in the buffer of the RECV, and that differs from time to time; 0: there is none.
 */
static inline uint64_t arrived(struct play *play)
{
    const struct input *input = play->input;
    uint64_t call_id = 0;
    if (place_is_writable(input->incoming) &&
        (input->incoming != PLACE_TOUCHES || play->ways->edge_rights == 2)) {
        volatile struct cap_incoming *incoming = (volatile void *)words_at(play->incoming);
        call_id = incoming->call_id == POISON ? 0 : incoming->call_id;
        incoming->call_id = POISON;
    }
    note(play->ways, "there is a call to answer", call_id != 0);
    return call_id;
}

static inline void play_one(struct play *play)
{
    const struct input *input = play->input;
    play_prepare(play);
    step(play->ways, input->is_call_first ? call_sqe(play) : recv_sqe(play));
    note_gifts(play);
    happen(play, input->before_second);
    step(play->ways, input->is_call_first ? recv_sqe(play) : call_sqe(play));
    note_gifts(play);

    uint64_t call_id = arrived(play);
    happen(play, input->before_return);
    if (input->passes_on)
        pass_on(play);
    if (input->again == AGAIN_WAITS)
        step(play->ways, second_call_sqe(play));
    step(play->ways, return_sqe(play, call_id));
    if (input->again == AGAIN_LATER)
        step(play->ways, second_call_sqe(play));
    if (input->again) {
        uint64_t second_id = arrived(play);
        step(play->ways,
             (struct cap_sqe){.opcode = CAP_OP_RETURN, .user_data = LAST_TOKEN, .target = second_id});
    }
    play_end(play, call_id);
}

/* ---- All ways ------------------------------------------------------------------------------------- */

static inline bool way_fits(const struct way *way, const struct input *input)
{
    bool call_fits = place_takes_limit(input->call_list) || input->call_sends + input->call_room == 0;
    bool recv_fits = place_takes_limit(input->incoming_list) || input->recv_room == 0;
    return (call_fits || !(way->limited & OPS(CAP_OP_CALL))) &&
           (recv_fits || !(way->limited & OPS(CAP_OP_RECV)));
}

static inline void play_in_all_ways(struct play *play, const char *name, struct input input,
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
