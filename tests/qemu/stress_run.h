/* init's part of the stress: rounds of workers, kills, and the count of what they report.
 *
 * Next: tests/qemu/stress.h
 */
#pragma once

#include "lib/fmt.h"
#include "tests/qemu/stress.h"

#define TOKEN_RECV 200
#define OTHER_RECV 201
#define KILL_TOKEN 202
#define WAIT_TOKEN 300

struct stress {
    struct cases cases;
    struct random random;
    struct os_Endpoint tokens, others;
    struct rt_handle facets[WORKERS][TOKENS_EACH + 1];
    struct pair pairs[WORKERS];
    struct os_ProcessHandle workers[WORKERS];
    bool is_killed[WORKERS];
    uint8_t reported[TOKENS];
    uint32_t reported_count, other_count, killed_count;
    struct {
        struct cap_incoming head;
        uint64_t words[8];
    } reports[2];
};

static struct stress stress;

static inline struct os_Endpoint stress_endpoint(uint64_t interface_id)
{
    struct os_Endpoint endpoint = {0};
    raw_expect_err(&stress.cases.raw,
                   os_EndpointFactory_create(stress.cases.endpoints, interface_id, &endpoint), CAP_OK,
                   "an endpoint");
    return endpoint;
}

static inline struct rt_handle stress_facet(struct os_Endpoint endpoint, uint64_t badge)
{
    struct rt_handle facet = {0};
    raw_expect_err(&stress.cases.raw, os_Endpoint_makeClient(endpoint, badge, &facet), CAP_OK, "a facet");
    return facet;
}

static inline void stress_start_worker(uint32_t round, uint32_t index)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"};
    struct grant grants[1 + NEIGHBOURS + TOKENS_EACH + 1];
    uint32_t count = 0;
    char name[16];
    grants[count] = move_of(names[count], stress.pairs[index].endpoint.handle), count++;
    for (uint32_t i = 1; i <= NEIGHBOURS; i++)
        grants[count] = copy_of(names[count], stress.pairs[(index + i) % WORKERS].client), count++;
    for (uint32_t i = 0; i <= TOKENS_EACH; i++)
        grants[count] = move_of(names[count], stress.facets[index][i]), count++;
    fmt_print(name, sizeof name, "w%u-%u", index, round);
    stress.workers[index] = peer_start(&stress.cases, "worker", name, grants, count);
}

static inline void stress_wait_for(struct cap_sqe sqe, uint64_t token)
{
    sqe.user_data = token;
    raw_submit(&stress.cases.raw, &sqe);
}

static inline void stress_listen(uint32_t which)
{
    struct cap_sqe sqe = recv_on(which ? stress.others : stress.tokens);
    sqe.receive_count = 0;
    sqe.transfers_addr = 0;
    sqe.buffer_addr = (uint64_t)&stress.reports[which];
    sqe.buffer_bytes = sizeof stress.reports[which];
    stress_wait_for(sqe, TOKEN_RECV + which);
}

/* A worker has called one of its capabilities. */
static inline void stress_reported(uint32_t which)
{
    uint64_t badge = stress.reports[which].head.badge;
    if (which == 0) {
        raw_expect(&stress.cases.raw, badge < TOKENS && stress.reported[badge] == 0,
                   "no token is held twice");
        stress.reported[badge % TOKENS] = 1;
        stress.reported_count++;
    } else {
        stress.other_count++;
    }
    stress_wait_for(return_to(stress.reports[which].head.call_id), KILL_TOKEN);
    stress_listen(which);
}

static inline void stress_kill(bool has_kills)
{
    uint32_t index = random_below(&stress.random, WORKERS);
    if (!has_kills || random_below(&stress.random, 2) || stress.is_killed[index])
        return;
    struct cap_sqe kill = call_of(stress.workers[index].handle);
    kill.method_id = os_ProcessHandle_kill_METHOD;
    stress.is_killed[index] = true;
    stress_wait_for(kill, KILL_TOKEN);
}

