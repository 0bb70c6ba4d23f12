/* Servers and clients that are killed at random and started again, while each client counts that every one of
 * its calls ends exactly once. The kernel checks its books on the way.
 *
 *   init --- kills one of them, waits for its end, starts it again, in an endless change
 *     servers (3)  all receive on one endpoint, keep some calls for a while, answer with 3 * word + 1
 *     clients (4)  8 calls under way each; RUN_CALLS of them, then the exit code says whether all was right
 *
 * Next: tests/qemu/soak/soak.c
 */
#pragma once

#include "tests/qemu/cases.h"
#include "tests/qemu/random.h"

#define SERVERS     3
#define CLIENTS     4
#define IN_FLIGHT   8
#define RUN_CALLS   100
#define WRONG_TOKEN 50 /* exit codes of clients */
#define WRONG_REPLY 51
#define WRONG_ERROR 52

/* ---- A server ------------------------------------------------------------------------------------- */

static inline int soak_serve(struct rt *rt)
{
    struct raw raw = {.rt = rt};
    struct os_Endpoint endpoint;
    if (RT_CAPSET(rt, "endpoint", os_Endpoint, &endpoint))
        return 98;
    for (uint32_t i = 0;; i++) {
        struct cap_sqe recv = recv_on(endpoint);
        if (raw_status(&raw, &recv))
            return 0;
        if (i % 16 == 15)
            rt_enter(1, 50000);
        struct cap_sqe reply = with_word(return_to(incoming.head.call_id), 3 * incoming.words[1] + 1);
        (void)raw_status(&raw, &reply);
    }
}

/* ---- A client ------------------------------------------------------------------------------------- */

struct soak_slot {
    uint64_t word; /* of the call under way; 0: none */
    uint64_t message[2];
    uint64_t reply[8];
};

static inline void soak_call(struct raw *raw, struct rt_handle client, struct soak_slot *slot, uint64_t word)
{
    slot->word = word;
    slot->message[0] = 1ull << 32;
    slot->message[1] = word;
    struct cap_sqe sqe = call_of(client);
    sqe.user_data = word;
    sqe.message_addr = (uint64_t)slot->message;
    sqe.message_bytes = sizeof slot->message;
    sqe.buffer_addr = (uint64_t)slot->reply;
    sqe.buffer_bytes = sizeof slot->reply;
    raw_submit(raw, &sqe);
}

/* 0, or what is wrong with this completion. */
static inline int soak_judge(struct soak_slot *slots, const struct cap_cqe *cqe)
{
    struct soak_slot *slot = &slots[cqe->user_data % IN_FLIGHT];
    if (slot->word == 0 || slot->word != cqe->user_data)
        return WRONG_TOKEN; /* never sent, or ended before */
    slot->word = 0;
    if (cqe->status == CAP_OK)
        return slot->reply[1] == 3 * cqe->user_data + 1 ? 0 : WRONG_REPLY;
    return cqe->status == CAP_ERR_PEER_DEAD || cqe->status == CAP_ERR_AGAIN ? 0 : WRONG_ERROR;
}

static inline int soak_ask(struct rt *rt)
{
    static struct soak_slot slots[IN_FLIGHT];
    struct raw raw = {.rt = rt};
    struct rt_handle client;
    uint64_t next = 1, ended_count = 0;
    if (rt_capset_find(rt, "client", SERVED_ID, &client))
        return 98;
    while (ended_count < RUN_CALLS) {
        for (; next <= RUN_CALLS && slots[next % IN_FLIGHT].word == 0; next++)
            soak_call(&raw, client, &slots[next % IN_FLIGHT], next);
        rt_enter(1, CAP_TIMEOUT_NEVER);
        struct cap_cqe cqe;
        while (ring_client_take(&rt->ring, &cqe)) {
            int wrong = soak_judge(slots, &cqe);
            if (wrong)
                return wrong;
            ended_count++;
        }
    }
    struct cap_cqe cqe;
    rt_enter(0, 0);
    return ring_client_take(&rt->ring, &cqe) ? WRONG_TOKEN : 0;
}

/* ---- init ----------------------------------------------------------------------------------------- */

struct soak {
    struct cases cases;
    struct os_Timer timer;
    struct pair pair;
    struct os_ProcessHandle processes[SERVERS + CLIENTS];
    struct random random;
    uint32_t killed_count, run_count;
};

static inline void soak_start(struct soak *soak, uint32_t index)
{
    const struct grant server = {"endpoint", soak->pair.endpoint.handle, CAP_TRANSFER_COPY};
    const struct grant client = {"client", soak->pair.client, CAP_TRANSFER_COPY};
    bool is_server = index < SERVERS;
    soak->processes[index] = peer_start(&soak->cases, is_server ? "server" : "client",
                                        is_server ? "server" : "client", is_server ? &server : &client, 1);
}

/* A client that has ended by itself has found everything right. */
static inline void soak_end(struct soak *soak, uint32_t index, bool is_killed)
{
    if (is_killed)
        raw_expect_err(&soak->cases.raw, os_ProcessHandle_kill(soak->processes[index]), CAP_OK, "kill");
    int64_t code = peer_end(&soak->cases, &soak->processes[index]);
    if (code == PEER_KILLED)
        soak->killed_count++;
    else
        soak->run_count++;
    raw_expect_err(&soak->cases.raw, code, code == PEER_KILLED && is_killed ? PEER_KILLED : 0,
                   "every call ended exactly once");
    raw_expect(&soak->cases.raw, code == PEER_KILLED || index >= SERVERS, "no server ends by itself");
}

static inline void soak_pause(struct soak *soak, uint64_t ns)
{
    uint64_t now = 0;
    (void)!os_Timer_now(soak->timer, &now);
    (void)!os_Timer_sleepUntil(soak->timer, now + ns);
}

/* The exit code of main. */
static inline int soak_run(struct rt *rt, uint32_t end_count)
{
    static struct soak soak;
    soak.cases = cases_start(rt);
    if (RT_CAPSET(rt, "timer", os_Timer, &soak.timer))
        return 98;
    soak.random.state = 20070131;
    soak.pair = pair_make(&soak.cases, 1);
    for (uint32_t i = 0; i < SERVERS + CLIENTS; i++)
        soak_start(&soak, i);
    for (uint32_t i = 0; i < end_count; i++) {
        uint32_t index = random_below(&soak.random, SERVERS + CLIENTS);
        soak_pause(&soak, random_below(&soak.random, 1000000));
        soak_end(&soak, index, true);
        soak_start(&soak, index);
        if (i % 16 == 0)
            check_books(&soak.cases);
    }
    for (uint32_t i = SERVERS; i < SERVERS + CLIENTS; i++)
        soak_end(&soak, i, false);
    for (uint32_t i = 0; i < SERVERS; i++)
        soak_end(&soak, i, true);
    check_books(&soak.cases);
    print(soak.cases.raw.console, "%u processes killed; %u runs of clients, each of %u calls that ended once",
          soak.killed_count, soak.run_count, RUN_CALLS);
    return raw_end(&soak.cases.raw);
}
