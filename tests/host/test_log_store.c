/* The log store against a naive model: a list of all records ever appended, and whose each is.
 *
 * Next: lib/audit.h
 */
#include "lib/log_store.h"
#include "tests/host/check.h"
#include "tests/host/random.h"
#include "tests/host/test.h"

#define KEPT_BYTES  (4 * LOG_RECORD_BYTES_MAX)
#define ARRAY_BYTES LOG_STORE_ARRAY(KEPT_BYTES)
#define OWNERS      5
#define RECORDS     20000
#define NOBODY      OWNERS

static _Alignas(8) uint8_t memory[ARRAY_BYTES + 64];
static struct log_store store;
static struct log_owner owners[OWNERS];

/* The model. */
static struct {
    uint32_t owner; /* NOBODY: it is not there */
    uint32_t text_bytes;
} records[RECORDS];
static uint64_t next;

static void begin_with(uint32_t array_bytes)
{
    memset(memory, 0xa5, sizeof memory);
    store = (struct log_store){.bytes = memory, .byte_count = array_bytes};
    for (uint32_t i = 0; i < OWNERS; i++)
        log_owner_init(&owners[i]);
    next = 0;
}

static void begin(void)
{
    begin_with(ARRAY_BYTES);
}

/* Every record is made from its number alone, so that any of them can be checked. */
static struct log_record made(uint64_t sequence, char *source, char *text, uint32_t text_bytes)
{
    uint32_t source_bytes = (uint32_t)(sequence % (LOG_SOURCE_BYTES_MAX + 1));
    memset(source, (int)('a' + sequence % 26), source_bytes);
    memset(text, (int)('A' + sequence % 26), text_bytes);
    return (struct log_record){sequence,     sequence * 1000, source,      text,
                               source_bytes, text_bytes,      sequence % 4};
}

static uint32_t bytes_of(uint64_t sequence)
{
    return log_record_bytes((uint32_t)(sequence % (LOG_SOURCE_BYTES_MAX + 1)), records[sequence].text_bytes);
}

static void append(uint32_t owner, uint32_t text_bytes)
{
    char source[LOG_SOURCE_BYTES_MAX], text[LOG_TEXT_BYTES_MAX];
    struct log_record record = made(next, source, text, text_bytes);
    log_store_append(&store, &owners[owner], &record);
    records[next].owner = owner;
    records[next++].text_bytes = text_bytes;
}

static uint64_t oldest_of(uint32_t owner)
{
    uint64_t sequence = 0;
    while (sequence < next && records[sequence].owner != owner)
        sequence++;
    return sequence;
}

static void drop_oldest(uint32_t owner)
{
    uint64_t sequence = oldest_of(owner);
    EXPECT_EQ(log_store_oldest(&store, &owners[owner]), sequence);
    EXPECT_EQ(log_store_drop_oldest(&store, &owners[owner]), bytes_of(sequence));
    records[sequence].owner = NOBODY;
}

/* What a log does that keeps so much of all owners together: the owners' oldest records go, one after
 * another. */
static void append_within(uint32_t owner, uint32_t text_bytes, uint32_t most_bytes)
{
    uint32_t size = log_record_bytes((uint32_t)(next % (LOG_SOURCE_BYTES_MAX + 1)), text_bytes);
    for (uint32_t from = owner; store.live_bytes > most_bytes - size; from = (from + 1) % OWNERS)
        if (!log_owner_is_empty(&owners[from]))
            drop_oldest(from);
    append(owner, text_bytes);
}

static void skip(void)
{
    log_store_skip(&store);
    records[next++].owner = NOBODY;
}

static void give(uint32_t from, uint32_t to)
{
    log_store_give(&store, &owners[from], &owners[to]);
    for (uint64_t sequence = 0; sequence < next; sequence++)
        if (records[sequence].owner == from)
            records[sequence].owner = to;
}

