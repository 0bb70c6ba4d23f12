/* Copying from a reader into a builder, and the canonical form. The input is as for fuzz_reader.
 *
 * What breaks no rule is copied, into no more words than the source's budget; the copy passes the checks that
 * the source passes, and has the same canonical form, which is its own. A message is judged to be canonical
 * just if it is that form. A smaller buffer is never overrun.
 *
 * Next: tests/fuzz/fuzz_packed.c
 */
#include "schema/wire_canonical.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/walk.h"

void walk_method_ran(uint64_t interface_id, uint16_t method_id)
{
    (void)interface_id, (void)method_id;
}

/* A message that is being built, in a buffer of just its size, which the caller frees. */
static struct wire_message_builder begin(uint32_t word_capacity)
{
    struct wire_message_builder message;
    wire_message_build(&message, malloc(word_capacity * 8ul + !word_capacity), word_capacity);
    return message;
}

/* Copies the root; the builder is the caller's to free. */
static enum cap_err copy_root(struct wire_message_builder *to, struct wire_message_reader from)
{
    struct wire_pointer_reader root = {&from, from.words, from.word_count, 0, WIRE_DEPTH_MAX};
    if (to->word_capacity == 0 || from.word_count == 0)
        return CAP_ERR_TOO_BIG;
    to->words[0] = 0;
    to->word_count = 1;
    enum cap_err err = wire_pointer_copy((struct wire_pointer_builder){to, to->words}, root);
    EXPECT(to->word_count <= to->word_capacity);
    EXPECT(err == CAP_OK ? from.rule == WIRE_RULE_NONE && !to->overflowed : to->words[0] == 0);
    EXPECT(err != CAP_ERR_TOO_BIG || to->overflowed);
    EXPECT(err != CAP_ERR_MALFORMED || from.rule != WIRE_RULE_NONE);
    return err;
}

/* Copies into less room: never outside it, and nothing half done stays. */
static void copy_tightly(const struct wire_message_reader *from, uint32_t needed_words,
                         uint32_t word_capacity)
{
    struct wire_message_builder to = begin(word_capacity);
    enum cap_err err = copy_root(&to, *from);
    EXPECT_EQ(err, word_capacity >= needed_words ? CAP_OK : CAP_ERR_TOO_BIG);
    free(to.words);
}

static void expect_checks_pass(const struct wire_message_reader *from, const struct wire_message_reader *to)
{
    for (uint32_t i = 0; i < walk_type_count; i++) {
        struct wire_message_reader source = *from, copy = *to;
        if (walk_types[i].check(&source) == CAP_OK)
            EXPECT_EQ(walk_types[i].check(&copy), CAP_OK);
    }
}

/* The canonical form of a message in which walk_any finds no broken rule; NULL if it has capabilities. */
static uint64_t *canonical(struct wire_message_reader message, uint32_t word_capacity, uint32_t *word_count)
{
    struct wire_message_builder to = begin(word_capacity);
    enum cap_err err = wire_message_canonicalize(&to, &message);
    EXPECT_EQ(err, message.rule == WIRE_RULE_NONE ? CAP_OK : CAP_ERR_MALFORMED);
    EXPECT(err == CAP_OK || message.rule == WIRE_RULE_C5_CAP);
    *word_count = to.word_count;
    if (err == CAP_OK)
        return to.words;
    free(to.words);
    return NULL;
}

static void expect_same_canonical(const struct wire_message_reader *from,
                                  const struct wire_message_reader *copied, uint32_t word_capacity)
{
    uint32_t first_count, second_count, again_count;
    struct wire_message_reader own;
    uint64_t *first = canonical(*from, word_capacity, &first_count);
    uint64_t *second = canonical(*copied, word_capacity, &second_count);

    EXPECT_EQ(first == NULL, second == NULL);
    if (!first)
        return;
    EXPECT(first_count == second_count && memcmp(first, second, first_count * 8ul) == 0);
    wire_message_read(&own, first, first_count, 0);
    own.budget_words = from->budget_words;
    uint64_t *again = canonical(own, word_capacity, &again_count);
    EXPECT(again && again_count == first_count && memcmp(first, again, first_count * 8ul) == 0);
    EXPECT_EQ(wire_message_check_canonical(&own), CAP_OK);
    bool is_own = from->word_count == first_count && memcmp(from->words, first, first_count * 8ul) == 0;
    struct wire_message_reader judged = *from;
    EXPECT_EQ(wire_message_check_canonical(&judged) == CAP_OK, is_own);
    free(first);
    free(second);
    free(again);
}

FUZZ(bytes, byte_count)
{
    uint32_t word_count = (uint32_t)(byte_count / 8), cap_count = byte_count % 8;
    uint64_t *words = fuzz_copy(bytes, word_count * 8ul);
    struct wire_message_reader from, walked, copied;

    wire_message_read(&from, words, word_count, cap_count);
    walked = from;
    if (word_count > 0)
        walk_any((struct wire_pointer_reader){&walked, words, word_count, 0, WIRE_DEPTH_MAX});
    /* Each word that is copied has been charged, but for the root. */
    uint32_t word_capacity = (uint32_t)from.budget_words + 1;
    struct wire_message_builder to = begin(word_capacity);
    enum cap_err err = copy_root(&to, from);
    if (word_count > 0)
        EXPECT_EQ(err, walked.rule == WIRE_RULE_NONE ? CAP_OK : CAP_ERR_MALFORMED);
    if (err == CAP_OK) {
        wire_message_read(&copied, to.words, to.word_count, cap_count);
        /* A copy may be shorter than its source, and then has a smaller budget. */
        copied.budget_words = from.budget_words;
        expect_checks_pass(&from, &copied);
        expect_same_canonical(&from, &copied, word_capacity);
        copy_tightly(&from, to.word_count, to.word_count);
        copy_tightly(&from, to.word_count, to.word_count - 1);
        copy_tightly(&from, to.word_count, to.word_count / 2);
    }
    free(to.words);
    free(words);
}
