/* A client that calls, gives up, and calls again cannot fill its server's table: what the server has not
 * answered yet counts for the facet that was called, although nobody waits for it.
 *
 * Next: tests/qemu/cases-endpoint/cases-endpoint.c
 */
#include "tests/qemu/cases.h"

/* The machine's time is that of its instructions: long enough to be received. */
#define LIMIT_NS 20000000

enum {
    CALL = 1,
    RECV,
    RETURN,
    CANCEL
};

/* The id of a call that the server has, and that its caller has given up. */
static uint64_t abandon(struct cases *cases, const struct pair *pair, bool by_time)
{
    submit(cases, by_time ? limited(call_of(pair->client), LIMIT_NS) : call_of(pair->client), CALL);
    submit(cases, recv_on(pair->endpoint), RECV);
    expect(cases, RECV, CAP_OK, "a call");
    if (by_time) {
        expect(cases, CALL, CAP_ERR_TIMED_OUT, "whose time is up");
        return incoming.head.call_id;
    }
    submit(cases, cancel_of(CALL), CANCEL);
    expect(cases, CALL, CAP_ERR_CANCELLED, "that is given up");
    expect(cases, CANCEL, CAP_OK, "by a CANCEL");
    return incoming.head.call_id;
}

static void expect_works(struct cases *cases, struct os_Endpoint endpoint, struct rt_handle client,
                         const char *what)
{
    submit(cases, call_of(client), CALL);
    submit(cases, recv_on(endpoint), RECV);
    expect(cases, RECV, CAP_OK, what);
    submit(cases, return_to(incoming.head.call_id), RETURN);
    expect(cases, CALL, CAP_OK, what);
    expect(cases, RETURN, CAP_OK, what);
}

static void case_88(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1);
    struct rt_handle other = {0}, facet = pair.client;
    uint64_t ids[CAP_ENDPOINT_ABANDONED_MAX];
    raw_expect_err(&cases->raw, os_Endpoint_makeClient(pair.endpoint, 2, &other), CAP_OK, "another facet");
    for (uint32_t round = 0; round < 2; round++) {
        /* The second round stands for a thousand: in the first all have been answered. */
        for (uint32_t i = 0; i < CAP_ENDPOINT_ABANDONED_MAX; i++)
            ids[i] = abandon(cases, &pair, round == 1 && i % 8 == 0);
        submit(cases, call_of(facet), CALL);
        expect(cases, CALL, CAP_ERR_AGAIN, "one more is refused");
        submit(cases, limited(call_of(facet), 1000000), CALL);
        expect(cases, CALL, CAP_ERR_AGAIN, "whichever way it goes");
        expect_works(cases, pair.endpoint, other, "others call as before");
        submit(cases, return_to(ids[7]), RETURN);
        expect(cases, RETURN, CAP_ERR_CANCELLED, "the server answers one");
        expect_works(cases, pair.endpoint, facet, "which makes room");
        ids[7] = abandon(cases, &pair, false);
        submit(cases, call_of(facet), CALL);
        expect(cases, CALL, CAP_ERR_AGAIN, "for one");
        for (uint32_t i = 0; i < CAP_ENDPOINT_ABANDONED_MAX; i++) {
            submit(cases, return_to(ids[i]), RETURN);
            raw_expect(&cases->raw, raw_take(&cases->raw).status != CAP_OK, "nobody waits for it");
        }
        expect_works(cases, pair.endpoint, facet, "all is as before");
    }
    rt_handle_drop(&other);
    pair_drop(cases, &pair);
}

int main(struct rt *rt)
{
    static const struct hostile_case list[] = {{88, "who calls and gives up leaves others room", case_88}};
    struct cases cases = cases_start(rt);
    return cases_run(&cases, list, 1);
}
