/* What must be so when all workers of a round have reported and none has gone yet. Of each that lives there
 * are its tallies, and what the driver was called through: the kernel's word for what it holds.
 *
 *  - Each one holds, of each badge, what it started with and what came, less what went and was released.
 *  - Of what one sent to another that lives, all moves came, and all copies whose call ended well; of those
 *    whose call was given up, some may have.
 *  - No token is held twice. Without kills, each is held once, and of each other badge as many are held as
 *    there were copies made and not released. With kills, what the dead may have taken or given is the
 *    difference at most.
 *  - All that the kernel counts as references is this and nothing more: nobody holds what he does not know
 * of.
 *
 * Next: tests/qemu/stress_run.h
 */
#pragma once

#include "tests/qemu/stress.h"

struct verdict {
    bool is_alive[WORKERS];
    struct tally tallies[WORKERS];         /* of those who live */
    uint16_t heard[WORKERS][BADGES];       /* calls that the driver got */
    uint32_t token_count, other_count;     /* held in the end */
    uint32_t came_from_dead, left_to_dead; /* capabilities that were moved */
    uint64_t operation_count;
};

static inline void judge_each(struct raw *raw, const struct verdict *verdict, uint32_t index)
{
    const struct tally *tally = &verdict->tallies[index];
    for (uint32_t badge = 0; badge < BADGES; badge++) {
        int64_t held = stress_starts_with(index, badge) + tally->moves_in[badge] + tally->copies_in[badge] -
                       tally->moves_out[badge] - tally->released[badge];
        if (held != verdict->heard[index][badge])
            print(raw->console, "worker %u, badge %u: it should hold %ld and holds %u", index, badge,
                  (long)held, verdict->heard[index][badge]);
        raw_expect(raw, held == verdict->heard[index][badge], "what came and has not left is held");
    }
}

/* From one that lives to another. */
static inline void judge_between(struct raw *raw, const struct verdict *verdict, uint32_t from, uint32_t to)
{
    const struct tally *sent = &verdict->tallies[from], *got = &verdict->tallies[to];
    uint32_t copied = got->copies_from[from];
    bool is_right = sent->moves_to[to] == got->moves_from[from] && sent->copies_to[to] <= copied &&
                    copied <= (uint32_t)sent->copies_to[to] + sent->open_to[to];
    if (!is_right)
        print(raw->console, "from %u to %u: %u moved and %u copied, or %u more, but %u and %u came", from, to,
              sent->moves_to[to], sent->copies_to[to], sent->open_to[to], got->moves_from[from], copied);
    raw_expect(raw, is_right, "what was sent came");
}

static inline void judge_pairs(struct raw *raw, struct verdict *verdict, uint32_t index)
{
    for (uint32_t other = 0; other < WORKERS; other++) {
        if (verdict->is_alive[other]) {
            judge_between(raw, verdict, index, other);
            continue;
        }
        verdict->came_from_dead += verdict->tallies[index].moves_from[other];
        verdict->left_to_dead += verdict->tallies[index].moves_to[other];
    }
}

static inline void judge_badge(struct raw *raw, const struct verdict *verdict, uint32_t badge)
{
    uint32_t held = 0, gained = 0, released = 0;
    for (uint32_t i = 0; i < WORKERS; i++) {
        if (!verdict->is_alive[i])
            continue;
        held += verdict->heard[i][badge];
        gained += stress_starts_with(i, badge) + verdict->tallies[i].copies_in[badge];
        released += verdict->tallies[i].released[badge];
    }
    bool is_right = held + released <= gained + verdict->came_from_dead &&
                    held + released + verdict->left_to_dead >= gained && (badge >= TOKENS || held <= 1);
    if (!is_right)
        print(raw->console, "badge %u: %u held; %u made and %u released", badge, held, gained, released);
    raw_expect(raw, is_right, "of each badge as many are held as there should be");
}

/* How many capabilities those who live hold. */
static inline uint32_t judge_reports(struct raw *raw, struct verdict *verdict)
{
    for (uint32_t i = 0; i < WORKERS; i++) {
        if (!verdict->is_alive[i])
            continue;
        judge_each(raw, verdict, i);
        judge_pairs(raw, verdict, i);
        verdict->operation_count += verdict->tallies[i].operation_count;
        for (uint32_t badge = 0; badge < BADGES; badge++)
            *(badge < TOKENS ? &verdict->token_count : &verdict->other_count) += verdict->heard[i][badge];
    }
    for (uint32_t badge = 0; badge < BADGES; badge++)
        judge_badge(raw, verdict, badge);
    return verdict->token_count + verdict->other_count;
}
