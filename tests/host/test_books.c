/* The judge of the books: right books are right, and every single wrong number is noticed and named.
 *
 * Next: kernel/ring/self_check.c
 */
#include "lib/books.h"
#include "tests/host/check.h"
#include "tests/host/test.h"

static struct ledger machine, init, service;
static uint64_t own_of_machine[LEDGER_KIND_COUNT], own_of_init[LEDGER_KIND_COUNT],
    own_of_service[LEDGER_KIND_COUNT], carved_for_init[LEDGER_KIND_COUNT],
    carved_for_service[LEDGER_KIND_COUNT], nothing[LEDGER_KIND_COUNT];
static struct books books;

/* machine(1000) > init(500) > service(grows to 100); the service uses 20 + kind, init 40, the machine 3. */
static void right_books(void)
{
    uint64_t limits[LEDGER_KIND_COUNT];
    struct ledger_share of_init[LEDGER_KIND_COUNT], of_service[LEDGER_KIND_COUNT];
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
        limits[kind] = 1000;
        of_init[kind] = (struct ledger_share){500, 500};
        of_service[kind] = (struct ledger_share){10, 100};
    }
    ledger_init(&machine, limits, NULL);
    EXPECT_EQ(ledger_carve(&machine, &init, of_init), CAP_OK);
    EXPECT_EQ(ledger_carve(&init, &service, of_service), CAP_OK);
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
        EXPECT_EQ(ledger_charge(&service, kind, own_of_service[kind] = 20 + kind), CAP_OK);
        EXPECT_EQ(ledger_charge(&init, kind, own_of_init[kind] = 40), CAP_OK);
        EXPECT_EQ(ledger_charge(&machine, kind, own_of_machine[kind] = 3), CAP_OK);
        carved_for_init[kind] = 500;
        carved_for_service[kind] = service.entries[kind].limit;
    }
}

static uint32_t differences(void)
{
    books_init(&books);
    books_ledger(&books, "machine", &machine, own_of_machine, carved_for_init);
    books_ledger(&books, "init", &init, own_of_init, carved_for_service);
    books_ledger(&books, "service", &service, own_of_service, nothing);
    return books.difference_count;
}

TEST(right_books_are_right)
{
    right_books();
    EXPECT_EQ(differences(), 0);
    EXPECT_STR(books.first, "");
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++)
        EXPECT_EQ(books.own_sums[kind], 20 + kind + 40 + 3);
}

/* One unit too much or too little, in every number of every ledger and of every walk. */
TEST(every_single_wrong_number_is_noticed)
{
    struct ledger *const ledgers[] = {&machine, &init, &service};
    uint64_t *const walks[] = {own_of_machine,  own_of_init,        own_of_service,
                               carved_for_init, carved_for_service, nothing};
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
        for (int64_t change = -1; change <= 1; change += 2) {
            for (uint32_t i = 0; i < 3; i++) {
                right_books();
                ledgers[i]->entries[kind].used += (uint64_t)change;
                EXPECT_EQ(differences(), 1);
                right_books();
                ledgers[i]->entries[kind].carved += (uint64_t)change;
                EXPECT(differences() >= 1);
            }
            for (uint32_t i = 0; i < sizeof walks / sizeof walks[0]; i++) {
                right_books();
                walks[i][kind] += (uint64_t)change;
                EXPECT_EQ(differences(), 1);
                nothing[kind] = 0;
            }
        }
    }
}

TEST(numbers_out_of_order_are_noticed)
{
    right_books();
    service.entries[LEDGER_FRAMES].limit = 19;
    EXPECT_EQ(differences(), 1);
    EXPECT_STR(books.first, "service: frames: carved 0, used 20, limit 19 and ceiling 100 are out of order");
    right_books();
    service.entries[LEDGER_CALLS].ceiling = 5;
    EXPECT_EQ(differences(), 1);
}

TEST(the_first_difference_is_said_and_the_others_are_counted)
{
    right_books();
    own_of_init[LEDGER_SLOTS]++;
    own_of_service[LEDGER_SLOTS]--;
    EXPECT_EQ(differences(), 2);
    EXPECT_STR(books.first, "init: slots: 40 in the books, 41 found");
    right_books();
    carved_for_service[LEDGER_RECORDS] += 2;
    EXPECT_EQ(differences(), 1);
    EXPECT_STR(books.first, "init: limits carved for children: 26 in the books, 28 found");
}

TEST(references_and_counts_are_compared)
{
    books_init(&books);
    books_references(&books, "Console", 3, 3);
    books_count(&books, "kernel", "frames", 0, 0);
    EXPECT_EQ(books.difference_count, 0);
    books_references(&books, "Console", 3, 2);
    EXPECT_STR(books.first, "Console: references: 3 in the books, 2 found");
    books_count(&books, "kernel", "frames", 0, UINT64_MAX);
    EXPECT_EQ(books.difference_count, 2);
}

TEST(the_longest_words_are_cut)
{
    char name[300];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = 0;
    books_init(&books);
    books_count(&books, name, name, 1, 2);
    EXPECT(strlen(books.first) < BOOKS_TEXT_BYTES);
}

TEST_MAIN()
