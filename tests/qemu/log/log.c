/* LogReader: records of the kernel and of programs. Next: tests/qemu/audit/audit.c */
#include "build/gen/schema/capos.client.h"
#include "tests/qemu/raw.h"

#define LONG_BYTES 1000
#define FLOOD      60

struct log {
    struct raw *raw;
    struct os_LogReader reader;
    struct rt_call call;
    struct os_LogPage_reader page;
};

static uint32_t read_page(struct log *log, bool of_programs, uint64_t from, uint16_t most)
{
    enum cap_err err;
    rt_call_end(&log->call);
    if (of_programs) {
        struct os_LogReader_programs_Params_builder params =
            os_LogReader_programs_begin(&log->call, log->reader);
        os_LogReader_programs_Params_set_from(params, from);
        os_LogReader_programs_Params_set_most(params, most);
        err = os_LogReader_programs_send(&log->call);
        if (!err)
            err = os_LogReader_programs_wait(&log->call, &log->page);
    } else {
        struct os_LogReader_kernel_Params_builder params = os_LogReader_kernel_begin(&log->call, log->reader);
        os_LogReader_kernel_Params_set_from(params, from);
        os_LogReader_kernel_Params_set_most(params, most);
        err = os_LogReader_kernel_send(&log->call);
        if (!err)
            err = os_LogReader_kernel_wait(&log->call, &log->page);
    }
    raw_expect_err(log->raw, err, CAP_OK, "a page of the log");
    return err ? 0 : os_LogRecord_list_count(os_LogPage_get_records(log->page));
}

static struct os_LogRecord_reader record_at(const struct log *log, uint32_t index)
{
    return os_LogRecord_list_at(os_LogPage_get_records(log->page), index);
}

static bool is_text(struct wire_text text, const char *expected)
{
    return wire_text_equal(text, wire_text_of(expected));
}

/* All records of the kernel are numbered from 0, in the order of time; how many there are. */
static uint64_t test_kernel(struct log *log, uint16_t most)
{
    uint64_t next = 0, last_ns = 0;
    for (uint32_t count = read_page(log, false, 0, most); count > 0;
         count = read_page(log, false, next, most)) {
        raw_expect(log->raw, count <= most, "no more than were asked for");
        for (uint32_t i = 0; i < count; i++, next++) {
            struct os_LogRecord_reader record = record_at(log, i);
            raw_expect(log->raw, os_LogRecord_get_sequence(record) == next, "the numbers have no gap");
            raw_expect(log->raw, os_LogRecord_get_nanoseconds(record) >= last_ns, "time does not go back");
            raw_expect(log->raw, os_LogRecord_get_level(record) == os_LogRecord_Level_info, "a good start");
            last_ns = os_LogRecord_get_nanoseconds(record);
        }
        raw_expect(log->raw, os_LogPage_get_next(log->page) == next && os_LogPage_get_lost(log->page) == 0,
                   "the next one follows");
    }
    raw_expect(log->raw, os_LogPage_get_next(log->page) == next, "the end stays the end");
    return next;
}

static void test_first(struct log *log)
{
    raw_expect(log->raw, read_page(log, false, 0, 1) == 1, "the first line");
    struct wire_text text = os_LogRecord_get_text(record_at(log, 0));
    raw_expect(log->raw, is_text(os_LogRecord_get_source(record_at(log, 0)), "boot"), "is the boot's");
    raw_expect(log->raw,
               text.length > 7 && wire_text_equal((struct wire_text){text.bytes, 7}, wire_text_of("capOS: ")),
               "and says who boots");
}

