/* Processes that end in the middle of something, start others, or flood the console.
 *
 * Next: tests/qemu/cases-process/cases-process.c
 */
#include "tests/qemu/cases-process/parts.h"
#include "tests/qemu/cases.h"

#define MS 1000000ull

static void end_as(struct peer *peer, enum ending_kind ending)
{
    if (ending == ENDING_FAULT)
        __builtin_trap();
    if (ending == ENDING_KILL) {
        tell(&peer->cases, peer->parent, 0);
        stay();
    }
    rt_exit(0);
}

static void begin(struct peer *peer, enum doing doing)
{
    struct cases *cases = &peer->cases;
    struct cap_sqe recv = recv_on(peer->endpoint), call;
    switch (doing) {
    case DOING_CALL_QUEUED:
        submit(cases, moving(call_of(peer->client), peer->cap.cap.bits), 1);
        break;
    case DOING_CALL_SERVED:
        submit(cases, moving(call_of(peer->client), peer->cap.cap.bits), 1);
        tell(cases, peer->parent, 1);
        break;
    case DOING_CALL_DEFERRED:
        call = with_word(call_of(peer->timer), UINT64_MAX / 2);
        call.method_id = os_Timer_sleepUntil_METHOD;
        submit(cases, call, 1);
        break;
    case DOING_RECV:
        submit(cases, recv, 1);
        break;
    case DOING_SERVING:
        tell(cases, peer->parent, 1);
        (void)raw_run(&cases->raw, &recv);
        break;
    case DOING_ENTER:
        rt_enter(1, 5 * MS);
        break;
    case DOING_LIMITED:
        submit(cases, limited(call_of(peer->client), 5 * MS), 1);
        recv.receive_count = 0;
        submit(cases, limited(recv, 5 * MS), 2);
        break;
    case DOING_PENDING:
        for (uint32_t i = 0; i < 8; i++)
            (void)!ring_client_submit(&cases->raw.rt->ring, &recv);
        break;
    default:
        break;
    }
}

/* Copies itself until it is refused, and holds what it has for a while, so that all come to that. Exit code:
 * whether the refusal was the right one. */
static void play_bomb(struct peer *peer)
{
    struct os_ProcessHandle made;
    const struct grant grants[] = {copy_of("spawner", peer->cases.spawner.handle)};
    enum cap_err err;
    do
        err = peer_try(&peer->cases, "peer", "bomb", grants, 1, &made);
    while (err == CAP_OK);
    rt_enter(1, 200 * MS);
    rt_exit(err != CAP_ERR_QUOTA && err != CAP_ERR_NO_MEMORY);
}

/* Starts another process and is gone before that has run. */
static void play_parent(struct peer *peer)
{
    struct os_ProcessHandle made;
    const struct grant grants[] = {copy_of("parent", peer->parent)};
    rt_exit(peer_try(&peer->cases, "peer", "orphan", grants, 1, &made) ? 1 : 0);
}

static void play_orphan(struct peer *peer)
{
    tell(&peer->cases, peer->parent, 0x0a);
}

/* Ends with its endpoint's last server. */
static void play_storm(struct peer *peer)
{
    struct cap_sqe call = call_of(peer->client);
    raw_expect_err(&peer->cases.raw, raw_status(&peer->cases.raw, &call), CAP_ERR_DISCONNECTED, "the signal");
}

static const struct part parts[] = {
    {"bomb", play_bomb},
    {"parent", play_parent},
    {"orphan", play_orphan},
    {"storm", play_storm},
};

int main(struct rt *rt)
{
    const char *name = rt_process_name(rt);
    if (name[2])
        return PEER_PLAY(rt, parts);
    struct peer *peer = peer_self(rt);
    begin(peer, (enum doing)(name[0] - 'a'));
    end_as(peer, (enum ending_kind)(name[1] - 'a'));
    return 97;
}
