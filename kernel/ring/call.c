/* The life of a call. The picture and the invariants are in call.h.
 *
 * Next: kernel/ring/enter.c
 */
#include "kernel/ring/call.h"
#include "abi/syscall.h"
#include "kernel/mm/frame.h"
#include "kernel/ring/caps.h"
#include "kernel/ring/enter.h"
#include "kernel/ring/receive.h"
#include "kernel/task/process_hooks.h"
#include "lib/bits.h"
#include "lib/check.h"

void call_queue_init(struct call_queue *queue)
{
    list_init(&queue->calls);
    queue->count = 0;
}

struct call *call_queue_first(const struct call_queue *queue)
{
    struct list_node *node = list_first(&queue->calls);
    return node ? LIST_ENTRY(node, struct call, queue_link) : NULL;
}

void call_wait(struct call *call, struct call_queue *queue)
{
    CHECK(call->state == CALL_ACCEPTED);
    call->state = CALL_WAITING;
    call->queue = queue;
    list_push_back(&queue->calls, &call->queue_link);
    queue->count++;
}

void call_unwait(struct call *call)
{
    CHECK(call->state == CALL_WAITING);
    call->state = CALL_ACCEPTED;
    list_remove(&call->queue_link);
    call->queue->count--;
    call->queue = NULL;
}

/* The answer's places are judged before the call has any effect, so that a method does not run in vain. */
static enum cap_err check_answer_places(struct process *caller, const struct cap_sqe *sqe,
                                        uaddr_t descriptors, uaddr_t *received)
{
    struct user_range range;
    uint64_t buffer_bytes = min_u64(sqe->buffer_bytes, CAP_MESSAGE_BYTES_MAX);
    enum cap_err err = user_range_resolve(&caller->space, (uaddr_t){sqe->buffer_addr}, buffer_bytes,
                                          USER_ACCESS_WRITE, &range);
    if (err || sqe->receive_count == 0)
        return err;
    if (u64_add(descriptors.value, sqe->send_count * sizeof(struct cap_transfer_out), &received->value))
        return CAP_ERR_FAULT;
    return user_range_resolve(&caller->space, *received, sqe->receive_count * sizeof(struct cap_transfer_in),
                              USER_ACCESS_WRITE, &range);
}

static void call_time_is_up(struct kernel_timer *timer)
{
    call_give_up(LIST_ENTRY(timer, struct call, timer), CAP_ERR_TIMED_OUT);
}

static enum cap_err copy_in(struct call *call, struct process *caller, const struct cap_sqe *sqe)
{
    struct user_range range;
    uaddr_t descriptors;
    uint64_t timeout_ns;
    enum cap_err err = user_range_resolve(&caller->space, (uaddr_t){sqe->message_addr}, sqe->message_bytes,
                                          USER_ACCESS_READ, &range);
    if (!err)
        err = caps_read_time_limit(caller, sqe, &timeout_ns, &descriptors);
    if (!err)
        err = check_answer_places(caller, sqe, descriptors, &call->received);
    if (!err)
        err = caps_prepare(&call->transfer, caller, descriptors, sqe->send_count);
    if (err)
        return err;
    call->timer = (struct kernel_timer){0};
    if (timeout_ns != CAP_TIMEOUT_NEVER)
        timer_start(&call->timer, timer_deadline(timeout_ns), call_time_is_up);
    user_range_read(&range, 0, call->message, sqe->message_bytes);
    call->message_bytes = sqe->message_bytes;
    return CAP_OK;
}

