/* LogReader: the newest lines of the kernel and of programs, as records.
 *
 * Next: kernel/task/program_log.h
 */
#include "build/gen/schema/capos.capnp.h"
#include "kernel/cap/objects.h"
#include "kernel/log.h"
#include "kernel/ring/kernel_call.h"
#include "kernel/task/program_log.h"
#include "lib/bits.h"

/* What a Text takes of a message. */
static uint32_t text_words(uint32_t byte_count)
{
    return byte_count / 8 + 1;
}

/* How many of the next `most` records the answer has room for. The cursor goes on behind these. */
static uint32_t count_fitting(const struct log_store *store, struct log_cursor *cursor, uint32_t most,
                              uint32_t room_words)
{
    struct log_record record;
    struct log_cursor following = *cursor;
    uint32_t count = 0;
    while (count < most && log_store_next(store, &following, &record)) {
        uint32_t words = os_LogRecord_DATA_WORDS + os_LogRecord_POINTER_COUNT +
                         text_words(record.source_bytes) + text_words(record.text_bytes);
        if (words > room_words)
            break;
        room_words -= words;
        *cursor = following;
        count++;
    }
    return count;
}

static enum cap_err fill(struct os_LogRecord_builder to, const struct log_record *record)
{
    os_LogRecord_set_sequence(to, record->sequence);
    os_LogRecord_set_nanoseconds(to, record->time_ns);
    os_LogRecord_set_level(to, record->level);
    enum cap_err err = os_LogRecord_set_source(to, (struct wire_text){record->source, record->source_bytes});
    return err ? err : os_LogRecord_set_text(to, (struct wire_text){record->text, record->text_bytes});
}

/* What has a number from `from` on, below that of where the next page begins, and is not on this page, is
 * lost. */
static enum cap_err read(const struct log_store *store, struct os_LogPage_builder page, uint64_t from,
                         uint32_t most)
{
    const struct wire_message_builder *message = page.s.message;
    struct log_cursor cursor, end;
    log_store_seek(store, from, &cursor);
    end = cursor;
    /* One word is the tag of the list. */
    uint32_t room_words = message->word_capacity - message->word_count - 1;
    uint32_t count = count_fitting(store, &end, most, room_words);
    struct os_LogRecord_list_builder records = os_LogPage_init_records(page, count);
    struct log_record record;
    enum cap_err err = CAP_OK;
    for (uint32_t i = 0; !err && i < count && log_store_next(store, &cursor, &record); i++)
        err = fill(os_LogRecord_list_builder_at(records, i), &record);
    os_LogPage_set_next(page, end.sequence);
    os_LogPage_set_lost(page, end.sequence - min_u64(from, end.sequence) - count);
    return err;
}

static enum cap_err log_reader_kernel(void *self, struct wire_call *wire,
                                      struct os_LogReader_kernel_Params_reader params)
{
    (void)self;
    return read(log_kernel_store(), os_LogPage_init_root(&wire->results),
                os_LogReader_kernel_Params_get_from(params), os_LogReader_kernel_Params_get_most(params));
}

static enum cap_err log_reader_programs(void *self, struct wire_call *wire,
                                        struct os_LogReader_programs_Params_reader params)
{
    (void)self;
    return read(program_log_store(), os_LogPage_init_root(&wire->results),
                os_LogReader_programs_Params_get_from(params), os_LogReader_programs_Params_get_most(params));
}

static const struct os_LogReader_server log_reader_server = {
    .kernel = log_reader_kernel,
    .programs = log_reader_programs,
};

static enum cap_err log_reader_dispatch(struct object *object, struct wire_call *wire)
{
    return os_LogReader_dispatch(&log_reader_server, object, wire);
}

static const struct object_ops log_reader_ops = {
    .name = "LogReader",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .dispatch = log_reader_dispatch,
};

static struct object log_reader = OBJECT_STATIC(&log_reader_ops, os_LogReader_ID);

struct object *log_reader_object(void)
{
    return &log_reader;
}
