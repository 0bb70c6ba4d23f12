/* The rules that a message can break, each with the text a person reads.
 *
 * The letters group them: F framing, P pointers, R far pointers, V values, L limits, K packing, C canonical
 * form, A a mistake of the program that reads. docs/spec/messages.md says how each is enforced.
 *
 * Next: schema/wire_form.h
 */
#pragma once

/*  X(name, text) */
#define WIRE_RULES(X)                                                                                       \
    X(NONE, "no rule is broken")                                                                            \
    X(F1_COUNT, "F1: the segment count wraps around")                                                       \
    X(F2_SEGMENTS, "F2: more segments than the limit")                                                      \
    X(F3_HEADER, "F3: the segment table is cut short")                                                      \
    X(F4_BODY, "F4: the segments are longer than the bytes that follow")                                    \
    X(F5_SIZE, "F5: the message is longer than the limit")                                                  \
    X(F7_NO_ROOT, "F7: the first segment has no word for the root pointer")                                 \
    X(F9_ALIGNMENT, "F9: the bytes are not a whole number of aligned words")                                \
    X(P2_STRUCT, "P2: a struct pointer points outside its segment")                                         \
    X(P5_LIST, "P5: a list pointer points outside its segment")                                             \
    X(P6_LIST, "P6: a struct list with its tag lies outside its segment")                                   \
    X(P6_TAG, "P6: the tag of a struct list is not a struct pointer")                                       \
    X(P6_COUNT, "P6: the elements of a struct list need more words than it has")                            \
    X(P7_OTHER, "P7: a reserved kind of pointer")                                                           \
    X(P7_CAP, "P7: a capability index beyond the capabilities of the message")                              \
    X(P8_STRUCT, "P8: another kind of pointer where the schema has a struct")                               \
    X(P8_LIST, "P8: another kind of pointer where the schema has a list")                                   \
    X(P8_TEXT, "P8: another kind of pointer where the schema has a Text or Data")                           \
    X(P8_CAP, "P8: another kind of pointer where the schema has a capability")                              \
    X(R0_FAR, "R0: a far pointer in a message of one segment")                                              \
    X(R1_SEGMENT, "R1: a far pointer into a segment that does not exist")                                   \
    X(R1_PAD, "R1: the landing pad of a far pointer lies outside its segment")                              \
    X(R2_CHAIN, "R2: the landing pad of a far pointer is another far pointer")                              \
    X(R3_FAR, "R3: the first word of a double landing pad is not a far pointer")                            \
    X(R3_TAG, "R3: the second word of a double landing pad is not a struct or list pointer")                \
    X(R4_NULL, "R4: the landing pad of a far pointer is null")                                              \
    X(V3_TEXT, "V3: a Text without its closing NUL")                                                        \
    X(V4_ELEMENT, "V4: the elements of a list are too small for, or of another kind than, the schema's")    \
    X(L1_BUDGET, "L1: the objects, counted each time one is reached, exceed the traversal limit")           \
    X(L5_DEPTH, "L5: objects are nested too deeply")                                                        \
    X(L7_LENGTH, "L7: a Text, Data or list is longer than the schema's maxLength")                          \
    X(K1_TRUNCATED, "K1: the packed bytes end in the middle of a word or a run")                            \
    X(K2_SIZE, "K2: the packed bytes unpack to more words than the limit")                                  \
    X(C1_SEGMENT, "C1: canonical form is one segment without far pointers")                                 \
    X(C2_ORDER, "C2: canonical form has each object right behind the one before, in preorder")              \
    X(C3_DATA, "C3: canonical form has no zero word at the end of a struct's data")                         \
    X(C3_POINTERS, "C3: canonical form has no null pointer at the end of a struct's pointers")              \
    X(C4_DATA, "C4: canonical form has no word of data that is zero at the end of every element of a list") \
    X(C4_POINTERS, "C4: canonical form has no pointer that is null at the end of every element of a list")  \
    X(C4_COUNT, "C4: canonical form has struct lists of just the words that their elements need")           \
    X(C5_CAP, "C5: canonical form has no capabilities")                                                     \
    X(C6_BITS, "C6: canonical form has zero bits behind the last element of a list")                        \
    X(C7_TRAILING, "C7: canonical form has nothing behind the last object")                                 \
    X(C8_EMPTY, "C8: canonical form has a struct without size at offset -1")                                \
    X(A1_INDEX, "A1: the program read an element beyond the end of a list")                                 \
    X(A2_UNION, "A2: the program read a member of a union that is not the selected one")

enum wire_rule {
#define WIRE_RULE_ENUM(name, text) WIRE_RULE_##name,
    WIRE_RULES(WIRE_RULE_ENUM)
#undef WIRE_RULE_ENUM
};

/* The text of a rule; of a number that is no rule, "unknown rule". */
const char *wire_rule_text(enum wire_rule rule);
