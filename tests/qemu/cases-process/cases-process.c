/* Processes that end at every moment, in every way, and many at once. Next: tests/qemu/cases-process/peer.c
 */
#include "tests/qemu/cases-process/parts.h"
#include "tests/qemu/cases.h"

#define MS 1000000ull

static struct os_Timer timer;

static uint64_t now_ns(struct cases *cases)
{
    uint64_t nanoseconds = 0;
    raw_expect_err(&cases->raw, os_Timer_now(timer, &nanoseconds), CAP_OK, "the time");
    return nanoseconds;
}

/* ---- Spawning ------------------------------------------------------------------------------------- */

#define SLEEPS 10

static void case_130(struct cases *cases)
{
    const struct grant grants[] = {copy_of("spawner", cases->spawner.handle)};
    struct os_ProcessHandle bomb = peer_start(cases, "peer", "bomb", grants, 1);
    uint64_t before_ns = now_ns(cases);
    for (uint32_t i = 0; i < SLEEPS; i++)
        raw_expect_err(&cases->raw, rt_enter(1, MS), 0, "this process gets its share");
    raw_expect(&cases->raw, now_ns(cases) - before_ns < 20000 * MS, "in time");
    raw_expect_err(&cases->raw, peer_end(cases, &bomb), 0, "the first one came to its limit, and ended");
    rt_enter(1, 500 * MS);
    const struct grant nothing[] = {copy_of("timer", timer.handle)};
    struct os_ProcessHandle after = peer_start(cases, "peer", "nobody", nothing, 1);
    raw_expect_err(&cases->raw, peer_end(cases, &after), 99, "and what they had can be used again");
}

static void case_131(struct cases *cases)
{
    struct pair parent = pair_make(cases, 1);
    const struct grant grants[] = {copy_of("spawner", cases->spawner.handle),
                                   copy_of("parent", parent.client)};
    struct os_ProcessHandle peer = peer_start(cases, "peer", "parent", grants, 2);
    raw_expect_err(&cases->raw, peer_end(cases, &peer), 0, "it starts another and exits");
    raw_expect_err(&cases->raw, (int64_t)hear(cases, parent.endpoint, "the other lives on"), 0x0a,
                   "as it should");
    pair_drop(cases, &parent);
}

/* A spawn is one step, so a child can be killed before its first instruction or after, not in between. */
static void case_132(struct cases *cases)
{
    for (uint32_t i = 0; i < 20; i++) {
        struct pair parent = pair_make(cases, 1), probe = pair_make(cases, 2);
        const struct grant grants[] = {copy_of("parent", parent.client), move_of("cap", probe.client)};
        struct os_ProcessHandle peer = peer_start(cases, "peer", "orphan", grants, 2);
        rt_handle_forget(&probe.client);
        if (i % 2)
            rt_enter(1, i * MS / 10);
        peer_kill(cases, &peer);
        expect_facet_gone(cases, &probe, "what it was granted went with it");
        submit(cases, limited(recv_on(parent.endpoint), MS), 1);
        expect(cases, 1, CAP_ERR_TIMED_OUT, "no call of it is left");
        pair_drop(cases, &probe);
        pair_drop(cases, &parent);
    }
}

/* ---- Ends in the middle of something -------------------------------------------------------------- */

struct scene {
    struct pair pair;   /* this process serves, the peer calls */
    struct pair own;    /* the peer serves, this process calls */
    struct pair parent; /* the peer tells */
    struct pair probe;  /* its facet is what the peer holds */
    struct pair gift;   /* its facet goes to the peer with a call */
    struct os_ProcessHandle peer;
};

static struct scene scene_start(struct cases *cases, enum doing doing, enum ending_kind ending)
{
    struct scene scene = {.pair = pair_make(cases, 1),
                          .own = pair_make(cases, 2),
                          .parent = pair_make(cases, 3),
                          .probe = pair_make(cases, 4),
                          .gift = pair_make(cases, 5)};
    const struct grant grants[] = {move_of("endpoint", scene.own.endpoint.handle),
                                   copy_of("client", scene.pair.client),
                                   copy_of("parent", scene.parent.client), move_of("cap", scene.probe.client),
                                   copy_of("timer", timer.handle)};
    const char name[] = {(char)('a' + doing), (char)('a' + ending), 0};
    scene.peer = peer_start(cases, "peer", name, grants, 5);
    rt_handle_forget(&scene.own.endpoint.handle);
    rt_handle_forget(&scene.probe.client);
    return scene;
}

static void scene_end(struct cases *cases, struct scene *scene)
{
    expect_facet_gone(cases, &scene->probe, "nothing that it held is left");
    submit(cases, call_of(scene->own.client), 10);
    expect(cases, 10, CAP_ERR_DISCONNECTED, "the endpoint that it had is closed");
    submit(cases, recv_on(scene->pair.endpoint), 11);
    expect_nothing(cases, "no call of it is left");
    submit(cases, cancel_of(11), 12);
    expect(cases, 11, CAP_ERR_CANCELLED, "cancelled");
    expect(cases, 12, CAP_OK, "cancelled");
    pair_drop(cases, &scene->pair);
    pair_drop(cases, &scene->own);
    pair_drop(cases, &scene->parent);
    pair_drop(cases, &scene->probe);
    pair_drop(cases, &scene->gift);
}

