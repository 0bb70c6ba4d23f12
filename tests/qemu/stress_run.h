/* The driver of the stress: rounds of workers, kills, and what is heard of them in the end.
 *
 * Next: tests/qemu/stress.h
 */
#pragma once

#include "tests/qemu/stress_judge.h"
#include "user/rt/arguments.h"

enum report {
    OF_TOKEN,
    OF_OTHER,
    OF_TALLY,
    REPORT_COUNT,
};

#define RECV_TOKENS 200 /* and enum report */
#define DONE_TOKEN  210
#define WAIT_TOKEN  300 /* and a worker's number */

struct stress {
    struct cases cases;
    uint64_t seed;
    struct random random;
    struct os_Endpoint endpoints[REPORT_COUNT];
    struct rt_handle facets[BADGES], reports[WORKERS];
    struct pair pairs[WORKERS];
    struct os_ProcessHandle workers[WORKERS];
    bool is_killed[WORKERS], has_ended[WORKERS], has_told[WORKERS];
    uint64_t told_calls[WORKERS]; /* which are not answered before all have told */
    uint32_t open_count;          /* workers and reports that have not ended */
    uint64_t operation_count;
    const char *wrong; /* the first thing that was; NULL: nothing */
    int64_t wrong_number;
    struct verdict verdict;
    struct {
        struct cap_incoming head;
        union {
            uint64_t word;
            struct tally tally;
        };
    } incoming[REPORT_COUNT];
};

static struct stress stress;

static inline struct rt_handle driver_facet(enum report report, uint64_t badge)
{
    struct rt_handle facet = {0};
    raw_expect_err(&stress.cases.raw, os_Endpoint_makeClient(stress.endpoints[report], badge, &facet), CAP_OK,
                   "a facet");
    return facet;
}

/* ---- What there is, by the kernel's own count ------------------------------------------------------ */

struct extent {
    uint32_t processes, calls;
    uint64_t references;
};

static inline struct extent driver_inspect(void)
{
    static struct rt_call record; /* printing uses the other one */
    struct rt_call *call = &record;
    struct os_Inspector_check_Results_reader results;
    struct extent extent = {0};
    os_Inspector_check_begin(call, stress.cases.inspector);
    enum cap_err err = os_Inspector_check_send(call);
    if (!err)
        err = os_Inspector_check_wait(call, &results);
    struct wire_text reason = rt_call_reason(call, err);
    if (err)
        print(stress.cases.raw.console, "%.*s", (int)reason.length, reason.bytes);
    raw_expect_err(&stress.cases.raw, err, CAP_OK, "the kernel's books are right");
    if (!err)
        extent = (struct extent){os_Inspector_check_Results_get_processes(results),
                                 os_Inspector_check_Results_get_calls(results),
                                 os_Inspector_check_Results_get_references(results)};
    rt_call_end(call);
    return extent;
}

/* Before the round there was this; now the workers that live hold so many capabilities between them, besides
 * an endpoint, their neighbours and the facet for their report, and wait for the answer to that. */
static inline void driver_expect_extent(struct extent before, uint32_t held_count)
{
    struct raw *raw = &stress.cases.raw;
    struct extent now = driver_inspect();
    uint32_t alive_count = 0;
    for (uint32_t i = 0; i < WORKERS; i++)
        alive_count += stress.verdict.is_alive[i];
    uint64_t own = REPORT_COUNT * 2 + WORKERS; /* endpoints, RECVs on them, handles */
    uint64_t each =
        1 + NEIGHBOURS + 1 + 2 + 2; /* its table; a handle holds itself and the spawner; two calls */
    raw_expect_err(raw, now.processes, before.processes + alive_count, "so many processes");
    raw_expect_err(raw, now.calls, before.calls + 2 * alive_count, "one call and one wait each");
    raw_expect_err(raw, (int64_t)now.references,
                   (int64_t)(before.references + own + each * alive_count + held_count),
                   "what the workers hold is all that there is");
}

/* ---- The workers ---------------------------------------------------------------------------------- */

static inline void driver_start_worker(uint32_t round, uint32_t index)
{
    static char names[1 + NEIGHBOURS + TOKENS_EACH + 2][8];
    struct grant grants[sizeof names / sizeof names[0]] = {
        move_of("endpoint", stress.pairs[index].endpoint.handle), move_of("report", stress.reports[index])};
    uint32_t count = 2;
    char name[CAP_NAME_BYTES_MAX + 1];
    for (uint32_t i = 1; i <= NEIGHBOURS; i++, count++) {
        uint32_t neighbour = (index + i) % WORKERS;
        fmt_print(names[count], sizeof names[count], "n%u", neighbour);
        grants[count] = copy_of(names[count], stress.pairs[neighbour].client);
    }
    for (uint32_t badge = 0; badge < BADGES; badge++) {
        if (!stress_starts_with(index, badge))
            continue;
        fmt_print(names[count], sizeof names[count], "c%u", badge);
        grants[count] = move_of(names[count], stress.facets[badge]), count++;
    }
    /* The name is what its random numbers begin with. */
    fmt_print(name, sizeof name, "w%u-%u-%llx", index, round, (unsigned long long)stress.seed);
    stress.workers[index] = peer_start(&stress.cases, "worker", name, grants, count);
}