static void test_places(struct log *log, uint64_t next)
{
    static const uint64_t beyond[] = {1, 1000, UINT64_MAX};
    raw_expect(log->raw, read_page(log, false, 0, 0) == 0 && os_LogPage_get_next(log->page) == 0,
               "none, if none is asked for");
    for (uint32_t i = 0; i < 3; i++) {
        uint64_t from = i < 2 ? next + beyond[i] : beyond[i];
        raw_expect(log->raw, read_page(log, false, from, UINT16_MAX) == 0, "nothing comes from the future");
        raw_expect(log->raw, os_LogPage_get_next(log->page) == next && os_LogPage_get_lost(log->page) == 0,
                   "nor is it lost");
    }
}

static void write_line(struct log *log, struct wire_text text)
{
    enum cap_err err;
    do
        err = os_Console_writeLine(log->raw->console, text);
    while (err == CAP_ERR_AGAIN);
    raw_expect_err(log->raw, err, CAP_OK, "a line");
}

static void test_programs(struct log *log)
{
    read_page(log, true, UINT64_MAX, 1);
    uint64_t next = os_LogPage_get_next(log->page);
    write_line(log, wire_text_of("needle-1"));
    write_line(log, (struct wire_text){"a\0b\n\x1b", 5});
    raw_expect(log->raw, read_page(log, true, next, UINT16_MAX) == 2, "two lines are two records");
    struct os_LogRecord_reader first = record_at(log, 0);
    raw_expect(log->raw, is_text(os_LogRecord_get_text(first), "needle-1"), "the line");
    raw_expect(log->raw, is_text(os_LogRecord_get_source(first), "init"), "and who wrote it");
    raw_expect(log->raw, os_LogRecord_get_level(first) == os_LogRecord_Level_line, "as a program");
    struct wire_text odd = os_LogRecord_get_text(record_at(log, 1));
    raw_expect(log->raw, wire_text_equal(odd, (struct wire_text){"a\0b\n\x1b", 5}),
               "any bytes are kept as they are");
}

static void test_flood(struct log *log, uint64_t kernel_count)
{
    static char line[LONG_BYTES];
    __builtin_memset(line, 'x', sizeof line);
    read_page(log, true, UINT64_MAX, 1);
    uint64_t before = os_LogPage_get_next(log->page), next = before, seen_count = 0;
    for (uint32_t i = 0; i < FLOOD; i++)
        write_line(log, (struct wire_text){line, sizeof line});
    uint32_t count = read_page(log, true, before, UINT16_MAX);
    uint64_t lost_count = os_LogPage_get_lost(log->page);
    raw_expect(log->raw, lost_count > 0 && lost_count < FLOOD, "what was pushed out is counted");
    raw_expect(log->raw, count > 0 && os_LogRecord_get_sequence(record_at(log, 0)) == before + lost_count,
               "and the rest follows");
    while (count > 0) {
        for (uint32_t i = 0; i < count; i++)
            raw_expect(log->raw, os_LogRecord_get_text(record_at(log, i)).length == sizeof line, "whole");
        seen_count += count;
        next = os_LogPage_get_next(log->page);
        count = read_page(log, true, next, UINT16_MAX);
    }
    raw_expect(log->raw, lost_count + seen_count == FLOOD && next == before + FLOOD,
               "each is seen or lost, once");
    raw_expect(log->raw, test_kernel(log, UINT16_MAX) == kernel_count,
               "the kernel's lines are all still there");
}

int main(struct rt *rt)
{
    static struct log log;
    struct raw raw = raw_start(rt);
    log.raw = &raw;
    if (RT_CAPSET(rt, "logReader", os_LogReader, &log.reader))
        return 98;
    os_LogReader_kernel_begin(&log.call, log.reader);
    uint64_t kernel_count = test_kernel(&log, UINT16_MAX);
    raw_expect(&raw, kernel_count >= 3, "the kernel has said something");
    raw_expect(&raw, test_kernel(&log, 1) == kernel_count, "line by line there are as many");
    test_first(&log);
    test_places(&log, kernel_count);
    test_programs(&log);
    test_flood(&log, kernel_count);
    rt_call_end(&log.call);
    return raw_end(&raw);
}
