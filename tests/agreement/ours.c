/* Reading and copying with our runtime and the generated code.
 *
 * Next: tests/agreement/copy.h
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/wire_canonical.h"
#include "schema/wire_segments.h"
#include "tests/agreement/copy.h"
#include "tests/agreement/ours.h"
#include "tests/fuzz/walk.h"

/* ---- Trees ------------------------------------------------------------------------------------------ */

static void tree_add(struct tree *tree, const char *chars, size_t length)
{
    if (tree->length + length > tree->capacity) {
        tree->capacity = (tree->length + length) * 2;
        tree->chars = realloc(tree->chars, tree->capacity);
        if (!tree->chars)
            abort();
    }
    memcpy(tree->chars + tree->length, chars, length);
    tree->length += length;
}

/* The reference hands out a float as a double, which makes NaNs quiet: here, too. */
static uint64_t quiet(uint64_t number)
{
    bool is_nan = number <= UINT32_MAX && (number & 0x7f800000) == 0x7f800000 && (number & 0x7fffff) != 0;
    return is_nan ? number | 0x400000 : number;
}

void tree_number(struct tree *tree, uint64_t number)
{
    char chars[24];
    tree_add(tree, chars, (size_t)snprintf(chars, sizeof chars, "%llx ", (unsigned long long)quiet(number)));
}

void tree_bytes(struct tree *tree, const void *bytes, uint32_t length)
{
    tree_number(tree, length);
    tree_add(tree, "'", 1);
    if (length > 0)
        tree_add(tree, bytes, length);
    tree_add(tree, "' ", 2);
}

void tree_mark(struct tree *tree, const char *mark)
{
    tree_add(tree, mark, strlen(mark));
}

/* ---- What the generated walk calls (tests/fuzz/walk.h) ---------------------------------------------- */

static struct tree *current;

void walk_number(uint64_t number)
{
    tree_number(current, number);
}

/* Its bits are a number, too. */
void walk_real(double number)
{
    (void)number;
}

void walk_data(struct wire_data data)
{
    tree_bytes(current, data.bytes, data.length);
}

void walk_text(struct wire_text text, uint32_t limit)
{
    (void)limit;
    tree_bytes(current, text.bytes, text.length);
}

void walk_limit(uint32_t length, uint32_t limit)
{
    (void)limit;
    tree_number(current, length);
}

void walk_method_ran(uint64_t interface_id, uint16_t method_id)
{
    (void)interface_id;
    (void)method_id;
}

void walk_scalars(struct wire_list_reader list, enum wire_element element)
{
    tree_mark(current, "[");
    tree_number(current, list.count);
    for (uint32_t i = 0; element != WIRE_ELEMENT_VOID && i < list.count; i++)
        tree_number(current, walk_scalar(list, element, i));
    tree_mark(current, "] ");
}

static void walk_struct(struct wire_struct_reader s)
{
    tree_mark(current, "{");
    tree_number(current, s.data_bits / 8);
    for (uint32_t i = 0; i < s.data_bits / 8; i++)
        tree_number(current, wire_get_u8(s, i));
    if (s.data_bits == 1)
        tree_number(current, wire_get_bool(s, 0));
    for (uint32_t i = 0; i < s.pointer_count; i++)
        walk_any(wire_get_pointer(s, i));
    tree_mark(current, "} ");
}

void walk_any(struct wire_pointer_reader pointer)
{
    struct wire_location to;
    if (wire_pointer_is_null(pointer)) {
        tree_mark(current, "null ");
        return;
    }
    if (!wire_message_locate(pointer.message, pointer.words, pointer.word_count, pointer.at, &to))
        return;
    if ((to.pointer & 3) == WIRE_KIND_STRUCT) {
        walk_struct(wire_pointer_struct(pointer));
    } else if ((to.pointer & 3) == WIRE_KIND_LIST) {
        struct wire_list_reader list = wire_follow_any_list(pointer);
        tree_mark(current, "list ");
        tree_number(current, list.element);
        if (list.element < WIRE_ELEMENT_POINTER)
            walk_scalars(list, (enum wire_element)list.element);
        for (uint32_t i = 0; list.element == WIRE_ELEMENT_STRUCT && i < list.count; i++)
            walk_struct(wire_list_struct(list, i));
        for (uint32_t i = 0; list.element == WIRE_ELEMENT_POINTER && i < list.count; i++)
            walk_any(wire_list_pointer(list, i));
    } else {
        tree_number(current, wire_pointer_cap(pointer));
    }
}

