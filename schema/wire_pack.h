/* The packed form: runs of zero bytes left out. For files and tools; messages of calls are never packed.
 *
 * Each word becomes a tag byte, with a bit for each byte that is not zero, and those bytes. Behind tag 00
 * stands how many more zero words follow; behind tag FF and its eight bytes, how many words follow as they
 * are.
 *
 * Source: capnproto.org/encoding.html, "Packing".
 *
 * Next: schema/wire_pack.c
 */
#pragma once

#include "abi/error.h"
#include "schema/wire_rule.h"

/* Unpacks all of `bytes` into `words`. CAP_ERR_MALFORMED: *rule is K1 (cut short) or K2 (more than
 * word_capacity); *word_count is untouched. Encodings that a packer would not choose are legal. */
CAP_MUST_CHECK enum cap_err wire_unpack(uint64_t *words, uint64_t word_capacity, uint64_t *word_count,
                                        const uint8_t *bytes, uint64_t byte_count, enum wire_rule *rule);

/* Packs words as the C++ library does, run for run. That packs the segment table and each segment apart; runs
 * never cross from one into the next. CAP_ERR_TOO_BIG: more than byte_capacity; 10 bytes for each word are
 * always enough. */
CAP_MUST_CHECK enum cap_err wire_pack(uint8_t *bytes, uint64_t byte_capacity, uint64_t *byte_count,
                                      const uint64_t *words, uint64_t word_count);