static void expect_record(const struct log_record *record, uint64_t sequence)
{
    char source[LOG_SOURCE_BYTES_MAX], text[LOG_TEXT_BYTES_MAX];
    struct log_record expected = made(sequence, source, text, records[sequence].text_bytes);
    EXPECT_EQ(record->sequence, sequence);
    EXPECT_EQ(record->time_ns, expected.time_ns);
    EXPECT_EQ(record->level, expected.level);
    EXPECT_EQ(record->source_bytes, expected.source_bytes);
    EXPECT_EQ(record->text_bytes, expected.text_bytes);
    EXPECT_BYTES(record->source, source, expected.source_bytes);
    EXPECT_BYTES(record->text, text, expected.text_bytes);
    EXPECT((uintptr_t)(record->text + record->text_bytes) <= (uintptr_t)(memory + store.byte_count));
}

/* The store shows what the model has, from any number on, and has counted it. */
static void expect_as_modelled(uint64_t from)
{
    uint64_t sums[OWNERS + 1] = {0}, live_bytes = 0, sequence = 0;
    struct log_cursor cursor;
    struct log_record record;
    EXPECT_EQ(store.next, next);
    log_store_seek(&store, from, &cursor);
    for (; sequence < next; sequence++) {
        sums[records[sequence].owner] += bytes_of(sequence);
        if (records[sequence].owner == NOBODY)
            continue;
        live_bytes += bytes_of(sequence);
        if (sequence < from)
            continue;
        EXPECT_EQ(cursor.sequence, sequence);
        EXPECT(log_store_next(&store, &cursor, &record));
        expect_record(&record, sequence);
    }
    EXPECT_EQ(cursor.sequence, next);
    EXPECT(!log_store_next(&store, &cursor, &record));
    EXPECT_EQ(store.live_bytes, live_bytes);
    EXPECT_EQ(log_store_count(&store), live_bytes);
    for (uint32_t owner = 0; owner < OWNERS; owner++) {
        EXPECT_EQ(owners[owner].byte_count, sums[owner]);
        EXPECT_EQ(log_store_count_owner(&store, &owners[owner]), sums[owner]);
        EXPECT_EQ(log_owner_is_empty(&owners[owner]), oldest_of(owner) == next);
    }
    EXPECT(store.end_at <= store.byte_count && memory[store.byte_count] == 0xa5);
}

TEST(an_empty_store_has_no_record_wherever_one_looks)
{
    static const uint64_t places[] = {0, 1, UINT64_MAX};
    for (unsigned i = 0; i < 3; i++) {
        struct log_cursor cursor;
        struct log_record record;
        begin();
        log_store_seek(&store, places[i], &cursor);
        EXPECT(!log_store_next(&store, &cursor, &record));
        EXPECT_EQ(cursor.sequence, 0);
        expect_as_modelled(0);
    }
}

TEST(records_of_one_owner_come_back_in_their_order_until_they_are_dropped)
{
    begin();
    for (uint64_t i = 0; i < 4000; i++) {
        append_within(0, random_below((i % 500 < 250 ? 40 : LOG_TEXT_BYTES_MAX) + 1), KEPT_BYTES);
        expect_as_modelled(oldest_of(0));
    }
    EXPECT(oldest_of(0) > 3000);
}

/* An owner's oldest record goes from between those of others, which stay. */
TEST(each_owner_drops_its_own)
{
    begin();
    for (uint32_t i = 0; i < 12; i++)
        append(i % 3, i);
    drop_oldest(1);
    expect_as_modelled(0);
    drop_oldest(1);
    drop_oldest(2);
    expect_as_modelled(0);
    while (!log_owner_is_empty(&owners[1]))
        drop_oldest(1);
    expect_as_modelled(0);
    append(1, 5);
    for (uint64_t from = 0; from <= next + 1; from++)
        expect_as_modelled(from);
}