/* ---- What the generated copies call (tests/agreement/copy.h) ---------------------------------------- */

bool copy_is_twice;
const char copy_waste[21] = "what will be replaced";
static bool has_failed;

void copy_done(enum cap_err error)
{
    has_failed = has_failed || error != CAP_OK;
}

void copy_scalars(struct wire_list_builder to, struct wire_list_reader from, enum wire_element element)
{
    for (uint32_t i = 0; element != WIRE_ELEMENT_VOID && i < from.count; i++) {
        uint64_t value = walk_scalar(from, element, i);
        if (element == WIRE_ELEMENT_BIT)
            wire_list_set_bool(to, i, value);
        else if (element == WIRE_ELEMENT_BYTE)
            wire_list_set_u8(to, i, (uint8_t)value);
        else if (element == WIRE_ELEMENT_TWO_BYTES)
            wire_list_set_u16(to, i, (uint16_t)value);
        else if (element == WIRE_ELEMENT_FOUR_BYTES)
            wire_list_set_u32(to, i, (uint32_t)value);
        else
            wire_list_set_u64(to, i, value);
    }
}

/* ---- Messages --------------------------------------------------------------------------------------- */

static struct wire_segment segments[WIRE_SEGMENTS_MAX];
static struct wire_segments set;

/* Reads the segment table and checks. */
static enum cap_err check(uint32_t type, const uint64_t *words, size_t word_count, uint32_t cap_count,
                          struct wire_message_reader *message)
{
    uint64_t used_words;
    enum cap_err error = wire_segments_read(message, &set, segments, WIRE_SEGMENTS_MAX, words, word_count,
                                            UINT32_MAX, &used_words);
    message->cap_count = cap_count;
    return error ? error : walk_types[type].check(message);
}

uint32_t ours_type_count(void)
{
    return walk_type_count;
}

uint64_t ours_type_id(uint32_t index)
{
    return copy_types[index].id;
}

const char *ours_type_name(uint32_t index)
{
    return copy_types[index].name;
}

static struct verdict verdict_of(const struct wire_message_reader *message)
{
    struct verdict verdict = {message->rule, wire_rule_text(message->rule), message->rule_word, 0};
    if (message->rule >= WIRE_RULE_P2_STRUCT) {
        const struct wire_segment *segment = &segments[message->rule_segment];
        if (message->rule_word < segment->word_count)
            verdict.pointer = segment->words[message->rule_word];
    }
    return verdict;
}

struct verdict ours_read(uint32_t type, const uint64_t *words, size_t word_count, uint32_t cap_count,
                         struct tree *tree)
{
    struct wire_message_reader message;
    if (check(type, words, word_count, cap_count, &message) == CAP_OK) {
        current = tree;
        walk_types[type].walk(&message);
    }
    return verdict_of(&message);
}

size_t ours_copy(uint32_t type, const uint64_t *words, size_t word_count, uint32_t cap_count, int is_twice,
                 uint64_t *to, size_t capacity_words)
{
    struct wire_message_reader from;
    struct wire_message_builder message;
    if (check(type, words, word_count, cap_count, &from) != CAP_OK)
        return 0;
    has_failed = false;
    copy_is_twice = is_twice;
    wire_message_build(&message, to + 1, (uint32_t)capacity_words - 1);
    copy_types[type].copy(&message, &from);
    to[0] = (uint64_t)message.word_count << 32;
    return has_failed || message.overflowed || from.rule != WIRE_RULE_NONE ? 0 : message.word_count + 1;
}

struct verdict ours_canonical(const uint64_t *words, size_t word_count)
{
    struct wire_message_reader message;
    uint64_t used_words;
    if (wire_segments_read(&message, &set, segments, WIRE_SEGMENTS_MAX, words, word_count, UINT32_MAX,
                           &used_words) == CAP_OK)
        (void)!wire_message_check_canonical(&message);
    return verdict_of(&message);
}

size_t ours_canonicalize(const uint64_t *words, size_t word_count, uint64_t *to, size_t capacity_words)
{
    struct wire_message_reader from;
    struct wire_message_builder message;
    uint64_t used_words;
    wire_message_build(&message, to, (uint32_t)capacity_words);
    if (wire_segments_read(&from, &set, segments, WIRE_SEGMENTS_MAX, words, word_count, UINT32_MAX,
                           &used_words) ||
        wire_message_canonicalize(&message, &from))
        return 0;
    return message.word_count;
}
