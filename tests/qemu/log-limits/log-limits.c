/* Each process keeps the newest of its lines that its limit has room for, whatever others write: hostile
 * cases 156 and 160.
 *
 * This process is a service that was promised 8000 bytes of the log, beside one that was promised 400. What
 * it starts lives out of its own.
 *
 * Next: tests/qemu/log-limits/lines.h
 */
#include "lib/log_store.h"
#include "tests/qemu/inspect.h"
#include "tests/qemu/log-limits/lines.h"
#include "tests/qemu/spawn_limited.h"

#define OWN_BYTES   8000
#define FLOOD_BYTES 1000
#define CRASHES     20
#define RECORDS_MAX 400
#define PAGE_LINES  16
#define PAUSE_NS    20000000
#define KIND_LOG    (CAP_LIMIT_LOG_BYTES - 1)

struct test {
    struct raw raw;
    struct os_ProcessSpawner spawner;
    struct os_LogReader reader;
    struct os_Inspector inspector;
    struct os_Timer timer;
    uint64_t next;  /* the number of the next line when they were read last */
    uint64_t since; /* the number of the next line when the latest process was started */
};

/* What is there of one program's lines, in their order. */
struct line {
    uint64_t sequence;
    uint32_t length;
    char first;
};
static struct line lines[RECORDS_MAX];

struct usage {
    uint64_t own, given, limit, reserved;
};

/* ---- What there is -------------------------------------------------------------------------------- */

static void take_page(struct os_LogPage_reader page, const char *source, uint32_t *count)
{
    struct os_LogRecord_list_reader records = os_LogPage_get_records(page);
    for (uint32_t i = 0; i < os_LogRecord_list_count(records) && *count < RECORDS_MAX; i++) {
        struct os_LogRecord_reader record = os_LogRecord_list_at(records, i);
        struct wire_text text = os_LogRecord_get_text(record);
        if (wire_text_equal(os_LogRecord_get_source(record), wire_text_of(source)))
            lines[(*count)++] = (struct line){.sequence = os_LogRecord_get_sequence(record),
                                              .length = text.length,
                                              .first = text.length ? text.bytes[0] : 0};
    }
}

/* Fills `lines`, from a number on. Each number is one of a record that is there, or lost. */
static uint32_t read_lines(struct test *test, const char *source, uint64_t since)
{
    static struct rt_call call;
    uint64_t next = since, seen_count = 0, lost_count = 0;
    uint32_t count = 0, on_page = 1;
    while (on_page > 0) {
        struct os_LogPage_reader page;
        struct os_LogReader_programs_Params_builder params = os_LogReader_programs_begin(&call, test->reader);
        os_LogReader_programs_Params_set_from(params, next);
        os_LogReader_programs_Params_set_most(params, PAGE_LINES);
        enum cap_err err = os_LogReader_programs_send(&call);
        if (!err)
            err = os_LogReader_programs_wait(&call, &page);
        raw_expect_err(&test->raw, err, CAP_OK, "a page of the log");
        if (err)
            return 0;
        on_page = os_LogRecord_list_count(os_LogPage_get_records(page));
        take_page(page, source, &count);
        next = os_LogPage_get_next(page);
        seen_count += on_page;
        lost_count += os_LogPage_get_lost(page);
        rt_call_end(&call);
    }
    test->next = next;
    raw_expect(&test->raw, seen_count + lost_count == next - since, "every number is there or lost");
    return count;
}

static bool has_last_line(struct test *test, const char *source, uint64_t since)
{
    uint32_t count = read_lines(test, source, since);
    return count > 0 && lines[count - 1].length == sizeof LAST_LINE - 1;
}

static void wait_for_last_line(struct test *test, const char *source, uint64_t since)
{
    uint64_t now = 0;
    while (!has_last_line(test, source, since)) {
        raw_expect_err(&test->raw, os_Timer_now(test->timer, &now), CAP_OK, "");
        raw_expect_err(&test->raw, os_Timer_sleepUntil(test->timer, now + PAUSE_NS), CAP_OK, "");
    }
}