static void play_end(struct cases *cases, enum doing doing, enum ending_kind ending)
{
    static const int64_t codes[] = {0, PEER_FAULTED, PEER_KILLED};
    struct scene scene = scene_start(cases, doing, ending);
    uint64_t call_id = 0, cap = 0;
    if (doing == DOING_CALL_SERVED) {
        hear_and_hold(cases, scene.parent.endpoint, "it has called");
        uint64_t told = incoming.head.call_id;
        submit(cases, recv_on(scene.pair.endpoint), 1);
        expect(cases, 1, CAP_OK, "its call is served");
        call_id = incoming.head.call_id;
        cap = received[0].cap;
        let_go(cases, told);
    }
    if (doing == DOING_SERVING) {
        hear(cases, scene.parent.endpoint, "it serves");
        submit(cases, moving(call_of(scene.own.client), scene.gift.client.cap.bits), 2);
        rt_handle_forget(&scene.gift.client);
    }
    if (ending == ENDING_KILL)
        hear(cases, scene.parent.endpoint, "it waits to be killed");
    const struct ending mourned = {2, CAP_ERR_PEER_DEAD};
    if (ending == ENDING_KILL && doing == DOING_SERVING) {
        peer_kill_and_expect(cases, &scene.peer, mourned, mourned, "the call that it served ends");
    } else if (ending == ENDING_KILL) {
        peer_kill(cases, &scene.peer);
    } else {
        if (doing == DOING_SERVING)
            expect(cases, 2, CAP_ERR_PEER_DEAD, "the call that it served ends");
        raw_expect_err(&cases->raw, peer_end(cases, &scene.peer), codes[ending], "it ends");
    }
    if (doing == DOING_SERVING)
        expect_facet_gone(cases, &scene.gift, "what came with it is gone");
    if (doing == DOING_CALL_SERVED) {
        expect_facet_lives(cases, &scene.probe, "what it had moved is here");
        expect_release(cases, cap, "and is given up");
        submit(cases, return_to(call_id), 3);
        expect(cases, 3, CAP_ERR_PEER_DEAD, "nobody waits for the answer");
    }
    scene_end(cases, &scene);
}

static void case_133(struct cases *cases)
{
    for (uint32_t doing = 0; doing < DOING_COUNT; doing++)
        for (uint32_t ending = 0; ending < ENDING_COUNT; ending++)
            play_end(cases, (enum doing)doing, (enum ending_kind)ending);
}

/* What dead processes waited for comes, and goes by. */
static void case_117(struct cases *cases)
{
    for (uint32_t ending = 0; ending < ENDING_COUNT; ending++) {
        play_end(cases, DOING_LIMITED, (enum ending_kind)ending);
        play_end(cases, DOING_ENTER, (enum ending_kind)ending);
        play_end(cases, DOING_CALL_DEFERRED, (enum ending_kind)ending);
    }
    raw_expect_err(&cases->raw, rt_enter(1, 20 * MS), 0, "their times pass");
}

/* ---- Many ----------------------------------------------------------------------------------------- */

#define STORM 200

static void case_134(struct cases *cases)
{
    static struct os_ProcessHandle peers[STORM];
    struct pair pair = pair_make(cases, 1);
    const struct grant grants[] = {copy_of("client", pair.client)};
    for (uint32_t i = 0; i < STORM; i++)
        peers[i] = peer_start(cases, "peer", "storm", grants, 1);
    raw_expect_err(&cases->raw, rt_enter(1, 50 * MS), 0, "all of them wait");
    rt_handle_drop(&pair.endpoint.handle);
    uint64_t longest_ns = 0, start_ns = now_ns(cases);
    for (uint32_t i = 0; i < 20; i++) {
        uint64_t before_ns = now_ns(cases);
        rt_enter(1, MS);
        uint64_t pause_ns = now_ns(cases) - before_ns;
        longest_ns = pause_ns > longest_ns ? pause_ns : longest_ns;
    }
    for (uint32_t i = 0; i < STORM; i++)
        raw_expect_err(&cases->raw, peer_end(cases, &peers[i]), 0, "each of them ends");
    print(cases->raw.console, "%u ends in %u ms; who sleeps 1 ms meanwhile sleeps %u ms at most", STORM,
          (uint32_t)((now_ns(cases) - start_ns) / MS), (uint32_t)(longest_ns / MS));
    raw_expect(&cases->raw, longest_ns < 5000 * MS, "the others go on");
    pair_drop(cases, &pair);
}

/* ---- The list ------------------------------------------------------------------------------------- */

static const struct hostile_case list[] = {
    {117, "the timers of dead processes: nobody is woken, nothing is touched", case_117},
    {130, "a spawn bomb: refused at a limit, the rest lives, everything comes back", case_130},
    {131, "a parent that is gone before its child has run: the child runs", case_131},
    {132, "a child killed before its first instructions: all its grants go with it", case_132},
    {133, "an end in each of eight states by exit, fault and kill: everything ends once", case_133},
    {134, "200 processes end at once: the others go on", case_134},
};

int main(struct rt *rt)
{
    struct cases cases = cases_start(rt);
    if (RT_CAPSET(rt, "timer", os_Timer, &timer))
        return 98;
    return CASES_RUN(&cases, list);
}
