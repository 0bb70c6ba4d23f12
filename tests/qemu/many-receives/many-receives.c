/* The bound of RECVs that wait at one endpoint. Next: tests/qemu/cases-endpoint/cases-endpoint.c */
#include "tests/qemu/many-receives/parts.h"
#include "tests/qemu/cases.h"

#define PEERS     8
#define OWN_RECVS (CAP_ENDPOINT_QUEUE_MAX - PEERS * PEER_RECVS)
_Static_assert(OWN_RECVS > 1 && OWN_RECVS < CAP_CQ_ENTRIES - 2, "this process can bring the last ones");

static void case_92(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1), parent = pair_make(cases, 2);
    struct os_ProcessHandle peers[PEERS];
    const struct grant grants[] = {copy_of("endpoint", pair.endpoint.handle),
                                   copy_of("parent", parent.client)};
    for (uint32_t i = 0; i < PEERS; i++) {
        peers[i] = peer_start(cases, "peer", "receiver", grants, 2);
        hear(cases, parent.endpoint, "its RECVs wait");
    }
    for (uint32_t i = 0; i < OWN_RECVS; i++)
        submit(cases, recv_on(pair.endpoint), 1 + i);
    expect_nothing(cases, "256 wait");
    submit(cases, recv_on(pair.endpoint), 50);
    expect(cases, 50, CAP_ERR_AGAIN, "that is enough");
    submit(cases, limited(recv_on(pair.endpoint), 1ull << 60), 50);
    expect(cases, 50, CAP_ERR_AGAIN, "whichever way it goes");
    submit(cases, cancel_of(1), 51);
    expect(cases, 1, CAP_ERR_CANCELLED, "one goes");
    expect(cases, 51, CAP_OK, "one goes");
    submit(cases, recv_on(pair.endpoint), 1);
    expect_nothing(cases, "which makes room for one");
    struct cap_sqe revoke = call_of(pair.endpoint.handle);
    revoke.method_id = os_Endpoint_revokeClients_METHOD;
    submit(cases, revoke, 52);
    for (uint32_t i = 2; i <= OWN_RECVS; i++)
        expect(cases, i, CAP_ERR_DISCONNECTED, "this process's");
    expect(cases, 1, CAP_ERR_DISCONNECTED, "the last one, too");
    expect(cases, 52, CAP_OK, "revoked");
    for (uint32_t i = 0; i < PEERS; i++)
        raw_expect_err(&cases->raw, peer_end(cases, &peers[i]), 0, "and the peers'");
    pair_drop(cases, &parent);
    pair_drop(cases, &pair);
}

int main(struct rt *rt)
{
    static const struct hostile_case list[] = {{92, "many servers wait, and not without end", case_92}};
    struct cases cases = cases_start(rt);
    return CASES_RUN(&cases, list);
}
