/* The log ring against a naive model: a list of all records ever appended.
 *
 * Next: lib/audit.h
 */
#include "lib/log_ring.h"
#include "tests/host/test.h"

#define RING_BYTES (2 * LOG_RING_BYTES_MIN)

static _Alignas(8) uint8_t memory[RING_BYTES + 64];
static struct log_ring ring;

/* Every record is made from its number alone, so that any of them can be checked. */
static struct log_record made(uint64_t sequence, char *source, char *text, uint32_t text_bytes)
{
    uint32_t source_bytes = (uint32_t)(sequence % (LOG_SOURCE_BYTES_MAX + 1));
    memset(source, (int)('a' + sequence % 26), source_bytes);
    memset(text, (int)('A' + sequence % 26), text_bytes);
    return (struct log_record){sequence,     sequence * 1000, source,      text,
                               source_bytes, text_bytes,      sequence % 4};
}

static void begin(void)
{
    memset(memory, 0xa5, sizeof memory);
    ring = (struct log_ring){.bytes = memory, .byte_count = RING_BYTES};
}

static void append(uint64_t sequence, uint32_t text_bytes)
{
    char source[LOG_SOURCE_BYTES_MAX], text[LOG_TEXT_BYTES_MAX];
    struct log_record record = made(sequence, source, text, text_bytes);
    log_ring_append(&ring, &record);
}

static void expect_record(const struct log_record *record, uint64_t sequence, uint32_t text_bytes)
{
    char source[LOG_SOURCE_BYTES_MAX], text[LOG_TEXT_BYTES_MAX];
    struct log_record expected = made(sequence, source, text, text_bytes);
    EXPECT_EQ(record->sequence, sequence);
    EXPECT_EQ(record->time_ns, expected.time_ns);
    EXPECT_EQ(record->level, expected.level);
    EXPECT_EQ(record->source_bytes, expected.source_bytes);
    EXPECT_EQ(record->text_bytes, text_bytes);
    EXPECT_BYTES(record->source, source, expected.source_bytes);
    EXPECT_BYTES(record->text, text, text_bytes);
}

TEST(an_empty_ring_has_no_record_wherever_one_looks)
{
    static const uint64_t places[] = {0, 1, UINT64_MAX};
    for (unsigned i = 0; i < 3; i++) {
        struct log_cursor cursor;
        struct log_record record;
        begin();
        EXPECT_EQ(log_ring_seek(&ring, places[i], &cursor), 0);
        EXPECT(!log_ring_next(&ring, &cursor, &record));
        EXPECT_EQ(cursor.sequence, 0);
    }
}

TEST(records_come_back_in_their_order_until_they_are_pushed_out)
{
    uint32_t lengths[4000];
    uint64_t state = 99;
    begin();
    for (uint64_t sequence = 0; sequence < 4000; sequence++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        uint32_t most = sequence % 500 < 250 ? 40 : LOG_TEXT_BYTES_MAX;
        lengths[sequence] = (uint32_t)(state >> 33) % (most + 1);
        append(sequence, lengths[sequence]);
        struct log_cursor cursor;
        struct log_record record;
        uint64_t expected = ring.oldest;
        EXPECT_EQ(ring.next, sequence + 1);
        /* The ring holds all that fits: pushing out stops as soon as there is room. */
        EXPECT(expected <= sequence);
        EXPECT_EQ(log_ring_seek(&ring, 0, &cursor), expected);
        while (log_ring_next(&ring, &cursor, &record)) {
            EXPECT((uintptr_t)(record.text + record.text_bytes) <= (uintptr_t)(memory + RING_BYTES));
            expect_record(&record, expected, lengths[expected]);
            expected++;
        }
        EXPECT_EQ(expected, ring.next);
        EXPECT_EQ(memory[RING_BYTES], 0xa5);
    }
    EXPECT(ring.oldest > 3000);
}

TEST(short_records_stay_for_as_long_as_there_is_room)
{
    begin();
    for (uint64_t sequence = 0; sequence < 1000; sequence++)
        append(sequence, 8);
    /* Of at most 16 + 31 + 8 + 7 bytes each; one may be missing at the end of the ring. */
    EXPECT(ring.next - ring.oldest >= RING_BYTES / 62 - 2);
}

TEST(a_reader_goes_on_where_it_was_and_learns_what_it_has_missed)
{
    struct log_cursor cursor;
    struct log_record record;
    begin();
    for (uint64_t sequence = 0; sequence < 3; sequence++)
        append(sequence, 100);
    EXPECT_EQ(log_ring_seek(&ring, 2, &cursor), 0);
    EXPECT(log_ring_next(&ring, &cursor, &record));
    EXPECT_EQ(record.sequence, 2);
    uint64_t next = cursor.sequence;
    EXPECT(!log_ring_next(&ring, &cursor, &record));
    for (uint64_t sequence = 3; sequence < 300; sequence++)
        append(sequence, 100);
    EXPECT_EQ(log_ring_seek(&ring, next, &cursor), ring.oldest - next);
    EXPECT(log_ring_next(&ring, &cursor, &record));
    EXPECT_EQ(record.sequence, ring.oldest);
    /* From the future: what is next. */
    EXPECT_EQ(log_ring_seek(&ring, UINT64_MAX, &cursor), 0);
    EXPECT(!log_ring_next(&ring, &cursor, &record));
    EXPECT_EQ(cursor.sequence, 300);
}

TEST(what_is_too_long_is_cut)
{
    static char text[LOG_TEXT_BYTES_MAX + 1], source[LOG_SOURCE_BYTES_MAX + 1];
    struct log_record record = {0, 0, source, text, sizeof source, sizeof text, 0};
    struct log_cursor cursor;
    begin();
    log_ring_append(&ring, &record);
    (void)log_ring_seek(&ring, 0, &cursor);
    EXPECT(log_ring_next(&ring, &cursor, &record));
    EXPECT_EQ(record.text_bytes, LOG_TEXT_BYTES_MAX);
    EXPECT_EQ(record.source_bytes, LOG_SOURCE_BYTES_MAX);
}

TEST(the_longest_records_fit_the_smallest_ring)
{
    begin();
    ring.byte_count = LOG_RING_BYTES_MIN;
    for (uint64_t sequence = 0; sequence < 100; sequence++) {
        append(sequence, LOG_TEXT_BYTES_MAX);
        EXPECT(ring.oldest <= sequence && ring.next == sequence + 1);
    }
}

TEST_MAIN()
