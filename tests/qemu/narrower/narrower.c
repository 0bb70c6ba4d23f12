/* Restricted spawners and wait-only handles. Next: tests/qemu/authority/authority.c */
#include "tests/qemu/raw.h"
#include "tests/qemu/spawn.h"

#define MS       1000000ull
#define BOMBS    6
#define HELD_MAX 4096

struct test {
    struct raw raw;
    struct os_ProcessSpawner spawner;
    struct os_Timer timer;
};

static const char *const both[] = {"sleeper", "bomb"};
static const char *const nobody[] = {"nobody"};

static enum cap_err restrict_to(struct os_ProcessSpawner outer, const char *const *binaries, uint32_t count,
                                uint32_t processes, struct os_ProcessSpawner *inner)
{
    struct rt_call call;
    struct os_ProcessSpawner_restrict_Results_reader results;
    struct os_ProcessSpawner_restrict_Params_builder params = os_ProcessSpawner_restrict_begin(&call, outer);
    struct wire_list_builder list = os_ProcessSpawner_restrict_Params_init_binaries(params, count);
    enum cap_err err = CAP_OK;
    for (uint32_t i = 0; !err && i < count; i++)
        err = wire_list_set_text(list, i, wire_text_of(binaries[i]));
    os_ProcessSpawner_restrict_Params_set_processes(params, processes);
    if (!err)
        err = os_ProcessSpawner_restrict_send(&call);
    if (!err)
        err = os_ProcessSpawner_restrict_wait(&call, &results);
    if (!err)
        err = rt_call_take(&call, os_ProcessSpawner_restrict_Results_get_spawner(results), &inner->handle);
    err = raw_quota_of(&call, err);
    rt_call_end(&call);
    return err;
}

static struct os_ProcessSpawner restricted(struct test *test, struct os_ProcessSpawner outer,
                                           uint32_t binary_count, uint32_t processes)
{
    struct os_ProcessSpawner inner = outer;
    raw_expect_err(&test->raw, restrict_to(outer, both, binary_count, processes, &inner), CAP_OK,
                   "a spawner is restricted");
    return inner;
}

static void start(struct test *test, struct os_ProcessSpawner spawner, const char *binary,
                  enum cap_err wanted, struct os_ProcessHandle *process, const char *what)
{
    raw_expect_err(&test->raw, spawn_with(spawner, binary, NULL, test->raw.console.handle, process), wanted,
                   what);
}

static void await_kill(struct test *test, struct os_ProcessHandle process)
{
    struct rt_call call;
    struct os_ProcessHandle_wait_Results_reader results;
    os_ProcessHandle_wait_begin(&call, process);
    enum cap_err err = os_ProcessHandle_wait_send(&call);
    if (!err)
        err = os_ProcessHandle_wait_wait(&call, &results);
    raw_expect_err(&test->raw, err, CAP_OK, "it has ended");
    if (!err)
        raw_expect(&test->raw,
                   os_ProcessEnd_which(os_ProcessHandle_wait_Results_get_end(results)) ==
                       os_ProcessEnd_killed,
                   "by a kill");
    rt_call_end(&call);
}

static void end(struct test *test, struct os_ProcessHandle *process)
{
    raw_expect_err(&test->raw, os_ProcessHandle_kill(*process), CAP_OK, "it is killed");
    await_kill(test, *process);
    rt_handle_drop(&process->handle);
}

/* ---- Restricted spawners -------------------------------------------------------------------------- */

static void test_refusals(struct test *test)
{
    struct raw *raw = &test->raw;
    struct os_ProcessSpawner inner;
    raw_expect_err(raw, restrict_to(test->spawner, both, 0, 1, &inner), CAP_ERR_INVALID, "no binary");
    raw_expect_err(raw, restrict_to(test->spawner, both, 2, 0, &inner), CAP_ERR_INVALID, "no process");
    raw_expect_err(raw, restrict_to(test->spawner, nobody, 1, 1, &inner), CAP_ERR_EXCEPTION,
                   "a binary that is not there");
    struct os_ProcessSpawner outer = restricted(test, test->spawner, 1, 1);
    raw_expect_err(raw, restrict_to(outer, both, 2, 1, &inner), CAP_ERR_EXCEPTION,
                   "case 97: a binary that the spawner may not start itself");
    rt_handle_drop(&outer.handle);
}

