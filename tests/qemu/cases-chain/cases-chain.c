/* Case 79: a capability is moved through a hundred processes, and one of them is killed at a random moment.
 * At the end this process has it, or nobody has.
 *
 * Next: tests/qemu/cases-chain/link.c
 */
#include "tests/qemu/cases.h"
#include "tests/qemu/random.h"

#define LINKS       100
#define ROUNDS      16
#define SEED        0x79
#define KILL_US_MAX 12000
#define US          1000ull

/* What travels is the only client facet of `probe`. Each link has the server's side of its own endpoint
 * alone, and a client facet of the next one's; the last endpoint is this process's. */
struct chain {
    struct pair probe, last;
    struct rt_handle first; /* a client facet of the first link's endpoint */
    struct os_ProcessHandle links[LINKS];
};

static struct chain chain;

static void chain_start(struct cases *cases)
{
    chain.probe = pair_make(cases, 1);
    chain.last = pair_make(cases, 2);
    struct pair next = {chain.last.endpoint, chain.last.client};
    for (uint32_t i = LINKS; i-- > 0;) {
        struct pair own = pair_make(cases, 3);
        const struct grant grants[] = {move_of("endpoint", own.endpoint.handle),
                                       move_of("client", next.client)};
        chain.links[i] = peer_start(cases, "link", "link", grants, 2);
        next = own;
    }
    chain.first = next.client;
    rt_handle_forget(&chain.last.client);
}

/* Takes what the end of the chain brings within the time: whether it was the capability. */
static bool chain_receive(struct cases *cases)
{
    submit(cases, recv_on(chain.last.endpoint), 1);
    rt_enter(1, CAP_TIMEOUT_NEVER);
    struct cap_cqe cqe = raw_take(&cases->raw);
    if (cqe.status == CAP_ERR_DISCONNECTED)
        return false;
    raw_expect(&cases->raw, cqe.user_data == 1 && cqe.status == CAP_OK && cqe.cap_count == 1,
               "what arrives is one capability");
    return true;
}

enum moment {
    BEFORE, /* the victim is dead when the capability starts: it never arrives */
    AFTER,  /* never: the capability arrives */
    RANDOM
};

static void kill_link(struct cases *cases, uint32_t victim)
{
    struct cap_sqe kill = call_of(chain.links[victim].handle);
    kill.method_id = os_ProcessHandle_kill_METHOD;
    raw_expect_err(&cases->raw, raw_status(&cases->raw, &kill), CAP_OK, "a link is killed");
}

static void round_play(struct cases *cases, struct random *random, enum moment moment)
{
    uint32_t victim = 1 + random_below(random, LINKS - 1), delay_us = random_below(random, KILL_US_MAX);
    chain_start(cases);
    if (moment == BEFORE)
        kill_link(cases, victim);
    submit(cases, moving(call_of(chain.first), chain.probe.client.cap.bits), 2);
    struct cap_sqe wait = limited(recv_on(chain.probe.endpoint), delay_us * US);
    wait.receive_count = 0;
    submit(cases, moment == RANDOM ? wait : (struct cap_sqe){.opcode = CAP_OP_NOP}, 3);
    const struct ending waited[] = {{2, CAP_OK}, {3, moment == RANDOM ? CAP_ERR_TIMED_OUT : CAP_OK}};
    expect_each(cases, waited, 2, "the first link has it, and a random time passes");
    if (moment == RANDOM)
        kill_link(cases, victim);
    bool is_here = chain_receive(cases);
    uint64_t cap = received[0].cap;
    if (is_here) {
        let_go(cases, incoming.head.call_id);
        expect_facet_lives(cases, &chain.probe, "it is here");
        expect_release(cases, cap, "and is given up");
    }
    uint32_t killed_count = 0;
    for (uint32_t i = 0; i < LINKS; i++) {
        int64_t code = peer_end(cases, &chain.links[i]);
        killed_count += i == victim && code == PEER_KILLED;
        if (code && (i != victim || code != PEER_KILLED))
            print(cases->raw.console, "CHECK failed: link %u ends with %ld", i, (long)code);
    }
    raw_expect(&cases->raw, moment == RANDOM || is_here == (moment == AFTER),
               "it arrives if nobody is killed");
    expect_facet_gone(cases, &chain.probe, "no second one is anywhere");
    rt_handle_forget(&chain.probe.client);
    rt_handle_drop(&chain.first);
    pair_drop(cases, &chain.probe);
    pair_drop(cases, &chain.last);
    print(cases->raw.console, "link %u %s after %u us: %s", victim, killed_count ? "killed" : "had ended",
          delay_us, is_here ? "one holder" : "none");
}

static void case_79(struct cases *cases)
{
    struct random random = {SEED};
    print(cases->raw.console, "seed 0x%x", SEED);
    round_play(cases, &random, BEFORE);
    round_play(cases, &random, AFTER);
    for (uint32_t i = 0; i < ROUNDS; i++)
        round_play(cases, &random, RANDOM);
}

static const struct hostile_case list[] = {
    {79, "a move through 100 processes of which one is killed: one holder or none", case_79},
};

int main(struct rt *rt)
{
    struct cases cases = cases_start(rt);
    return CASES_RUN(&cases, list);
}