enum cap_err call_accept(struct process *caller, const struct cap_sqe *sqe, struct object *target,
                         struct call **accepted)
{
    uint64_t paddr;
    enum cap_err err = ledger_charge(&caller->account.ledger, LEDGER_CALLS, 1);
    if (err)
        return err;
    err = frame_alloc(&paddr);
    if (err) {
        ledger_refund(&caller->account.ledger, LEDGER_CALLS, 1);
        return err;
    }
    struct call *call = frame_to_pointer(paddr);
    err = copy_in(call, caller, sqe);
    if (err) {
        frame_free(paddr);
        ledger_refund(&caller->account.ledger, LEDGER_CALLS, 1);
        return err;
    }
    call->state = CALL_ACCEPTED;
    call->caller = caller;
    call->abandoned = CAP_OK;
    list_node_init(&call->caller_link);
    list_push_back(&caller->calls, &call->caller_link);
    object_reference(target);
    call->target = target;
    call->user_data = sqe->user_data;
    call->interface_id = sqe->interface_id;
    call->method_id = sqe->method_id;
    call->receive_count = sqe->receive_count;
    call->buffer_bytes = sqe->buffer_bytes;
    call->buffer = (uaddr_t){sqe->buffer_addr};
    call->badge = 0;
    call->queue = NULL;
    list_node_init(&call->queue_link);
    call->server = NULL;
    *accepted = call;
    return CAP_OK;
}

static uint32_t answer_cap_count(const struct answer *answer)
{
    return answer->transfer ? answer->transfer->count : answer->object_count;
}

static void answer_commit(const struct answer *answer, struct process *caller, const struct user_range *list)
{
    if (answer->transfer) {
        caps_commit(answer->transfer, caller, list);
        return;
    }
    for (uint32_t i = 0; i < answer->object_count; i++)
        caps_insert(answer->objects[i], caller, i, list);
}

static void answer_take_back(const struct answer *answer)
{
    if (answer->transfer)
        caps_roll_back(answer->transfer);
    for (uint32_t i = 0; i < answer->object_count; i++)
        object_release(answer->objects[i]);
}

/* Everything that can fail when an answer is handed over; *needed is filled for BUFFER_TOO_SMALL. */
static enum cap_err answer_check(const struct call *call, const struct answer *answer, struct cap_cqe *needed,
                                 struct user_range *buffer, struct user_range *list)
{
    uint32_t cap_count = answer_cap_count(answer);
    if (answer->status && answer->status != CAP_ERR_EXCEPTION)
        return answer->status;
    if (answer->message_bytes > call->buffer_bytes || cap_count > call->receive_count) {
        needed->message_bytes = answer->message_bytes;
        needed->cap_count = (uint16_t)cap_count;
        return CAP_ERR_BUFFER_TOO_SMALL;
    }
    enum cap_err err = user_range_resolve(&call->caller->space, call->buffer, answer->message_bytes,
                                          USER_ACCESS_WRITE, buffer);
    if (err || cap_count == 0)
        return err;
    return caps_check_receiver(call->caller, call->received, cap_count, list);
}

/* The caller has no part in the call any more. */
static void caller_detach(struct call *call, enum cap_err why)
{
    timer_stop(&call->timer);
    list_remove(&call->caller_link);
    ledger_refund(&call->caller->account.ledger, LEDGER_CALLS, 1);
    call->caller = NULL;
    call->abandoned = why;
}

static void call_free(struct call *call)
{
    CHECK(call->state != CALL_WAITING);
    if (call->server) {
        void *served;
        enum cap_err err = cap_table_remove(&call->server->serving, call->serving_id, &served);
        CHECK(!err && served == call);
        ledger_refund(&call->server->account.ledger, LEDGER_FRAMES, 1);
    }
    caps_roll_back(&call->transfer);
    object_release(call->target);
    if (call->caller)
        caller_detach(call, CAP_OK);
    frame_free(frame_from_pointer(call));
}

enum cap_err call_finish(struct call *call, const struct answer *answer)
{
    struct process *caller = call->caller;
    struct cap_cqe cqe = {.user_data = call->user_data};
    struct user_range buffer, list;
    enum cap_err err = caller ? answer_check(call, answer, &cqe, &buffer, &list) : call->abandoned;
    /* Nothing below can fail. */
    if (!err) {
        user_range_write(&buffer, 0, answer->message, answer->message_bytes);
        cqe.message_bytes = answer->message_bytes;
        cqe.cap_count = (uint16_t)answer_cap_count(answer);
        answer_commit(answer, caller, &list);
    } else {
        answer_take_back(answer);
    }
    cqe.status = err ? err : answer->status;
    call_free(call);
    if (!caller)
        return err;
    ring_complete(caller, &cqe);
    return err ? CAP_ERR_UNDELIVERED : CAP_OK;
}

