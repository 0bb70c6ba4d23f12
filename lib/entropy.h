/* Random bytes out of sources that may run dry or break, such as instructions of a processor.
 *
 * A source gets a bounded number of attempts for each word, as Intel's guide to its random number generator
 * advises, and the next source is asked where it gives nothing. A word that repeats the one before it counts
 * as nothing: a generator that is stuck is noticed with its first word, if it is stuck at all ones, or its
 * second (after NIST SP 800-90B, 4.4.1). By chance that happens once in 2^64 words.
 *
 * Sources: Intel, Digital Random Number Generator Software Implementation Guide, 5.2.1 and 5.3.1.
 *
 * Next: lib/entropy.c
 */
#pragma once

#include "abi/error.h"

struct entropy_source {
    bool (*draw)(uint64_t *word); /* false: nothing this time */
    uint32_t attempt_max;         /* for each word */
    uint64_t last;                /* UINT64_MAX before the first */
};

/* Fills byte_count bytes, each word from the first of the sources that gives one. Otherwise every byte is
 * zero: CAP_ERR_UNIMPLEMENTED: there is no source. CAP_ERR_AGAIN: none gave a word. */
CAP_MUST_CHECK enum cap_err entropy_fill(struct entropy_source *sources, uint32_t source_count,
                                         uint8_t *bytes, uint32_t byte_count);
