/* Lists in words.
 *
 * Next: tests/host/test_circle.c
 */
#include "lib/word_list.h"

#include "tests/host/test.h"

TEST(an_empty_list_is_an_empty_text)
{
    struct word_list list;

    word_list_init(&list, ", ");
    EXPECT_STR(list.text, "");
}

TEST(words_are_separated)
{
    struct word_list list;

    word_list_init(&list, " -> ");
    word_list_add(&list, "a%d", 1);
    EXPECT_STR(list.text, "a1");
    word_list_add(&list, "b");
    word_list_add(&list, "a1");
    EXPECT_STR(list.text, "a1 -> b -> a1");
}

TEST(a_full_list_ends_with_dots_and_stays_as_it_is)
{
    /* Every length of words meets the end of the room in another way. */
    for (int length = 0; length < 80; length++) {
        struct {
            struct word_list list;
            char behind[16];
        } guarded;
        memset(guarded.behind, 'x', sizeof(guarded.behind));
        word_list_init(&guarded.list, " -and- ");
        for (int i = 0; i < WORD_LIST_BYTES; i++)
            word_list_add(&guarded.list, "%0*d", length, 7);
        EXPECT_EQ(guarded.list.length, strlen(guarded.list.text));
        EXPECT(guarded.list.length < WORD_LIST_BYTES);
        EXPECT(guarded.list.length > WORD_LIST_BYTES - 80 - 20);
        EXPECT_STR(guarded.list.text + guarded.list.length - 10, " -and- ...");
        for (size_t i = 0; i < sizeof(guarded.behind); i++)
            EXPECT_EQ(guarded.behind[i], 'x');
    }
}

TEST_MAIN()