void call_finish_error(struct call *call, enum cap_err err)
{
    const struct answer answer = {.status = err};
    (void)!call_finish(call, &answer);
}

void call_give_up(struct call *call, enum cap_err why)
{
    struct process *caller = call->caller;
    if (call->state == CALL_WAITING) {
        call_unwait(call);
        call_finish_error(call, why);
        return;
    }
    CHECK(call->state == CALL_SERVED);
    caller_detach(call, why);
    ring_complete_status(caller, call->user_data, why);
}

enum delivery call_deliver(struct call *call, struct receive *receive, struct refusal *refusal)
{
    struct process *server = receive->process;
    const struct cap_incoming incoming = {
        .badge = call->badge,
        .interface_id = call->interface_id,
        .method_id = call->method_id,
        .cap_count = (uint16_t)call->transfer.count,
        .message_bytes = call->message_bytes,
    };
    uint32_t bytes = (uint32_t)sizeof incoming + call->message_bytes;
    struct user_range buffer, list;
    *refusal = (struct refusal){
        .err = CAP_ERR_BUFFER_TOO_SMALL, .buffer_bytes = bytes, .cap_count = incoming.cap_count};
    if (bytes > receive->buffer_bytes || call->transfer.count > receive->receive_count)
        return RECEIVE_REFUSED;
    *refusal = (struct refusal){
        .err = user_range_resolve(&server->space, receive->buffer, bytes, USER_ACCESS_WRITE, &buffer)};
    if (!refusal->err)
        refusal->err = process_reserve_slots(server, &server->serving, 1);
    if (refusal->err)
        return RECEIVE_REFUSED;
    refusal->err = caps_check_receiver(server, receive->received, call->transfer.count, &list);
    if (refusal->err)
        return refusal->err == CAP_ERR_FAULT ? RECEIVE_REFUSED : CALL_REFUSED;
    /* From now on the call's record is kept for the server, also if its caller loses interest. */
    refusal->err = ledger_charge(&server->account.ledger, LEDGER_FRAMES, 1);
    if (refusal->err)
        return RECEIVE_REFUSED;

    if (call->state == CALL_WAITING)
        call_unwait(call);
    refusal->err = cap_table_insert(&server->serving, call, &call->serving_id);
    CHECK(!refusal->err);
    call->server = server;
    call->state = CALL_SERVED;
    caps_commit(&call->transfer, server, &list);
    user_range_write(&buffer, 0, &incoming, sizeof incoming);
    user_range_write(&buffer, offsetof(struct cap_incoming, call_id), &call->serving_id,
                     sizeof call->serving_id);
    user_range_write(&buffer, sizeof incoming, call->message, call->message_bytes);
    struct cap_cqe cqe = {.message_bytes = call->message_bytes, .cap_count = incoming.cap_count};
    receive_finish(receive, &cqe);
    return DELIVERED;
}

/* Calls that it made: those that wait are gone, those that are served have nobody to answer to. Calls that
 * it serves end for their callers, also those that it made itself. */
void process_abandon_calls(struct process *process)
{
    LIST_FOR_EACH(node, &process->calls)
    {
        struct call *call = LIST_ENTRY(node, struct call, caller_link);
        if (call->state == CALL_SERVED) {
            caller_detach(call, CAP_ERR_PEER_DEAD);
        } else {
            call_unwait(call);
            call_free(call);
        }
    }
    LIST_FOR_EACH(node, &process->receives)
    receive_free(LIST_ENTRY(node, struct receive, process_link));
    uint32_t cursor = 0;
    cap_id_t id;
    void *call;
    while (cap_table_next(&process->serving, &cursor, &id, &call))
        call_finish_error(call, CAP_ERR_PEER_DEAD);
}
