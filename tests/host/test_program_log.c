/* Lines of programs and their ledgers, on the kernel's own code: what was promised is there whatever others
 * write, and what is kept is always what is charged. Hostile cases 156 and 160.
 *
 * Next: tests/host/kernel_world.h
 */
#include "tests/host/kernel_world.h"
#include "tests/host/random.h"

#define ACCOUNTS 6
#define LINES    30000

static struct account *machine, accounts[ACCOUNTS];
static bool is_open[ACCOUNTS];

/* Of every line: who wrote it, as its name says, and what it takes. */
static uint32_t writers[LINES], sizes[LINES];

static const char *const names[ACCOUNTS] = {"a", "b", "c", "d", "e", "f"};

static void begin(void)
{
    account_machine_init(1000);
    machine = account_machine();
    memset(is_open, 0, sizeof is_open);
}

static enum cap_err open_within(uint32_t index, struct account *parent, uint64_t log_bytes,
                                uint64_t frame_count)
{
    uint64_t wanted[LEDGER_KIND_COUNT] = {[LEDGER_LOG_BYTES] = log_bytes, [LEDGER_FRAMES] = frame_count};
    struct ledger_share shares[LEDGER_KIND_COUNT];
    limits_of_process(wanted, shares);
    enum cap_err err = account_open(&accounts[index], parent, shares);
    is_open[index] = is_open[index] || !err;
    return err;
}

/* log_bytes 0: not promised. */
static void open_account(uint32_t index, struct account *parent, uint64_t log_bytes)
{
    EXPECT_EQ(open_within(index, parent, log_bytes, 0), CAP_OK);
}

static void close_account(uint32_t index)
{
    while (account_pass_on(&accounts[index])) {}
    account_close(&accounts[index]);
    is_open[index] = false;
}

static void write_text(uint32_t index, uint32_t text_bytes)
{
    static char text[2000];
    uint64_t number = program_log_store()->next;
    writers[number % LINES] = index;
    sizes[number % LINES] = log_record_bytes(1, text_bytes);
    program_log_keep(&accounts[index], names[index], text, text_bytes);
    EXPECT_EQ(program_log_store()->next, number + 1);
}

static void expect_account(const struct account *account)
{
    uint64_t carved = 0;
    EXPECT_EQ(ledger_own(&account->ledger, LEDGER_LOG_BYTES), account->lines.byte_count);
    EXPECT_EQ(log_store_count_owner(program_log_store(), &account->lines), account->lines.byte_count);
    LIST_FOR_EACH(node, &account->children)
    carved += LIST_ENTRY(node, struct account, child_link)->ledger.entries[LEDGER_LOG_BYTES].limit;
    EXPECT_EQ(account->ledger.entries[LEDGER_LOG_BYTES].carved, carved);
}

static void expect_right_books(void)
{
    uint64_t sum = machine->lines.byte_count;
    expect_account(machine);
    for (uint32_t i = 0; i < ACCOUNTS; i++) {
        if (!is_open[i])
            continue;
        expect_account(&accounts[i]);
        sum += accounts[i].lines.byte_count;
    }
    EXPECT_EQ(program_log_store()->live_bytes, sum);
    EXPECT_EQ(log_store_count(program_log_store()), sum);
    EXPECT(sum <= LOG_PROGRAM_BYTES);
}

/* Closed from the last one opened on, and the lines of the machine dropped, for the next test. */
static void end(void)
{
    for (uint32_t i = ACCOUNTS; i-- > 0;)
        if (is_open[i])
            close_account(i);
    expect_right_books();
    EXPECT(program_log_make_room(machine, LOG_PROGRAM_BYTES));
    EXPECT_EQ(program_log_store()->live_bytes, 0);
    EXPECT(ledger_is_zero(&machine->ledger));
}

