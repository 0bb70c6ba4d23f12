/* Where the answer to a call goes, and what is put there.
 *
 * Next: kernel/ring/reply.c
 */
#pragma once

#include "kernel/ring/caps.h"
#include "kernel/task/process.h"
#include "lib/bits.h"

struct object;

/* From the caller's SQE. */
struct reply_place {
    uint64_t user_data;
    uaddr_t buffer;
    uaddr_t received; /* where capabilities of the answer are listed */
    uint32_t buffer_bytes;
    uint16_t receive_count;
};

/* What ends a call: an error, or a message with capabilities. */
struct answer {
    enum cap_err status;       /* CAP_OK, CAP_ERR_EXCEPTION (the message is a CapException), or an error */
    struct user_range message; /* all of it */
    /* Capabilities of the answer: from a server's table, or from the kernel, or none. reply_deliver settles
     * them: what the caller does not get goes back, or is released. */
    struct transfer *transfer; /* prepared, or NULL */
    struct object **objects;   /* one reference each */
    uint32_t object_count;
};

/* Of reply.c: the list of capabilities of a place, and putting some there. */
CAP_MUST_CHECK enum cap_err reply_judge_list(struct process *caller, const struct cap_sqe *sqe,
                                             uaddr_t descriptors, uaddr_t *received);
CAP_MUST_CHECK enum cap_err reply_put_caps(struct process *caller, const struct reply_place *place,
                                           const struct answer *answer);
/* Nobody gets the answer's capabilities. */
void reply_take_back(const struct answer *answer);

/* Reads the place out of a CALL and judges it before the call has any effect, so that no method runs in vain.
 * `descriptors` is where those of the CALL begin. CAP_ERR_FAULT. */
CAP_MUST_CHECK static inline enum cap_err reply_judge(struct process *caller, const struct cap_sqe *sqe,
                                                      uaddr_t descriptors, struct reply_place *place)
{
    struct user_range range;
    enum cap_err err =
        user_range_resolve(&caller->space, (uaddr_t){sqe->buffer_addr},
                           min_u64(sqe->buffer_bytes, CAP_MESSAGE_BYTES_MAX), USER_ACCESS_WRITE, &range);
    place->user_data = sqe->user_data;
    place->buffer.value = sqe->buffer_addr;
    place->buffer_bytes = sqe->buffer_bytes;
    place->receive_count = sqe->receive_count;
    if (sqe->receive_count && !err)
        err = reply_judge_list(caller, sqe, descriptors, &place->received);
    return err;
}

/* Whether what an SQE without time limit asks for, a CALL's answer or a RECV's call, can be put into memory
 * that was used before. False: it may still be all right. */
static inline bool reply_is_quick(struct process *process, const struct cap_sqe *sqe, uint32_t bytes_max)
{
    return user_quick_is_writable(&process->space, sqe->buffer_addr, min_u64(sqe->buffer_bytes, bytes_max)) &&
           (sqe->receive_count == 0 ||
            user_quick_is_writable(&process->space,
                                   sqe->transfers_addr + sqe->send_count * sizeof(struct cap_transfer_out),
                                   sqe->receive_count * sizeof(struct cap_transfer_in)));
}

static inline uint32_t answer_cap_count(const struct answer *answer)
{
    return answer->transfer ? answer->transfer->count : answer->object_count;
}

/* Puts the answer where the caller wants it, or nothing if that fails, and fills in the CQE that says so.
 * Returns why the caller does not have it, answer->status included unless it is CAP_ERR_EXCEPTION. */
static inline enum cap_err reply_put(struct process *caller, const struct reply_place *place,
                                     const struct answer *answer, struct cap_cqe *cqe)
{
    struct user_range buffer;
    uint32_t bytes = answer->message.bytes, cap_count = answer_cap_count(answer);
    *cqe = (struct cap_cqe){.user_data = place->user_data};
    enum cap_err err = answer->status == CAP_ERR_EXCEPTION ? CAP_OK : answer->status;
    if (!err) {
        cqe->message_bytes = bytes; /* for CAP_ERR_BUFFER_TOO_SMALL: what is needed */
        cqe->cap_count = (uint16_t)cap_count;
        err = bytes > place->buffer_bytes || cap_count > place->receive_count
                  ? CAP_ERR_BUFFER_TOO_SMALL
                  : user_range_resolve(&caller->space, place->buffer, bytes, USER_ACCESS_WRITE, &buffer);
    }
    if (!err && cap_count)
        err = reply_put_caps(caller, place, answer);
    /* Nothing below can fail. */
    if (!err) {
        user_range_copy(&buffer, 0, &answer->message, bytes);
        cqe->status = answer->status;
        return CAP_OK;
    }
    if (err != CAP_ERR_BUFFER_TOO_SMALL)
        *cqe = (struct cap_cqe){.user_data = place->user_data};
    cqe->status = err;
    account_explain(&caller->account, cqe);
    reply_take_back(answer);
    return err;
}
