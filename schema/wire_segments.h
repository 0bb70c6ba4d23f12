/* Messages of several segments, as they are in files and pipes: the segment table, and far pointers.
 *
 * For tools on trusted ground or on the host; the kernel and its programs exchange single segments, in which
 * a far pointer is an error. After one of these functions the readers and getters work as ever.
 *
 * Source: capnproto.org/encoding.html, "Serialization Over a Stream" and "Inter-Segment Pointers".
 *
 * Next: schema/wire_segments.c
 */
#pragma once

#include "abi/error.h"
#include "schema/wire_read.h"

/* The most segments of one message, as in the C++ library. */
#define WIRE_SEGMENTS_MAX 511

/* Reads the segment table at the start of `words` and makes `message` read from the segments. `segments` is
 * the caller's array of segment_capacity and `set` the caller's, too: both stay in use. limit_words bounds
 * all segments together (F5). used_words is how many words the message takes, table included: the next
 * message of a stream starts there. CAP_ERR_MALFORMED: message->rule says why (F1 to F7). Capability pointers
 * are refused unless the caller sets message->cap_count afterwards. */
CAP_MUST_CHECK enum cap_err wire_segments_read(struct wire_message_reader *message, struct wire_segments *set,
                                               struct wire_segment *segments, uint32_t segment_capacity,
                                               const uint64_t *words, uint64_t word_count,
                                               uint64_t limit_words, uint64_t *used_words);

/* Makes `message` read from segments that are already apart; there is at least one. */
void wire_segments_use(struct wire_message_reader *message, struct wire_segments *set,
                       const struct wire_segment *segments, uint32_t segment_count, uint32_t cap_count);
