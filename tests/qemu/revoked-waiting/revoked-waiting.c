/* What waits behind a facet of FacetFactory when that is revoked: at an endpoint, for a notification, for a
 * time, for the end of a process; behind one facet or several.
 *
 * Next: tests/qemu/authority/authority.c
 */
#include "tests/qemu/revoked-waiting/parts.h"
#include "tests/qemu/cases.h"

enum {
    FIRST = 1,
    SECOND,
    THIRD,
    OTHER
};

static struct os_Timer timer;
static struct os_NotificationFactory notifications;

struct taken_back {
    struct rt_handle facet;
    struct os_Revoker revoker;
};

/* In front of the target, for its methods 0 and 1. */
static struct taken_back facet_of(struct cases *cases, struct rt_handle target)
{
    struct rt_call call;
    struct taken_back made = {0};
    struct os_FacetFactory_create_Results_reader results;
    struct os_FacetFactory_create_Params_builder params = os_FacetFactory_create_begin(&call, cases->facets);
    os_FacetFactory_create_Params_set_target(params, rt_call_attach(&call, target, CAP_TRANSFER_COPY));
    wire_list_set_u16(os_FacetFactory_create_Params_init_methods(params, 2), 1, 1); /* and 0 */
    enum cap_err err = os_FacetFactory_create_send(&call);
    if (!err)
        err = os_FacetFactory_create_wait(&call, &results);
    if (!err)
        err = rt_call_take(&call, os_FacetFactory_create_Results_get_facet(results), &made.facet);
    if (!err)
        err = rt_call_take(&call, os_FacetFactory_create_Results_get_revoker(results), &made.revoker.handle);
    rt_call_end(&call);
    raw_expect_err(&cases->raw, err, CAP_OK, "a facet");
    return made;
}

static struct cap_sqe revoke_of(const struct taken_back *one)
{
    return call_of(one->revoker.handle);
}

static void drop(struct cases *cases, struct taken_back *one)
{
    rt_handle_drop(&one->facet);
    rt_handle_drop(&one->revoker.handle);
    rt_flush(cases->raw.rt);
}

/* ---- Wherever they wait --------------------------------------------------------------------------- */

static void at_an_endpoint(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1), moved = pair_make(cases, 2);
    struct taken_back outer, inner = facet_of(cases, pair.client);
    outer = facet_of(cases, inner.facet);
    submit(cases, call_of(outer.facet), FIRST);
    submit(cases, recv_on(pair.endpoint), OTHER);
    expect(cases, OTHER, CAP_OK, "one call is served");
    uint64_t served = incoming.head.call_id;
    submit(cases, moving(call_of(outer.facet), moved.client.cap.bits), SECOND);
    submit(cases, call_of(inner.facet), THIRD);
    submit(cases, with_word(call_of(pair.client), 4), OTHER);
    expect_nothing(cases, "three wait");

    submit(cases, revoke_of(&outer), 10);
    expect(cases, SECOND, CAP_ERR_DISCONNECTED, "the one behind the outer facet ends");
    expect(cases, 10, CAP_OK, "revoked");
    expect_id(cases, moved.client.cap.bits, CAP_OK, "what it was to move is back");
    submit(cases, revoke_of(&inner), 11);
    expect(cases, THIRD, CAP_ERR_DISCONNECTED, "then the one behind the inner one");
    expect(cases, 11, CAP_OK, "revoked");
    submit(cases, recv_on(pair.endpoint), 12);
    expect(cases, 12, CAP_OK, "the one that took no facet");
    raw_expect_err(&cases->raw, (int64_t)incoming.words[1], 4, "is the next");
    submit(cases, return_to(incoming.head.call_id), 13);
    expect(cases, OTHER, CAP_OK, "and ends well");
    expect(cases, 13, CAP_OK, "and ends well");
    submit(cases, return_to(served), 14);
    expect(cases, FIRST, CAP_OK, "so does the one that was served when it was taken back");
    expect(cases, 14, CAP_OK, "for its server, too");
    drop(cases, &outer);
    drop(cases, &inner);
    pair_drop(cases, &moved);
    pair_drop(cases, &pair);
}

