/* Entropy: whose words are taken, how often a source is asked, and that nothing half random is given out.
 *
 * Next: lib/log_store.h
 */
#include "lib/entropy.h"
#include "tests/host/test.h"

/* A source that follows a script: 'w' the next word, 'r' the last one again, 'n' nothing; the last letter for
 * ever. */
struct script {
    const char *next;
    uint64_t word;
    uint32_t draw_count;
};

static struct script scripts[2];

static bool play(struct script *script, uint64_t *word)
{
    char letter = *script->next;
    if (script->next[1])
        script->next++;
    script->draw_count++;
    if (letter == 'w')
        script->word += 0x0101010101010101;
    *word = script->word;
    return letter != 'n';
}

static bool draw_first(uint64_t *word)
{
    return play(&scripts[0], word);
}

static bool draw_second(uint64_t *word)
{
    return play(&scripts[1], word);
}

static struct entropy_source sources[2];

static void begin(const char *first, const char *second)
{
    scripts[0] = (struct script){first, 0, 0};
    scripts[1] = (struct script){second, 0x8080808080808080, 0};
    sources[0] = (struct entropy_source){draw_first, 3, UINT64_MAX};
    sources[1] = (struct entropy_source){draw_second, 10, UINT64_MAX};
}

TEST(every_byte_is_filled_whatever_the_count)
{
    for (uint32_t count = 0; count <= 25; count++) {
        uint8_t bytes[32];
        memset(bytes, 0xa5, sizeof bytes);
        begin("w", "n");
        EXPECT_EQ(entropy_fill(sources, 2, bytes, count), CAP_OK);
        for (uint32_t i = 0; i < sizeof bytes; i++)
            EXPECT_EQ(bytes[i], i < count ? i / 8 + 1 : 0xa5);
        EXPECT_EQ(scripts[0].draw_count, (count + 7) / 8);
        EXPECT_EQ(scripts[1].draw_count, 0);
    }
}

TEST(a_source_that_gives_nothing_is_asked_again_and_then_the_next_one)
{
    uint8_t bytes[24];
    begin("nnwnnnw", "w");
    EXPECT_EQ(entropy_fill(sources, 2, bytes, 24), CAP_OK);
    EXPECT_EQ(bytes[0], 1);
    EXPECT_EQ(bytes[8], 0x81);
    EXPECT_EQ(bytes[16], 2);
    EXPECT_EQ(scripts[0].draw_count, 7);
    EXPECT_EQ(scripts[1].draw_count, 1);
}

TEST(what_no_source_gives_is_refused_after_a_bounded_number_of_attempts)
{
    uint8_t bytes[16], zeros[16] = {0};
    begin("n", "wn");
    EXPECT_EQ(entropy_fill(sources, 2, bytes, 16), CAP_ERR_AGAIN);
    EXPECT_EQ(scripts[0].draw_count, 6);
    EXPECT_EQ(scripts[1].draw_count, 11);
    EXPECT_BYTES(bytes, zeros, 16);
}

TEST(a_source_that_is_stuck_gives_nothing)
{
    uint8_t bytes[16];
    begin("wr", "n");
    EXPECT_EQ(entropy_fill(sources, 2, bytes, 8), CAP_OK);
    EXPECT_EQ(entropy_fill(sources, 2, bytes, 8), CAP_ERR_AGAIN);
    begin("r", "n");
    scripts[0].word = UINT64_MAX;
    EXPECT_EQ(entropy_fill(sources, 2, bytes, 8), CAP_ERR_AGAIN);
}

TEST(without_a_source_it_is_unimplemented)
{
    uint8_t byte = 7;
    EXPECT_EQ(entropy_fill(NULL, 0, &byte, 1), CAP_ERR_UNIMPLEMENTED);
    EXPECT_EQ(byte, 0);
}

TEST_MAIN()