/* The holes are squeezed out when the end is reached, and every chain holds afterwards. */
TEST(room_that_is_free_in_holes_is_used)
{
    begin();
    while (store.byte_count - store.end_at >= LOG_RECORD_BYTES_MAX)
        append((uint32_t)(next % OWNERS), LOG_TEXT_BYTES_MAX - (uint32_t)next);
    uint64_t full = next;
    for (uint32_t owner = 0; owner < OWNERS; owner += 2)
        drop_oldest(owner);
    uint32_t end_at = store.end_at;
    append(1, LOG_TEXT_BYTES_MAX);
    EXPECT(store.end_at < end_at);
    EXPECT_EQ(store.end_at, store.live_bytes);
    expect_as_modelled(0);
    append(3, LOG_TEXT_BYTES_MAX);
    EXPECT_EQ(oldest_of(1), 1);
    EXPECT_EQ(next, full + 2);
    expect_as_modelled(0);
    for (uint32_t owner = 0; owner < OWNERS; owner++)
        while (!log_owner_is_empty(&owners[owner]))
            drop_oldest(owner);
    append(0, 0);
    expect_as_modelled(0);
}

/* What makes the array larger than what is kept: squeezing is rare. */
TEST(a_squeeze_comes_once_for_each_spare_part_of_the_array)
{
    uint64_t appended_bytes = 0, squeeze_count = 0;
    begin();
    for (uint32_t i = 0; i < 15000; i++) {
        uint32_t end_at = store.end_at;
        append_within(i % OWNERS, random_below(200), KEPT_BYTES);
        appended_bytes += bytes_of(next - 1);
        squeeze_count += store.end_at <= end_at;
    }
    EXPECT(squeeze_count > 10);
    EXPECT(squeeze_count <= 1 + appended_bytes / (ARRAY_BYTES - KEPT_BYTES));
}

TEST(what_is_given_lies_among_the_other_s_own_in_the_order_of_numbers)
{
    /* Each number is a way to deal eight records out to two owners and a third. */
    for (uint32_t deal = 0; deal < 6561; deal++) {
        begin();
        for (uint32_t i = 0, rest = deal; i < 8; i++, rest /= 3)
            append(rest % 3, i);
        give(1, 0);
        expect_as_modelled(0);
        give(1, 0);
        append(0, 9);
        append(1, 10);
        expect_as_modelled(0);
        uint64_t last = 0;
        while (!log_owner_is_empty(&owners[0])) {
            EXPECT(last <= oldest_of(0));
            last = oldest_of(0);
            drop_oldest(0);
        }
        expect_as_modelled(0);
    }
}

TEST(a_number_without_a_record_is_seen)
{
    struct log_cursor cursor;
    begin();
    skip();
    append(0, 1);
    skip();
    skip();
    append(1, 1);
    skip();
    for (uint64_t from = 0; from <= next; from++)
        expect_as_modelled(from);
    log_store_seek(&store, 2, &cursor);
    EXPECT_EQ(cursor.sequence, 4);
    log_store_seek(&store, 5, &cursor);
    EXPECT_EQ(cursor.sequence, 6);
    log_store_seek(&store, UINT64_MAX, &cursor);
    EXPECT_EQ(cursor.sequence, 6);
}

TEST(a_reader_goes_on_where_it_was)
{
    struct log_cursor cursor;
    struct log_record record;
    begin();
    for (uint32_t i = 0; i < 3; i++)
        append(0, 100);
    log_store_seek(&store, 2, &cursor);
    EXPECT(log_store_next(&store, &cursor, &record));
    EXPECT_EQ(record.sequence, 2);
    uint64_t following = cursor.sequence;
    EXPECT_EQ(following, 3);
    for (uint32_t i = 3; i < 300; i++)
        append_within(0, 100, KEPT_BYTES);
    log_store_seek(&store, following, &cursor);
    EXPECT(log_store_next(&store, &cursor, &record));
    EXPECT_EQ(record.sequence, oldest_of(0));
    EXPECT(record.sequence > following);
}