/* Revoked from the inside: all that passed, whatever stands in front. */
static void behind_many(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1);
    struct taken_back chain[CAP_FACET_DEPTH_MAX];
    for (uint32_t i = 0; i < CAP_FACET_DEPTH_MAX; i++)
        chain[i] = facet_of(cases, i == 0 ? pair.client : chain[i - 1].facet);
    for (uint32_t i = 0; i < CAP_FACET_DEPTH_MAX; i++)
        submit(cases, call_of(chain[i].facet), 1 + i);
    expect_nothing(cases, "one waits behind each");
    submit(cases, revoke_of(&chain[4]), 20);
    for (uint32_t i = 4; i < CAP_FACET_DEPTH_MAX; i++)
        expect(cases, 1 + i, CAP_ERR_DISCONNECTED, "those in front of it end");
    expect(cases, 20, CAP_OK, "revoked");
    expect_nothing(cases, "the others wait");
    submit(cases, revoke_of(&chain[0]), 21);
    for (uint32_t i = 0; i < 4; i++)
        expect(cases, 1 + i, CAP_ERR_DISCONNECTED, "until the innermost goes");
    expect(cases, 21, CAP_OK, "revoked");
    for (uint32_t i = 0; i < CAP_FACET_DEPTH_MAX; i++)
        drop(cases, &chain[i]);
    pair_drop(cases, &pair);
}

static struct cap_sqe sleep_of(struct rt_handle facet)
{
    struct cap_sqe sqe = with_word(call_of(facet), 1ull << 60);
    sqe.method_id = os_Timer_sleepUntil_METHOD;
    return sqe;
}

/* Whoever waits without the facet gets what happens next, all of it. */
static void in_the_kernel(struct cases *cases)
{
    struct os_Notification notification = {0};
    struct os_Signal signal = {0};
    raw_expect_err(&cases->raw, os_NotificationFactory_create(notifications, &notification, &signal), CAP_OK,
                   "a notification");
    struct taken_back waiting = facet_of(cases, notification.handle),
                      sleeping = facet_of(cases, timer.handle);
    submit(cases, call_of(waiting.facet), FIRST);
    submit(cases, call_of(notification.handle), SECOND);
    submit(cases, revoke_of(&waiting), 10);
    expect(cases, FIRST, CAP_ERR_DISCONNECTED, "a wait for a notification");
    expect(cases, 10, CAP_OK, "revoked");
    submit(cases, with_word(call_of(signal.handle), 3 ^ 1), 11); /* 1 is the default of the count */
    expect(cases, SECOND, CAP_OK, "the signal goes to who may still wait");
    raw_expect_err(&cases->raw, (int64_t)answer[1], 3, "whole");
    expect(cases, 11, CAP_OK, "signalled");

    submit(cases, sleep_of(sleeping.facet), FIRST);
    expect_nothing(cases, "it sleeps");
    submit(cases, revoke_of(&sleeping), 12);
    expect(cases, FIRST, CAP_ERR_DISCONNECTED, "a sleep");
    expect(cases, 12, CAP_OK, "revoked");

    drop(cases, &waiting);
    drop(cases, &sleeping);
    rt_handle_drop(&notification.handle);
    rt_handle_drop(&signal.handle);
    rt_flush(cases->raw.rt);
}

/* Behind a facet of a wait-only handle, which is a facet itself. */
static void for_a_process(struct cases *cases)
{
    const struct grant grants[] = {copy_of("timer", timer.handle)};
    struct os_ProcessHandle process = peer_start(cases, "peer", "stayer", grants, 1), wait_only = {0};
    raw_expect_err(&cases->raw, os_ProcessHandle_waitOnly(process, &wait_only), CAP_OK, "a wait-only handle");
    struct taken_back watching = facet_of(cases, wait_only.handle);
    submit(cases, call_of(watching.facet), FIRST);
    submit(cases, call_of(wait_only.handle), SECOND);
    expect_nothing(cases, "both wait for its end");
    submit(cases, revoke_of(&watching), 10);
    expect(cases, FIRST, CAP_ERR_DISCONNECTED, "one may not know it any more");
    expect(cases, 10, CAP_OK, "revoked");
    struct cap_sqe kill = call_of(process.handle);
    kill.method_id = os_ProcessHandle_kill_METHOD;
    submit(cases, kill, 11);
    const struct ending endings[] = {{SECOND, CAP_OK}, {11, CAP_OK}};
    expect_each(cases, endings, 2, "the other one is told");
    drop(cases, &watching);
    rt_handle_drop(&wait_only.handle);
    rt_handle_drop(&process.handle);
    rt_flush(cases->raw.rt);
}