/* How many lines with this name are there; *newest is the number of the last one. */
static uint32_t count_lines(const char *name, uint64_t *newest)
{
    struct log_cursor cursor;
    struct log_record record;
    uint32_t count = 0;
    log_store_seek(program_log_store(), 0, &cursor);
    while (log_store_next(program_log_store(), &cursor, &record)) {
        if (record.source_bytes != 1 || record.source[0] != name[0])
            continue;
        *newest = record.sequence;
        count++;
    }
    return count;
}

/* The writer's lines that are there are its newest, as many as fit `most_bytes`; longer ones never are. */
static void expect_newest(uint32_t writer, uint64_t first, uint64_t most_bytes)
{
    struct log_cursor cursor;
    struct log_record record;
    uint64_t number = program_log_store()->next, sum = 0;
    while (number > first && sum <= most_bytes) {
        number--;
        if (writers[number % LINES] == writer && sizes[number % LINES] <= most_bytes)
            sum += sizes[number % LINES];
    }
    log_store_seek(program_log_store(), first, &cursor);
    for (uint64_t expected = sum > most_bytes ? number + 1 : number; expected < program_log_store()->next;
         expected++) {
        if (writers[expected % LINES] != writer || sizes[expected % LINES] > most_bytes)
            continue;
        do
            EXPECT(log_store_next(program_log_store(), &cursor, &record));
        while (record.source[0] != names[writer][0]);
        EXPECT_EQ(record.sequence, expected);
    }
}

static uint32_t any_length(void)
{
    static const uint32_t lengths[] = {0, 1, 1023, 1024, 1025, 1999};
    return random_below(2) ? lengths[random_below(6)] : random_below(120);
}

TEST(a_flood_pushes_out_nothing_that_was_promised_to_another) /* case 160 */
{
    begin();
    uint64_t first = program_log_store()->next;
    open_account(0, machine, LOG_PROGRAM_BYTES);
    open_account(1, &accounts[0], 2000);
    open_account(2, &accounts[0], 300);
    open_account(3, &accounts[0], 0);
    open_account(4, &accounts[0], 40);
    for (uint32_t i = 0; i < 2500; i++) {
        write_text(random_below(5), any_length());
        if (i % 10)
            continue;
        expect_newest(1, first, 2000);
        expect_newest(2, first, 300);
        expect_newest(4, first, 40);
        expect_right_books();
    }
    EXPECT(accounts[1].lines.byte_count > 2000 - LOG_RECORD_BYTES_MAX);
    EXPECT(accounts[3].lines.byte_count > CAP_DEFAULT_LOG_BYTES - LOG_RECORD_BYTES_MAX);
    EXPECT(accounts[3].lines.byte_count <= CAP_DEFAULT_LOG_BYTES);
    EXPECT_EQ(accounts[0].ledger.entries[LEDGER_LOG_BYTES].carved, 2340 + CAP_DEFAULT_LOG_BYTES);
    end();
}

TEST(a_line_that_never_fits_costs_nobody_a_line) /* case 156 */
{
    uint64_t newest;
    begin();
    open_account(0, machine, LOG_PROGRAM_BYTES);
    open_account(1, &accounts[0], 100);
    open_account(2, &accounts[0], LOG_PROGRAM_BYTES - 100);
    write_text(1, 7);
    write_text(1, 63);
    EXPECT_EQ(count_lines("b", &newest), 1);
    write_text(1, 64);
    write_text(1, 1024);
    EXPECT_EQ(count_lines("b", &newest), 1);
    EXPECT_EQ(newest, program_log_store()->next - 3);
    /* Everything is promised away: neither has the parent a line, nor a child that was promised nothing. */
    write_text(0, 0);
    open_account(3, &accounts[0], 0);
    write_text(3, 0);
    EXPECT(count_lines("a", &newest) == 0 && count_lines("d", &newest) == 0);
    expect_right_books();
    end();
}

