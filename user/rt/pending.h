/* One SQE under way: the layer between the ring and calls. Programs use rt_call and rt_serve instead.
 *
 * Any number may be under way at once and complete in any order: the SQE's user_data is the address of
 * its struct rt_pending, so a completion finds its owner whoever was waiting when it came. user_data 0
 * is a RELEASE, which nobody waits for.
 *
 * Back-pressure stays inside: with a full SQ submitting enters, and with a full CQ it takes completions,
 * and waits for one if it must.
 *
 * Next: user/rt/pending.c
 */
#pragma once

#include "abi/ring.h"
#include "user/rt/rt.h"

struct rt_pending {
    struct cap_cqe cqe; /* valid once is_done */
    bool is_done;
    bool is_prompt; /* completes as soon as the kernel takes it, as RETURN does */
};

/* Submits a copy of *sqe, whose user_data is set here. `pending`, and the memory that the SQE names, stay
 * valid and unmoved until is_done. */
void rt_pending_submit(struct rt *rt, struct rt_pending *pending, struct cap_sqe *sqe, bool is_prompt);

/* Enters until this one is done. The transport status. */
enum cap_err rt_pending_wait(struct rt *rt, struct rt_pending *pending);

/* Takes what has completed; if nothing has, enters for `count` completions, of SQEs that are under way and
 * not prompt and that the caller needs all of. */
void rt_pending_wait_some(struct rt *rt, uint32_t count);

/* Takes what has completed; if nothing has, enters until something does. Look which one it was, and call
 * again if it was none of yours. At least one must be under way. */
void rt_pending_wait_any(struct rt *rt);
