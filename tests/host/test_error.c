/* Errors have names, texts and a manual.
 *
 * Next: tests/host/test_ring.c
 */
#include "lib/error.h"
#include "tests/host/manual.h"
#include "tests/host/test.h"

struct error_row {
    const char *name;
    int number;
    const char *text;
};

#define ERROR_ROW(name, number, text) {#name, number, text},
static const struct error_row rows[] = {CAP_ERRORS(ERROR_ROW)};

#define ROWS (sizeof rows / sizeof *rows)

TEST(every_error_is_found_by_its_number)
{
    for (size_t i = 0; i < ROWS; i++) {
        EXPECT_STR(error_name(rows[i].number), rows[i].name);
        EXPECT_STR(error_text(rows[i].number), rows[i].text);
    }
    EXPECT_STR(error_name(CAP_ERR_STALE), "ERR_STALE");
    EXPECT_STR(error_name(CAP_OK), "OK");
}

TEST(every_other_number_is_unknown)
{
    static const int others[] = {1, 2, 100, -(int)ROWS, -1000, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        EXPECT_STR(error_name(others[i]), "ERR_UNKNOWN");
        EXPECT(strlen(error_text(others[i])) > 0);
    }
}

TEST(numbers_are_consecutive_and_names_are_unique)
{
    for (size_t i = 0; i < ROWS; i++) {
        EXPECT_EQ(rows[i].number, -(int)i);
        for (size_t k = 0; k < i; k++)
            EXPECT(strcmp(rows[i].name, rows[k].name) != 0);
    }
}

TEST(every_text_says_what_is_wrong_and_what_to_do)
{
    for (size_t i = 1; i < ROWS; i++) {
        const char *semicolon = strstr(rows[i].text, "; ");
        EXPECT(semicolon && semicolon > rows[i].text && strlen(semicolon) > 2);
    }
}

TEST(the_manual_has_each_error_with_its_number_in_the_order_of_the_list)
{
    const char *at = manual_read("docs/spec/errors.md");
    for (size_t i = 0; i < ROWS; i++) {
        char heading[64];
        snprintf(heading, sizeof heading, "\n### %d `%s`\n", rows[i].number, rows[i].name);
        at = strstr(at, heading);
        if (!at)
            printf("docs/spec/errors.md has no heading \"%s\" after the one before\n", heading);
        EXPECT(at);
    }
    const char *extra = strstr(at + 1, "\n### ");
    if (extra)
        printf("docs/spec/errors.md has one heading too many:%.30s\n", extra);
    EXPECT(!extra);
}

TEST_MAIN()