static void test_budget(struct test *test)
{
    struct os_ProcessHandle first, second;
    struct os_ProcessSpawner narrow = restricted(test, test->spawner, 1, 1);
    start(test, narrow, "bomb", CAP_ERR_EXCEPTION, &first, "another binary than those named is not started");
    start(test, narrow, "nobody", CAP_ERR_EXCEPTION, &first, "nor one that is not there");
    start(test, narrow, "sleeper", CAP_OK, &first, "one process is the budget");
    start(test, narrow, "sleeper", CAP_ERR_EXCEPTION, &second, "and a second one too many");
    start(test, test->spawner, "bomb", CAP_OK, &second, "the spawner it was made from is as it was");
    end(test, &second);
    end(test, &first);
    start(test, narrow, "sleeper", CAP_OK, &first, "the place comes back with the end of the process");
    end(test, &first);
    rt_handle_drop(&narrow.handle);
}

static void test_composition(struct test *test)
{
    struct os_ProcessHandle first, second;
    struct os_ProcessSpawner outer = restricted(test, test->spawner, 2, 1);
    struct os_ProcessSpawner inner = restricted(test, outer, 1, 5);
    start(test, inner, "bomb", CAP_ERR_EXCEPTION, &first, "the inner one has its own binaries");
    start(test, inner, "sleeper", CAP_OK, &first, "which it starts");
    start(test, inner, "sleeper", CAP_ERR_EXCEPTION, &second, "but no more processes than the outer one");
    start(test, outer, "bomb", CAP_ERR_EXCEPTION, &second, "which counts them too");
    rt_handle_drop(&outer.handle);
    rt_flush(test->raw.rt);
    start(test, inner, "sleeper", CAP_ERR_EXCEPTION, &second, "also when nobody holds that any more");
    end(test, &first);
    start(test, inner, "sleeper", CAP_OK, &first, "and it works on");
    rt_handle_drop(&inner.handle);
    rt_flush(test->raw.rt);
    end(test, &first);
}

static void test_depth(struct test *test)
{
    struct os_ProcessSpawner at = test->spawner, next;
    enum cap_err err = CAP_OK;
    uint32_t depth = 0;
    while (depth <= 8) {
        err = restrict_to(at, both, 2, 9, &next);
        if (err)
            break;
        if (depth++ > 0)
            rt_handle_drop(&at.handle);
        at = next;
    }
    raw_expect_err(&test->raw, err, CAP_ERR_TOO_BIG, "restrictions of restrictions come to an end");
    raw_expect(&test->raw, depth == 8, "after eight");
    rt_handle_drop(&at.handle);
}

static void test_quota(struct test *test)
{
    static struct os_ProcessSpawner held[HELD_MAX];
    uint32_t count = 0;
    enum cap_err err = CAP_OK;
    while (count < HELD_MAX && !(err = restrict_to(test->spawner, both, 2, 9, &held[count])))
        count++;
    raw_expect_err(&test->raw, err, CAP_ERR_QUOTA, "restricted spawners are charged to who makes them");
    while (count > 0)
        rt_handle_drop(&held[--count].handle);
    rt_flush(test->raw.rt);
    struct os_ProcessSpawner again = restricted(test, test->spawner, 1, 1);
    rt_handle_drop(&again.handle);
}

static void expect_state(struct test *test, struct os_ProcessHandle process, uint16_t wanted,
                         const char *what)
{
    uint16_t state = UINT16_MAX;
    raw_expect_err(&test->raw, os_ProcessHandle_state(process, &state), CAP_OK, what);
    raw_expect_err(&test->raw, state, wanted, what);
}

