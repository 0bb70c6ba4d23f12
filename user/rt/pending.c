/* The ring, driven: submit, take completions, enter.
 *
 * Invariants
 *  - under_way_count and prompt_count change only in submit (up) and take_completions (down).
 *  - A wait never asks for more completions than the CQ can hold or than must arrive anyway, so it cannot
 *    sleep through the one it is for.
 *
 * Next: user/rt/enter.S
 */
#include "user/rt/pending.h"
#include "lib/check.h"
#include "user/rt/enter.h"
#include "user/rt/state.h"

#define RELEASE_USER_DATA 0 /* no struct rt_pending is at address 0 */

/* Takes every completion there is and hands each to its owner. How many it took. */
static inline uint32_t take_completions(struct rt *rt)
{
    uint32_t count = ring_client_unread(&rt->ring);
    if (count == 0)
        return 0;
    CHECK(rt->under_way_count >= count);
    for (uint32_t i = 0; i < count; i++) {
        const struct cap_cqe *cqe = ring_client_cqe(&rt->ring, i);
        struct rt_pending *pending = (struct rt_pending *)(uintptr_t)cqe->user_data;
        if (cqe->user_data == RELEASE_USER_DATA) {
            rt->prompt_count--;
            rt->releases_failed += cqe->status != CAP_OK;
            continue;
        }
        rt->prompt_count -= pending->is_prompt;
        pending->cqe = *cqe;
        pending->is_done = true;
    }
    rt->under_way_count -= count;
    ring_client_advance(&rt->ring, count);
    return count;
}

/* A refused enter means that this runtime wrote an impossible index. */
static void enter(uint32_t min_complete, uint64_t timeout_ns)
{
    int64_t result = rt_enter(min_complete, timeout_ns);
    CHECK(result >= 0);
}

/* Enters for completions that are not prompt. The prompt ones come first; counting them in saves an enter for
 * each. With more under way than the CQ holds, some wait undrained and cannot be counted on. */
static void enter_for(struct rt *rt, uint32_t count)
{
    bool all_fit = rt->under_way_count <= CAP_CQ_ENTRIES;
    enter(all_fit ? rt->prompt_count + count : 1, CAP_TIMEOUT_NEVER);
}

/* The first round makes room by entering. If that was not enough, the kernel had no CQ slot for what is in
 * the SQ: take completions, and if there are none, every slot is reserved by an SQE under way, and one of
 * those has to complete first. */
struct cap_sqe *rt_sqe_wait_for_slot(struct rt *rt)
{
    struct cap_sqe *slot;
    for (bool has_entered = false; !(slot = ring_client_slot(&rt->ring)); has_entered = true) {
        bool must_wait = take_completions(rt) == 0 && has_entered;
        enter(must_wait, must_wait ? CAP_TIMEOUT_NEVER : 0);
    }
    return slot;
}

void rt_pending_submit(struct rt *rt, struct rt_pending *pending, struct cap_sqe *sqe, bool is_prompt)
{
    sqe->user_data = (uintptr_t)pending;
    *rt_sqe_claim(rt, pending, is_prompt) = *sqe;
    ring_client_publish(&rt->ring);
}

enum cap_err rt_pending_wait(struct rt *rt, struct rt_pending *pending)
{
    take_completions(rt);
    while (!pending->is_done) {
        if (pending->is_prompt)
            enter(1, CAP_TIMEOUT_NEVER);
        else
            enter_for(rt, 1);
        take_completions(rt);
    }
    return pending->cqe.status;
}

void rt_pending_wait_some(struct rt *rt, uint32_t count)
{
    if (take_completions(rt) > 0)
        return;
    CHECK(rt->under_way_count >= count && count > 0);
    enter_for(rt, count);
    take_completions(rt);
}

void rt_pending_wait_any(struct rt *rt)
{
    rt_pending_wait_some(rt, 1);
}

void rt_release(struct rt *rt, cap_id_t cap)
{
    struct cap_sqe *slot = rt_sqe_slot(rt);
    rt->under_way_count++;
    rt->prompt_count++;
    *slot = (struct cap_sqe){.opcode = CAP_OP_RELEASE, .user_data = RELEASE_USER_DATA, .target = cap.bits};
    ring_client_publish(&rt->ring);
}

void rt_flush(struct rt *rt)
{
    enter(0, 0);
    take_completions(rt);
}