static struct usage usage_of(struct test *test, struct os_ProcessHandle process)
{
    struct rt_call *call = rt_call_scratch(test->raw.rt);
    struct os_ProcessHandle_usage_Results_reader results;
    struct usage usage = {0};
    os_ProcessHandle_usage_begin(call, process);
    enum cap_err err = os_ProcessHandle_usage_send(call);
    if (!err)
        err = os_ProcessHandle_usage_wait(call, &results);
    if (!err) {
        struct os_Usage_reader log =
            os_Usage_list_at(os_ProcessHandle_usage_Results_get_usage(results), KIND_LOG);
        usage = (struct usage){os_Usage_get_own(log), os_Usage_get_given(log), os_Usage_get_limit(log),
                               os_Usage_get_reserved(log)};
    }
    rt_call_end(call);
    raw_expect_err(&test->raw, err, CAP_OK, "usage");
    return usage;
}

static void check_books(struct test *test, const char *what)
{
    inspect(&test->raw, test->inspector, what);
}

/* ---- Processes ------------------------------------------------------------------------------------ */

static struct os_ProcessHandle start(struct test *test, const char *binary, uint32_t log_bytes)
{
    struct os_ProcessHandle process = {{.rt = test->raw.rt}};
    const struct limits_grant grant = {"console", test->raw.console.handle};
    (void)read_lines(test, binary, 0);
    test->since = test->next;
    raw_expect_err(
        &test->raw,
        spawn_limited(test->spawner, binary, (struct limits){.log_bytes = log_bytes}, &grant, 1, &process),
        CAP_OK, binary);
    return process;
}

static void wait_for_end(struct test *test, struct os_ProcessHandle process)
{
    struct rt_call call;
    struct os_ProcessEnd_reader end;
    raw_expect_err(&test->raw, spawn_wait(&call, process, &end), CAP_OK, "it ends");
    rt_call_end(&call);
    rt_handle_drop(&process.handle);
    rt_flush(test->raw.rt);
}

static void stop(struct test *test, struct os_ProcessHandle process)
{
    raw_expect_err(&test->raw, os_ProcessHandle_kill(process), CAP_OK, "killed");
    wait_for_end(test, process);
}

/* ---- The rules ------------------------------------------------------------------------------------ */

/* Of lines with names of five letters; what it takes of the log. */
static uint32_t bytes_of(uint32_t text_bytes)
{
    return LOG_RECORD_BYTES_MIN + (5 + text_bytes + 7) / 8 * 8;
}

static void expect_quiet(struct test *test, const char *what)
{
    uint32_t count = read_lines(test, "quiet", 0);
    raw_expect(&test->raw, count == QUIET_BYTES / bytes_of(8), what);
    for (uint32_t i = 0; i + 1 < count; i++)
        raw_expect(&test->raw, lines[i].length == 8, what);
}

/* The newest lines of a flood that fit into so much, and nothing else. Returns what they take. */
static uint32_t expect_flood(struct test *test, uint32_t most_bytes)
{
    static char text[LENGTH_MAX];
    uint32_t count = read_lines(test, "flood", test->since), length = sizeof LAST_LINE - 1, sum = 0,
             found = count;
    for (uint32_t i = FLOOD_LINES;; i--, length = flood_line(i, text)) {
        if (bytes_of(length) > most_bytes)
            continue;
        if (sum + bytes_of(length) > most_bytes || i == 0)
            break;
        sum += bytes_of(length);
        bool is_there = found > 0 && lines[found - 1].length == length &&
                        (i == FLOOD_LINES || length == 0 || lines[found - 1].first == text[0]);
        raw_expect(&test->raw, is_there, "case 160: the newest lines of a flood are there");
        if (!is_there)
            return 0;
        found--;
    }
    raw_expect(&test->raw, found == 0 && count > 0, "and no others");
    return sum;
}

static void test_promise(struct test *test)
{
    expect_quiet(test, "before the flood");
    struct os_ProcessHandle flood = start(test, "flood", FLOOD_BYTES);
    wait_for_last_line(test, "flood", test->since);
    expect_quiet(test, "case 160: a flood pushes out nothing that another was promised");
    uint32_t kept = expect_flood(test, FLOOD_BYTES);
    struct usage usage = usage_of(test, flood);
    raw_expect(&test->raw, usage.own == kept && kept > FLOOD_BYTES / 2, "usage shows what is kept");
    raw_expect(&test->raw, usage.limit == FLOOD_BYTES && usage.reserved == FLOOD_BYTES && usage.given == 0,
               "and the limit");
    print(test->raw.console, "a flood: %lu of %lu", (unsigned long)usage.own, (unsigned long)usage.limit);
    check_books(test, "the books are right while a flood is kept");
    stop(test, flood);
    raw_expect(&test->raw, expect_flood(test, FLOOD_BYTES) == kept, "the lines of who has ended are there");
    check_books(test, "and when they are another's");
}