/* Until all workers have ended, and with them the last facet. */
static inline void stress_watch(bool has_kills)
{
    uint32_t left_count = WORKERS + 2;
    while (left_count) {
        struct cap_cqe cqe;
        if (rt_enter(1, 2 * MS) == 0)
            stress_kill(has_kills);
        while (ring_client_take(&stress.cases.raw.rt->ring, &cqe)) {
            if (cqe.user_data >= WAIT_TOKEN)
                left_count--;
            else if (cqe.user_data == KILL_TOKEN)
                raw_expect(&stress.cases.raw, cqe.status == CAP_OK || cqe.status == CAP_ERR_PEER_DEAD,
                           "done");
            else if (cqe.status == CAP_OK)
                stress_reported((uint32_t)(cqe.user_data - TOKEN_RECV));
            else
                left_count -= cqe.status == CAP_ERR_DISCONNECTED;
        }
    }
}

static inline void stress_round(uint32_t round, bool has_kills)
{
    struct cases *cases = &stress.cases;
    stress.tokens = stress_endpoint(TOKEN_ID);
    stress.others = stress_endpoint(OTHER_ID);
    stress.reported_count = stress.other_count = stress.killed_count = 0;
    for (uint32_t i = 0; i < TOKENS; i++)
        stress.reported[i] = 0;
    for (uint32_t i = 0; i < WORKERS; i++) {
        stress.is_killed[i] = false;
        stress.pairs[i] = pair_make(cases, i);
        for (uint32_t k = 0; k < TOKENS_EACH; k++)
            stress.facets[i][k] = stress_facet(stress.tokens, i * TOKENS_EACH + k);
        stress.facets[i][TOKENS_EACH] = stress_facet(stress.others, i);
    }
    for (uint32_t i = 0; i < WORKERS; i++)
        stress_start_worker(round, i);
    for (uint32_t i = 0; i < WORKERS; i++)
        rt_handle_drop(&stress.pairs[i].client);
    rt_flush(cases->raw.rt);
    for (uint32_t i = 0; i < WORKERS; i++) {
        struct cap_sqe wait = call_of(stress.workers[i].handle);
        wait.method_id = os_ProcessHandle_wait_METHOD;
        stress_wait_for(wait, WAIT_TOKEN + i);
    }
    stress_listen(0);
    stress_listen(1);
    stress_watch(has_kills);
    for (uint32_t i = 0; i < WORKERS; i++) {
        int64_t code = peer_end(cases, &stress.workers[i]);
        stress.killed_count += code == PEER_KILLED;
        if (code)
            raw_expect_err(&cases->raw, code, stress.is_killed[i] ? PEER_KILLED : 0,
                           "a worker found nothing wrong");
    }
    raw_expect(&cases->raw, stress.killed_count || stress.reported_count == TOKENS, "no token is missing");
    rt_handle_drop(&stress.tokens.handle);
    rt_handle_drop(&stress.others.handle);
    rt_flush(cases->raw.rt);
    check_books(cases);
    if (round < 4 || round % 50 == 0)
        print(cases->raw.console, "round %u: %u killed, %u of %u tokens and %u others held", round,
              stress.killed_count, stress.reported_count, TOKENS, stress.other_count);
}

/* main of init. Each worker makes so many steps, most of which are an operation. */
static inline int stress_run(struct rt *rt, uint32_t rounds, uint32_t steps)
{
    stress.cases = cases_start(rt);
    stress.random.state = STRESS_SEED;
    print(stress.cases.raw.console, "seed 0x%x", STRESS_SEED);
    for (uint32_t round = 0; round < rounds; round++)
        stress_round(round, round % 2);
    print(stress.cases.raw.console, "%u rounds of %u workers with %u steps each", rounds, WORKERS, steps);
    return raw_end(&stress.cases.raw);
}
