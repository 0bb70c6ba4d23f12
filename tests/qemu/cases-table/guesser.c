/* Cases 52 and 55 in a process of their own. Next: tests/qemu/cases-table/cases-table.c */
#include "tests/qemu/cases.h"

#define SLOTS_TRIED       600
#define GENERATIONS_TRIED 8

static uint32_t accepted_count(struct cases *cases, uint32_t *wrong_count)
{
    uint32_t count = 0;
    for (uint64_t slot = 0; slot < SLOTS_TRIED; slot++)
        for (uint64_t generation = 0; generation < GENERATIONS_TRIED; generation++) {
            enum cap_err err = id_state(cases, generation << 32 | slot);
            count += err == CAP_OK;
            *wrong_count += err != CAP_OK && err != CAP_ERR_NO_CAP && err != CAP_ERR_STALE;
        }
    return count;
}

/* Tries every id that another process with hundreds of capabilities has: only its own two work. */
static void play_guesser(struct peer *peer)
{
    struct cases *cases = &peer->cases;
    uint32_t wrong_count = 0;
    raw_expect_err(&cases->raw, accepted_count(cases, &wrong_count), 2, "its own ids, and no other");
    raw_expect_err(&cases->raw, wrong_count, 0, "all others are refused with one of two errors");
    tell(cases, peer->parent, 0);
}

/* Gets the only capability to its own handle, and uses it to end itself. */
static void play_suicide(struct peer *peer)
{
    struct cap_sqe recv = recv_on(peer->endpoint);
    struct cap_cqe cqe = raw_run(&peer->cases.raw, &recv);
    if (cqe.status || cqe.cap_count != 1 || received[0].interface_id != os_ProcessHandle_ID)
        return;
    struct cap_sqe kill = {.opcode = CAP_OP_CALL,
                           .method_id = os_ProcessHandle_kill_METHOD,
                           .target = received[0].cap,
                           .interface_id = os_ProcessHandle_ID,
                           .buffer_addr = (uint64_t)answer,
                           .buffer_bytes = sizeof answer};
    (void)raw_run(&peer->cases.raw, &kill);
    stay();
}

/* Has a spawner for two processes at a time, and moves it into a child through itself. */
static void play_heir(struct peer *peer)
{
    struct cases *cases = &peer->cases;
    struct rt_handle spawner = cases->spawner.handle;
    const struct grant grants[] = {move_of("spawner", spawner),
                                   copy_of("console", cases->raw.console.handle)};
    struct os_ProcessHandle process = peer_start(cases, "guesser", "last-heir", grants, 2);
    expect_id(cases, spawner.cap.bits, CAP_ERR_STALE, "it is the child's now");
    raw_expect_err(&cases->raw, peer_end(cases, &process), 0, "who could use it");
}

static void play_last_heir(struct peer *peer)
{
    struct os_ProcessHandle process = {{.rt = peer->cases.raw.rt}};
    raw_expect_err(&peer->cases.raw, peer_try(&peer->cases, "guesser", "nobody", NULL, 0, &process),
                   CAP_ERR_QUOTA, "the spawner has started two processes, which live");
}

static const struct part parts[] = {
    {"guesser", play_guesser},
    {"suicide", play_suicide},
    {"heir", play_heir},
    {"last-heir", play_last_heir},
};

int main(struct rt *rt)
{
    return PEER_PLAY(rt, parts);
}