static void test_state(struct test *test)
{
    struct os_ProcessHandle process;
    uint64_t now = 0;
    start(test, test->spawner, "sleeper", CAP_OK, &process, "a process");
    expect_state(test, process, os_ProcessHandle_State_ready, "it is ready before it has run");
    raw_expect_err(&test->raw, os_Timer_now(test->timer, &now), CAP_OK, "the time");
    raw_expect_err(&test->raw, os_Timer_sleepUntil(test->timer, now + 5 * MS), CAP_OK, "it runs");
    expect_state(test, process, os_ProcessHandle_State_ready, "and after");
    raw_expect_err(&test->raw, os_ProcessHandle_kill(process), CAP_OK, "it is killed");
    await_kill(test, process);
    expect_state(test, process, os_ProcessHandle_State_ended, "and has ended");
    rt_handle_drop(&process.handle);
}

/* They hold the spawner and start each other with it; BOMBS of them are all there ever are. */
static void test_bomb(struct test *test)
{
    struct raw *raw = &test->raw;
    struct os_ProcessHandle first, other;
    struct os_ProcessSpawner narrow = restricted(test, test->spawner, 2, BOMBS);
    uint64_t now = 0;
    raw_expect_err(raw, spawn_with(narrow, "bomb", "grant", narrow.handle, &first), CAP_OK, "case 130");
    for (uint32_t i = 0; i < 100 && !spawn_with(narrow, "sleeper", NULL, narrow.handle, &other); i++) {
        end(test, &other);
        raw_expect_err(raw, os_Timer_now(test->timer, &now), CAP_OK, "the time");
        raw_expect_err(raw, os_Timer_sleepUntil(test->timer, now + 5 * MS), CAP_OK, "the bombs go off");
    }
    raw_expect_err(raw, spawn_with(narrow, "sleeper", NULL, narrow.handle, &other), CAP_ERR_EXCEPTION,
                   "the budget is used up, and the rest of the system goes on");
    start(test, test->spawner, "sleeper", CAP_OK, &other, "as one can see");
    end(test, &other);
    end(test, &first);
    rt_handle_drop(&narrow.handle);
}

/* ---- Wait-only handles ---------------------------------------------------------------------------- */

static void test_wait_only(struct test *test)
{
    struct raw *raw = &test->raw;
    struct os_ProcessHandle process, narrow, narrower;
    start(test, test->spawner, "sleeper", CAP_OK, &process, "a process");
    raw_expect_err(raw, os_ProcessHandle_waitOnly(process, &narrow), CAP_OK, "a wait-only handle");
    raw_expect_err(raw, os_ProcessHandle_waitOnly(narrow, &narrower), CAP_OK, "and one of that");
    raw_expect_err(raw, os_ProcessHandle_kill(narrow), CAP_ERR_UNIMPLEMENTED, "cannot kill");
    raw_expect_err(raw, os_ProcessHandle_kill(narrower), CAP_ERR_UNIMPLEMENTED, "neither");
    uint16_t state;
    raw_expect_err(raw, os_ProcessHandle_state(narrower, &state), CAP_ERR_UNIMPLEMENTED, "nor look");
    struct cap_sqe sqe = {.opcode = CAP_OP_CALL,
                          .target = narrow.handle.cap.bits,
                          .interface_id = os_ProcessHandle_ID,
                          .method_id = UINT16_MAX};
    raw_expect_err(raw, raw_status(raw, &sqe), CAP_ERR_UNIMPLEMENTED, "case 97: nor has it any other method");
    rt_handle_drop(&narrow.handle);
    raw_expect_err(raw, os_ProcessHandle_kill(process), CAP_OK, "the handle can");
    rt_handle_drop(&process.handle);
    rt_flush(raw->rt);
    await_kill(test, narrower);
    rt_handle_drop(&narrower.handle);
}

int main(struct rt *rt)
{
    struct test test = {.raw = raw_start(rt)};
    if (RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &test.spawner) ||
        RT_CAPSET(rt, "timer", os_Timer, &test.timer))
        return 98;
    test_refusals(&test);
    test_budget(&test);
    test_composition(&test);
    test_depth(&test);
    test_quota(&test);
    test_wait_only(&test);
    test_state(&test);
    test_bomb(&test);
    return raw_end(&test.raw);
}