TEST(a_line_of_the_parent_goes_before_a_newer_one_of_the_child)
{
    uint64_t newest;
    begin();
    open_account(0, machine, 500);
    open_account(1, &accounts[0], 0);
    for (uint32_t i = 0; i < 12; i++)
        write_text(0, 7); /* 40 bytes each: 480 */
    for (uint32_t i = 0; i < 5; i++)
        write_text(1, 7);
    EXPECT_EQ(count_lines("b", &newest), 5);
    EXPECT_EQ(count_lines("a", &newest), 7);
    /* And one of the child's own, once those of the parent are newer. */
    for (uint32_t i = 0; i < 10; i++)
        write_text(0, 7);
    uint64_t parent_s = accounts[0].lines.byte_count;
    write_text(1, 7);
    EXPECT_EQ(count_lines("b", &newest), 5);
    EXPECT_EQ(accounts[0].lines.byte_count, parent_s);
    expect_right_books();
    end();
}

/* Each instance of a program that crashes again and again leaves its lines to its parent. */
TEST(of_what_has_ended_the_latest_lines_stay)
{
    uint64_t newest;
    begin();
    open_account(0, machine, 1000);
    open_account(1, &accounts[0], 0); /* between them and the first: a supervisor that was promised nothing */
    for (uint32_t turn = 0; turn < 100; turn++) {
        open_account(2, &accounts[1], turn % 2 ? 200 : 0);
        for (uint32_t i = 0; i < 3; i++)
            write_text(2, 7);
        close_account(2);
        EXPECT(count_lines("c", &newest) >= 3);
        EXPECT_EQ(newest, program_log_store()->next - 1);
        expect_right_books();
    }
    close_account(1);
    EXPECT(accounts[0].lines.byte_count > 900);
    expect_right_books();
    end();
}

TEST(a_promise_to_a_new_process_makes_room_among_its_parent_s_lines)
{
    char text[LEDGER_TEXT_BYTES];
    begin();
    open_account(0, machine, 1000);
    for (uint32_t i = 0; i < 25; i++)
        write_text(0, 7);
    EXPECT_EQ(accounts[0].lines.byte_count, 1000);
    EXPECT_EQ(open_within(1, &accounts[0], 1001, 0), CAP_ERR_QUOTA);
    account_refusal_text(&accounts[0], text);
    EXPECT_STR(text,
               "logBytes: 1000 of 1000 in use, 1001 more asked; release some or ask for a larger limit");
    EXPECT_EQ(open_within(1, &accounts[0], 400, 2000), CAP_ERR_QUOTA);
    account_refusal_text(&accounts[0], text);
    EXPECT(strstr(text, "frames: ") == text);
    EXPECT_EQ(accounts[0].lines.byte_count, 1000);
    open_account(1, &accounts[0], 400);
    EXPECT_EQ(accounts[0].lines.byte_count, 600);
    EXPECT_EQ(open_within(2, &accounts[0], 601, 0), CAP_ERR_QUOTA);
    EXPECT_EQ(accounts[0].lines.byte_count, 600);
    open_account(2, &accounts[0], 600);
    EXPECT(log_owner_is_empty(&accounts[0].lines));
    open_account(3, &accounts[0], 0);
    EXPECT_EQ(open_within(4, &accounts[3], 1, 0), CAP_ERR_QUOTA);
    account_refusal_text(&accounts[3], text);
    EXPECT_STR(text, "another process's logBytes: the limit is reached; it has to release some");
    expect_right_books();
    end();
}

TEST(whatever_is_done_what_is_kept_is_what_is_charged)
{
    begin();
    open_account(0, machine, LOG_PROGRAM_BYTES);
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t index = 1 + random_below(ACCOUNTS - 1), parent = random_below(ACCOUNTS);
        if (random_below(12) == 0 && is_open[index])
            close_account(index);
        else if (is_open[index] || random_below(4))
            write_text(is_open[index] ? index : 0, any_length());
        else if (is_open[parent] && parent != index)
            (void)!open_within(index, &accounts[parent], random_below(3) ? random_below(9000) : 0, 0);
        if (random_below(10) == 0)
            expect_right_books();
    }
    end();
}

TEST_MAIN()