TEST(what_is_too_long_is_cut)
{
    static char text[LOG_TEXT_BYTES_MAX + 1], source[LOG_SOURCE_BYTES_MAX + 1];
    static const uint32_t lengths[] = {LOG_TEXT_BYTES_MAX + 1, 65535, 65536, 65540, UINT32_MAX};
    for (unsigned i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct log_record record = {0, 0, source, text, LOG_SOURCE_BYTES_MAX + 1, lengths[i], 0};
        struct log_cursor cursor;
        begin();
        EXPECT_EQ(log_record_bytes(lengths[i], lengths[i]), LOG_RECORD_BYTES_MAX);
        log_store_append(&store, &owners[0], &record);
        EXPECT_EQ(owners[0].byte_count, LOG_RECORD_BYTES_MAX);
        log_store_seek(&store, 0, &cursor);
        EXPECT(log_store_next(&store, &cursor, &record));
        EXPECT_EQ(record.text_bytes, LOG_TEXT_BYTES_MAX);
        EXPECT_EQ(record.source_bytes, LOG_SOURCE_BYTES_MAX);
    }
    EXPECT_EQ(log_record_bytes(0, 0), LOG_RECORD_BYTES_MIN);
    EXPECT_EQ(log_record_bytes(0, 1), LOG_RECORD_BYTES_MIN + 8);
    EXPECT_EQ(log_record_bytes(4, 4), LOG_RECORD_BYTES_MIN + 8);
    EXPECT_EQ(log_record_bytes(4, 5), LOG_RECORD_BYTES_MIN + 16);
}

TEST(an_array_may_be_just_as_long_as_what_is_kept)
{
    begin_with(LOG_RECORD_BYTES_MAX);
    for (uint32_t i = 0; i < 100; i++) {
        append_within(i % OWNERS, i % 3 ? LOG_TEXT_BYTES_MAX : i, LOG_RECORD_BYTES_MAX);
        expect_as_modelled(0);
    }
}

TEST(who_appends_has_made_room_and_who_drops_has_a_record)
{
    struct log_record record = {.source = "", .text = "", .text_bytes = 0};
    begin_with(2 * LOG_RECORD_BYTES_MIN);
    EXPECT_CHECK((void)log_store_drop_oldest(&store, &owners[0]));
    EXPECT_CHECK((void)log_store_oldest(&store, &owners[0]));
    log_store_append(&store, &owners[0], &record);
    log_store_append(&store, &owners[1], &record);
    EXPECT_CHECK(log_store_append(&store, &owners[0], &record));
    EXPECT_EQ(store.next, 2);
    EXPECT_EQ(store.live_bytes, 2 * LOG_RECORD_BYTES_MIN);
    EXPECT_EQ(log_store_drop_oldest(&store, &owners[0]), LOG_RECORD_BYTES_MIN);
    EXPECT_CHECK((void)log_store_drop_oldest(&store, &owners[0]));
}

/* Texts of no byte, of one, of the longest and between, by random owners who drop, give and stay silent. */
TEST(whatever_is_done_the_store_is_as_the_model)
{
    static const uint32_t lengths[] = {0, 1, 7, 8, LOG_TEXT_BYTES_MAX - 1, LOG_TEXT_BYTES_MAX};
    begin();
    while (next < RECORDS - 1) {
        uint32_t owner = random_below(OWNERS), choice = random_below(100);
        uint32_t length = choice % 2 ? lengths[random_below(6)] : random_below(100);
        if (choice < 80)
            append_within(owner, length, KEPT_BYTES);
        else if (choice < 85)
            skip();
        else if (choice < 90)
            give(owner, (owner + 1 + random_below(OWNERS - 1)) % OWNERS);
        else if (!log_owner_is_empty(&owners[owner]))
            drop_oldest(owner);
        if (random_below(20) == 0)
            expect_as_modelled(next - (next < 100 ? next : random_below(100)));
    }
    expect_as_modelled(0);
}

TEST_MAIN()
