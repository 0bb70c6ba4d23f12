/* What an exhausted ledger says to whoever was refused: which kind, how much is used, how much was asked.
 *
 * As text it is the reason of an exception, or of a start that was refused. Where an operation of the ring
 * itself is refused there is no room for text: then two fields of the CQE say which kind, and its limit
 * (abi/ring.h).
 *
 * Next: lib/limits.h
 */
#pragma once

#include "abi/ring.h"
#include "lib/ledger.h"

/* The longest text, with the closing NUL: a reason of CapException. */
#define LEDGER_TEXT_BYTES 256

/* "frames: 4090 of 4096 in use, 16 more asked; release some or ask for a larger limit". For a ledger other
 * than `own`, the ledger of who reads it, it says whose it is; how much that has is told of a child's only.
 */
void ledger_refusal_text(const struct ledger_refusal *refusal, const struct ledger *own,
                         char text[LEDGER_TEXT_BYTES]);

/* Puts it into a CQE whose status is CAP_ERR_QUOTA. */
void ledger_refusal_to_cqe(const struct ledger_refusal *refusal, const struct ledger *own,
                           struct cap_cqe *cqe);

/* "calls: the limit of 32 is reached; release some or ask for a larger limit", from the two fields of such a
 * CQE. False: they name no kind, and there is no text. */
CAP_MUST_CHECK bool ledger_cqe_text(const struct cap_cqe *cqe, char text[LEDGER_TEXT_BYTES]);