static void case_96(struct cases *cases)
{
    at_an_endpoint(cases);
    behind_many(cases);
    in_the_kernel(cases);
    for_a_process(cases);
}

/* ---- Without a revocation ------------------------------------------------------------------------- */

/* A facet whose last capability is released lets go what waits behind it; the revoker still ends it. */
static void case_96_released(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1);
    for (uint32_t round = 0; round < 3; round++) {
        struct taken_back one = facet_of(cases, pair.client);
        submit(cases, call_of(one.facet), FIRST);
        submit(cases, release_of(one.facet.cap.bits), 10);
        expect(cases, 10, CAP_OK, "released while a call waits behind it");
        if (round == 0) {
            submit(cases, revoke_of(&one), 11);
            expect(cases, FIRST, CAP_ERR_DISCONNECTED, "revoked all the same");
            expect(cases, 11, CAP_OK, "revoked");
        } else if (round == 1) {
            submit(cases, cancel_of(FIRST), 11);
            expect(cases, FIRST, CAP_ERR_CANCELLED, "cancelled");
            expect(cases, 11, CAP_OK, "cancelled");
        } else {
            submit(cases, recv_on(pair.endpoint), 11);
            expect(cases, 11, CAP_OK, "or received");
            submit(cases, revoke_of(&one), 12);
            expect(cases, 12, CAP_OK, "then the revocation is too late");
            submit(cases, return_to(incoming.head.call_id), 13);
            expect(cases, FIRST, CAP_OK, "and it ends well");
            expect(cases, 13, CAP_OK, "and it ends well");
        }
        expect_release(cases, one.revoker.handle.cap.bits, "the revoker");
    }
    pair_drop(cases, &pair);
}

#define PEERS     8
#define OWN_CALLS (CAP_FACET_WAITING_MAX - PEERS * PEER_CALLS)
_Static_assert(OWN_CALLS > 0 && OWN_CALLS < CAP_CQ_ENTRIES - 2, "this process can bring the last ones");

/* They sleep: no queue has a bound but the facet's. */
static void case_96_bound(struct cases *cases)
{
    struct pair parent = pair_make(cases, 1);
    struct taken_back one = facet_of(cases, timer.handle);
    struct os_ProcessHandle peers[PEERS];
    const struct grant grants[] = {copy_of("timer", one.facet), copy_of("parent", parent.client)};
    for (uint32_t i = 0; i < PEERS; i++) {
        peers[i] = peer_start(cases, "peer", "sleeper", grants, 2);
        hear(cases, parent.endpoint, "its calls wait");
    }
    for (uint32_t i = 0; i < OWN_CALLS; i++)
        submit(cases, sleep_of(one.facet), 1 + i);
    expect_nothing(cases, "256 wait");
    submit(cases, sleep_of(one.facet), 50);
    expect(cases, 50, CAP_ERR_AGAIN, "that is enough");
    submit(cases, cancel_of(1), 51);
    const struct ending endings[] = {{1, CAP_ERR_CANCELLED}, {51, CAP_OK}};
    expect_each(cases, endings, 2, "one goes");
    submit(cases, sleep_of(one.facet), 1);
    expect_nothing(cases, "which makes room for one");
    submit(cases, revoke_of(&one), 52);
    for (uint32_t i = 2; i <= OWN_CALLS; i++)
        expect(cases, i, CAP_ERR_DISCONNECTED, "all end with the revocation");
    expect(cases, 1, CAP_ERR_DISCONNECTED, "the last one, too");
    expect(cases, 52, CAP_OK, "revoked");
    for (uint32_t i = 0; i < PEERS; i++)
        raw_expect_err(&cases->raw, peer_end(cases, &peers[i]), 0, "those of the peers, too");
    drop(cases, &one);
    pair_drop(cases, &parent);
}

int main(struct rt *rt)
{
    static const struct hostile_case list[] = {
        {96, "a facet that is revoked ends what waits behind it", case_96},
        {96, "a facet that is let go does not", case_96_released},
        {96, "no more calls wait behind a facet than can be ended in one go", case_96_bound},
    };
    struct cases cases = cases_start(rt);
    if (RT_CAPSET(rt, "timer", os_Timer, &timer) ||
        RT_CAPSET(rt, "notificationFactory", os_NotificationFactory, &notifications))
        return 98;
    return CASES_RUN(&cases, list);
}