static void test_small(struct test *test)
{
    struct os_ProcessHandle flood = start(test, "flood", bytes_of(sizeof LAST_LINE - 1));
    wait_for_last_line(test, "flood", test->since);
    struct usage usage = usage_of(test, flood);
    raw_expect(&test->raw, usage.own == usage.limit, "case 156: a limit for one line keeps the newest");
    stop(test, flood);
}

static void test_default(struct test *test)
{
    struct os_ProcessHandle flood = start(test, "flood", 0);
    wait_for_last_line(test, "flood", test->since);
    struct usage usage = usage_of(test, flood);
    raw_expect(&test->raw, usage.limit == CAP_DEFAULT_LOG_BYTES, "who is promised nothing may have some");
    raw_expect(&test->raw,
               usage.own <= usage.reserved && usage.reserved <= usage.limit &&
                   usage.own > CAP_DEFAULT_LOG_BYTES - LOG_RECORD_BYTES_MAX,
               "and has taken it");
    stop(test, flood);
    expect_quiet(test, "and not from another");
}

static void test_crash_loop(struct test *test)
{
    struct os_ProcessHandle flood = start(test, "flood", FLOOD_BYTES);
    uint64_t flood_since = test->since;
    for (uint32_t i = 0; i < CRASHES; i++) {
        wait_for_end(test, start(test, "crash", i % 2 ? 200 : 0));
        raw_expect(&test->raw,
                   has_last_line(test, "crash", test->since) && read_lines(test, "crash", test->since) == 2,
                   "what a program said before it crashed is there");
    }
    uint64_t crash_since = test->since;
    wait_for_last_line(test, "flood", flood_since);
    raw_expect(&test->raw, read_lines(test, "crash", crash_since) == 2, "after a flood, too");
    stop(test, flood);
    check_books(test, "the books are right after a loop of crashes");
}

static bool begins_with(const char *text, const char *start)
{
    while (*start)
        if (*text++ != *start++)
            return false;
    return true;
}

/* This process's lines, those of its children included, make room for what it promises, and only for that. */
static void test_spawn(struct test *test)
{
    struct os_ProcessHandle process;
    const struct limits_grant grant = {"console", test->raw.console.handle};
    static char text[LENGTH_MAX];
    __builtin_memset(text, '.', sizeof text);
    for (uint32_t i = 0; i < 20; i++)
        write_line(&test->raw, text, sizeof text);
    uint32_t before = read_lines(test, "reader", 0);
    raw_expect_err(&test->raw,
                   spawn_limited(test->spawner, "crash", (struct limits){.log_bytes = OWN_BYTES + 1}, &grant,
                                 1, &process),
                   CAP_ERR_EXCEPTION, "case 156: more of the log than there is");
    raw_expect(&test->raw, begins_with(spawn_reason, "logBytes: "), "the reason names the ledger");
    raw_expect_err(&test->raw,
                   spawn_limited(test->spawner, "crash",
                                 (struct limits){.frames = 1000000, .log_bytes = OWN_BYTES}, &grant, 1,
                                 &process),
                   CAP_ERR_EXCEPTION, "or of something else");
    raw_expect(&test->raw, read_lines(test, "reader", 0) == before, "costs no line");
    struct os_ProcessHandle flood = start(test, "flood", OWN_BYTES / 2);
    raw_expect(&test->raw, read_lines(test, "reader", 0) < before, "what there is makes room");
    wait_for_last_line(test, "flood", test->since);
    expect_flood(test, OWN_BYTES / 2);
    stop(test, flood);
    (void)!spawn_limited(test->spawner, "crash", (struct limits){.log_bytes = OWN_BYTES + 1}, &grant, 1,
                         &process);
    print(test->raw.console, "%s", spawn_reason);
}

int main(struct rt *rt)
{
    struct test test = {.raw = raw_start(rt)};
    if (RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &test.spawner) ||
        RT_CAPSET(rt, "logReader", os_LogReader, &test.reader) ||
        RT_CAPSET(rt, "inspector", os_Inspector, &test.inspector) ||
        RT_CAPSET(rt, "timer", os_Timer, &test.timer))
        return 98;
    wait_for_last_line(&test, "quiet", 0);
    test_promise(&test);
    test_small(&test);
    test_default(&test);
    test_crash_loop(&test);
    test_spawn(&test);
    expect_quiet(&test, "at the end");
    return raw_end(&test.raw);
}
