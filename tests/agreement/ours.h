/* Our side of the comparison with libcapnp, as C and C++ both read it.
 *
 * A tree is written as text, so that two can be compared and a difference be shown: numbers, strings and
 * counts in the order of the schema's fields, through every generated getter (tests/fuzz/make_walks.py calls
 * them).
 *
 * Next: tests/agreement/theirs.h++
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Text that grows; chars is not NUL-terminated, and the owner frees it. */
struct tree {
    char *chars;
    size_t length;
    size_t capacity;
};

void tree_number(struct tree *tree, uint64_t number);
void tree_bytes(struct tree *tree, const void *bytes, uint32_t length);
void tree_mark(struct tree *tree, const char *mark);

/* What our check says of a message: rule 0 if it passed. `text` is a constant; `pointer` is the word that the
 * rule is about, 0 if it lies outside. */
struct verdict {
    uint32_t rule;
    const char *text;
    uint32_t word;
    uint64_t pointer;
};

/* The generated types: index 0 to ours_type_count() - 1. */
uint32_t ours_type_count(void);
uint64_t ours_type_id(uint32_t index);
const char *ours_type_name(uint32_t index);

/* Checks a message with its segment table as a type; if it passes, adds the tree that our getters read. */
struct verdict ours_read(uint32_t type, const uint64_t *words, size_t word_count, uint32_t cap_count,
                         struct tree *tree);

/* Makes the message anew with our setters, in one segment with its table; the number of its words, 0 if the
 * message is refused or a setter fails. With is_twice, pointers are set to something else first. */
size_t ours_copy(uint32_t type, const uint64_t *words, size_t word_count, uint32_t cap_count, int is_twice,
                 uint64_t *to, size_t capacity_words);

/* Whether a message with its segment table is its own canonical form; the rule that it breaks first. */
struct verdict ours_canonical(const uint64_t *words, size_t word_count);

/* The canonical form, without a segment table; the number of its words, 0 if there is none. */
size_t ours_canonicalize(const uint64_t *words, size_t word_count, uint64_t *to, size_t capacity_words);

#ifdef __cplusplus
}
#endif