static inline void driver_submit_as(struct cap_sqe sqe, uint64_t token)
{
    sqe.user_data = token;
    raw_submit(&stress.cases.raw, &sqe);
}

static inline void driver_listen(enum report report)
{
    driver_submit_as((struct cap_sqe){.opcode = CAP_OP_RECV,
                                      .target = stress.endpoints[report].handle.cap.bits,
                                      .buffer_addr = (uint64_t)&stress.incoming[report],
                                      .buffer_bytes = sizeof stress.incoming[report]},
                     RECV_TOKENS + report);
}

/* Nothing can be printed while other operations may complete. */
static inline void driver_wrong(const char *what, int64_t number)
{
    if (!stress.wrong)
        stress.wrong = what, stress.wrong_number = number;
}

/* A worker has called one of its capabilities, or told how it came to them. */
static inline void driver_reported(enum report report)
{
    uint64_t badge = stress.incoming[report].head.badge, call_id = stress.incoming[report].head.call_id;
    if (report == OF_TALLY) {
        stress.verdict.tallies[badge] = stress.incoming[report].tally;
        stress.told_calls[badge] = call_id;
        stress.has_told[badge] = true;
    } else {
        uint64_t word = stress.incoming[report].word;
        if (word >> 32 != badge)
            driver_wrong("a capability is not the one that it is taken for", (int64_t)badge);
        else
            stress.verdict.heard[(uint32_t)word][badge]++;
        driver_submit_as(return_to(call_id), DONE_TOKEN);
    }
    driver_listen(report);
}

/* One that has told is left alone. */
static inline void driver_kill(void)
{
    uint32_t index = random_below(&stress.random, WORKERS);
    if (random_below(&stress.random, 2) || stress.is_killed[index] || stress.has_told[index])
        return;
    struct cap_sqe kill = call_of(stress.workers[index].handle);
    kill.method_id = os_ProcessHandle_kill_METHOD;
    stress.is_killed[index] = true;
    driver_submit_as(kill, DONE_TOKEN);
}

static inline void driver_completed(const struct cap_cqe *cqe)
{
    if (cqe->user_data >= WAIT_TOKEN) {
        stress.has_ended[cqe->user_data - WAIT_TOKEN] = true;
        stress.open_count--;
    } else if (cqe->user_data == DONE_TOKEN) {
        if (cqe->status && cqe->status != CAP_ERR_PEER_DEAD)
            driver_wrong("an answer or a kill", cqe->status);
    } else if (cqe->status == CAP_OK) {
        driver_reported((enum report)(cqe->user_data - RECV_TOKENS));
    } else {
        if (cqe->status != CAP_ERR_DISCONNECTED)
            driver_wrong("a RECV", cqe->status);
        stress.open_count--;
    }
}

/* Carries out what has been submitted; how much was completed. */
static inline uint32_t driver_drain(void)
{
    struct cap_cqe cqe;
    uint32_t count = 0;
    rt_enter(0, 0);
    for (; ring_client_take(&stress.cases.raw.rt->ring, &cqe); count++)
        driver_completed(&cqe);
    return count;
}

static inline void driver_pump(bool has_kills)
{
    if (rt_enter(1, 2 * MS) == 0 && has_kills)
        driver_kill();
    (void)driver_drain();
}

/* Whether each worker has ended, or waits for an answer to what it has told. */
static inline bool driver_is_quiet(void)
{
    bool is_quiet = true;
    for (uint32_t i = 0; i < WORKERS; i++) {
        stress.verdict.is_alive[i] = stress.has_told[i] && !stress.is_killed[i] && !stress.has_ended[i];
        is_quiet &= stress.has_ended[i] || stress.verdict.is_alive[i];
    }
    return is_quiet;
}

/* ---- A round -------------------------------------------------------------------------------------- */

