/* The one list of errors: the transport status in a CQE, the result of cap_enter, and the return value
 * of every function that can refuse, from the deepest check upwards.
 *
 * A number never changes its meaning and is never reused. The text says what is wrong and, after the
 * semicolon, what to do next. docs/spec/errors.md says which operation gives which error, and when.
 *
 * Next: abi/syscall.h
 */
#pragma once

#include "abi/base.h"

/*  X(name, number, text) */
#define CAP_ERRORS(X)                                                                                   \
    X(OK, 0, "no error")                                                                                \
    X(ERR_BAD_OPCODE, -1, "the opcode is unknown; see abi/ring.h for the opcodes")                      \
    X(ERR_BAD_SQE, -2, "a reserved field or an undefined flag is not zero; clear the whole SQE first")  \
    X(ERR_BAD_RING, -3, "a ring index is impossible; restore sq_tail or cq_head and enter again")       \
    X(ERR_FAULT, -4, "an address range is not the caller's memory; check address, length and access")   \
    X(ERR_TOO_BIG, -5, "a size or a count is over its limit; see abi/limits.h")                         \
    X(ERR_NO_CAP, -6, "the id was never valid; use an id from the CapSet or from a message")            \
    X(ERR_STALE, -7, "the id was valid once and is dead for ever; drop it")                             \
    X(ERR_BUSY, -8, "the capability is part of a transfer under way; wait for that to finish")          \
    X(ERR_WRONG_INTERFACE, -9, "the capability has another interface; use the one it was granted with") \
    X(ERR_UNIMPLEMENTED, -10, "the object has no such method or operation; it may be a narrower facet") \
    X(ERR_NOT_TRANSFERABLE, -11, "the object may not be copied or moved this way; keep it")             \
    X(ERR_NO_SLOT, -12, "the receiver's capability table is full; have it release some")                \
    X(ERR_QUOTA, -13, "a ledger is at its limit; free something or ask for a higher limit")             \
    X(ERR_DISCONNECTED, -14, "the object is closed or revoked; get a new capability from its owner")    \
    X(ERR_PEER_DEAD, -15, "the other process ended during the call; whether it took effect is unknown") \
    X(ERR_CANCELLED, -16, "the call was cancelled; nothing to do")                                      \
    X(ERR_TIMED_OUT, -17, "the time limit passed first; retry or allow more time")                      \
    X(ERR_MALFORMED, -18, "the message breaks a Cap'n Proto rule or the schema; see tools/wire-check")  \
    X(ERR_AGAIN, -19, "a queue is full at the moment; try again later")                                 \
    X(ERR_EXCEPTION, -20, "the method raised an exception; the result is a CapException")               \
    X(ERR_NO_MEMORY, -21, "no physical memory is left; free some")                                      \
    X(ERR_INVALID, -22, "an argument has a value that is not allowed; see the method's documentation")  \
    X(ERR_BUFFER_TOO_SMALL, -23, "the buffer is too small; the CQE says how much it takes")             \
    X(ERR_UNDELIVERED, -24,                                                                             \
      "the caller had no room for the answer; the call is over, its capabilities stayed")

#ifndef __ASSEMBLER__

enum cap_err {
#define CAP_ERROR_ENUM(name, number, text) CAP_##name = (number),
    CAP_ERRORS(CAP_ERROR_ENUM)
#undef CAP_ERROR_ENUM
};

/* The result of a check must be looked at. */
#define CAP_MUST_CHECK __attribute__((warn_unused_result))

#endif