static inline void driver_set_up(uint32_t round)
{
    static const uint64_t interfaces[] = {TOKEN_ID, OTHER_ID, REPORT_ID};
    struct cases *cases = &stress.cases;
    for (uint32_t i = 0; i < REPORT_COUNT; i++)
        raw_expect_err(&cases->raw,
                       os_EndpointFactory_create(cases->endpoints, interfaces[i], &stress.endpoints[i]),
                       CAP_OK, "an endpoint");
    for (uint32_t badge = 0; badge < BADGES; badge++)
        stress.facets[badge] = driver_facet(badge < TOKENS ? OF_TOKEN : OF_OTHER, badge);
    for (uint32_t i = 0; i < WORKERS; i++) {
        stress.is_killed[i] = stress.has_ended[i] = stress.has_told[i] = false;
        stress.pairs[i] = pair_make(cases, i);
        stress.reports[i] = driver_facet(OF_TALLY, i);
    }
    stress.verdict = (struct verdict){0};
    for (uint32_t i = 0; i < WORKERS; i++)
        driver_start_worker(round, i);
    for (uint32_t i = 0; i < WORKERS; i++)
        rt_handle_drop(&stress.pairs[i].client);
    rt_flush(cases->raw.rt);
}

static inline void driver_watch(struct extent before, bool has_kills)
{
    stress.open_count = WORKERS + REPORT_COUNT;
    for (uint32_t i = 0; i < WORKERS; i++) {
        struct cap_sqe wait = call_of(stress.workers[i].handle);
        wait.method_id = os_ProcessHandle_wait_METHOD;
        driver_submit_as(wait, WAIT_TOKEN + i);
    }
    for (uint32_t i = 0; i < REPORT_COUNT; i++)
        driver_listen(i);
    while (!driver_is_quiet())
        driver_pump(has_kills);
    while (driver_drain() > 0)
        continue; /* until no raw completion is to come */
    driver_expect_extent(before, judge_reports(&stress.cases.raw, &stress.verdict));
    if (stress.cases.raw.failed_count)
        rt_exit(raw_end(&stress.cases.raw)); /* what else should end may never */
    for (uint32_t i = 0; i < WORKERS; i++) {
        if (stress.verdict.is_alive[i])
            driver_submit_as(return_to(stress.told_calls[i]), DONE_TOKEN);
        (void)driver_drain(); /* the CQ has no places for all of them */
    }
    while (stress.open_count)
        driver_pump(false);
}

static inline void driver_round(uint32_t round, bool has_kills)
{
    struct cases *cases = &stress.cases;
    uint32_t killed_count = 0;
    struct extent before = driver_inspect();
    driver_set_up(round);
    driver_watch(before, has_kills);
    if (stress.wrong)
        print(cases->raw.console, "%s: %ld", stress.wrong, (long)stress.wrong_number);
    raw_expect(&cases->raw, !stress.wrong, "reports are in order");
    for (uint32_t i = 0; i < WORKERS; i++) {
        int64_t code = peer_end(cases, &stress.workers[i]);
        killed_count += code == PEER_KILLED;
        if (code)
            raw_expect_err(&cases->raw, code, stress.is_killed[i] ? PEER_KILLED : 0,
                           "a worker found nothing wrong");
    }
    for (uint32_t i = 0; i < REPORT_COUNT; i++)
        rt_handle_drop(&stress.endpoints[i].handle);
    rt_flush(cases->raw.rt);
    struct extent after = driver_inspect();
    raw_expect_err(&cases->raw, (int64_t)after.references, (int64_t)before.references, "nothing is left");
    stress.operation_count += stress.verdict.operation_count;
    if (round < 4 || round % 50 == 0)
        print(cases->raw.console, "round %u: %u killed, %u of %u tokens and %u others held", round,
              killed_count, stress.verdict.token_count, TOKENS, stress.verdict.other_count);
}

/* The one argument is seed= and a hexadecimal number, not 0. */
static inline uint64_t driver_seed(struct rt *rt)
{
    struct wire_message_reader message;
    struct wire_list_reader texts;
    uint64_t seed = 0;
    if (rt_argument_texts(rt, &message, &texts) || texts.count != 1)
        return 0;
    struct wire_text text = wire_list_text(texts, 0);
    for (uint32_t i = sizeof "seed=0x" - 1; i < text.length; i++) {
        uint8_t digit = (uint8_t)text.bytes[i];
        seed = seed << 4 | (uint64_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
    }
    return seed;
}

/* main of the driver. Each worker makes so many steps, most of which are an operation. */
static inline int stress_run(struct rt *rt, uint32_t rounds, uint32_t steps)
{
    stress.cases = cases_start(rt);
    stress.seed = stress.random.state = driver_seed(rt);
    raw_expect(&stress.cases.raw, stress.seed != 0, "a seed");
    print(stress.cases.raw.console, "seed 0x%lx", stress.seed);
    for (uint32_t round = 0; round < rounds; round++)
        driver_round(round, round % 2);
    print(stress.cases.raw.console, "%u rounds of %u workers with %u steps each, %lu operations", rounds,
          WORKERS, steps, stress.operation_count);
    return raw_end(&stress.cases.raw);
}
