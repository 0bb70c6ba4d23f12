/* Glue between calls and generated dispatch.
 *
 * Next: kernel/cap/console.c
 */
#include "kernel/ring/kernel_call.h"
#include "build/gen/schema/capos.capnp.h"
#include "abi/syscall.h"
#include "kernel/ring/enter.h"
#include "lib/check.h"

#define MESSAGE_WORDS (CAP_MESSAGE_BYTES_MAX / 8)

/* One kernel, one call at a time: parameters are copied in before they are judged, answers are built here and
 * copied to the caller before anything else runs. */
static uint64_t params[MESSAGE_WORDS];
static uint64_t results[MESSAGE_WORDS];

/* What the call takes that was last refused for want of room: only kernel_call_preflight refuses one so. */
static struct {
    uint32_t buffer_bytes;
    uint16_t object_count;
} needed;

static inline struct kernel_call *kernel_call_of(struct wire_call *wire)
{
    return (struct kernel_call *)(void *)((char *)wire - offsetof(struct kernel_call, wire));
}

struct process *kernel_call_caller(struct wire_call *wire)
{
    return kernel_call_of(wire)->caller;
}

struct transfer *kernel_call_transfer(struct wire_call *wire)
{
    return &kernel_call_of(wire)->transfer;
}

enum cap_err kernel_call_argument(struct wire_call *wire, uint32_t cap_index, const struct object_ops *ops,
                                  struct object **object)
{
    if (cap_index == WIRE_CAP_NULL)
        return CAP_ERR_INVALID;
    struct object *found = transfer_object(kernel_call_transfer(wire), cap_index);
    if (ops && found->ops != ops)
        return CAP_ERR_WRONG_INTERFACE;
    *object = found;
    return CAP_OK;
}

uint32_t kernel_call_attach(struct wire_call *wire, struct object *owned_object)
{
    struct kernel_call *kernel_call = kernel_call_of(wire);
    CHECK(kernel_call->object_count < KERNEL_CALL_OBJECTS_MAX);
    kernel_call->objects[kernel_call->object_count] = owned_object;
    return kernel_call->object_count++;
}

enum cap_err kernel_call_preflight(struct wire_call *wire, uint32_t message_bytes, uint32_t object_count)
{
    const struct kernel_call *kernel_call = kernel_call_of(wire);
    if (message_bytes > kernel_call->sqe->buffer_bytes || object_count > kernel_call->sqe->receive_count) {
        needed.buffer_bytes = message_bytes;
        needed.object_count = (uint16_t)object_count;
        return CAP_ERR_BUFFER_TOO_SMALL;
    }
    return process_reserve_slots(kernel_call->caller, &kernel_call->caller->caps, object_count);
}

static inline struct reply_place place_of(const struct kernel_call *kernel_call)
{
    const struct cap_sqe *sqe = kernel_call->sqe;
    return (struct reply_place){
        .user_data = sqe->user_data,
        .buffer = {sqe->buffer_addr},
        .received = kernel_call->received,
        .buffer_bytes = sqe->buffer_bytes,
        .receive_count = sqe->receive_count,
    };
}

enum cap_err kernel_call_defer(struct wire_call *wire, struct call_queue *queue, struct call **call)
{
    struct kernel_call *kernel_call = kernel_call_of(wire);
    struct reply_place place = place_of(kernel_call);
    enum cap_err err = call_charge_wait(kernel_call->caller, 0);
    if (err)
        return err;
    err = call_make(kernel_call->caller, kernel_call->target, &place, call);
    if (err) {
        call_refund_wait(kernel_call->caller, 0);
        return err;
    }
    wire->is_deferred = true;
    call_wait(*call, queue);
    if (kernel_call->timeout_ns != CAP_TIMEOUT_NEVER)
        call_limit_time(*call, kernel_call->timeout_ns);
    return CAP_OK;
}

static void build_exception(struct wire_call *wire)
{
    wire_message_build(&wire->results, results, MESSAGE_WORDS);
    struct os_CapException_builder exception = os_CapException_init_root(&wire->results);
    os_CapException_set_type(exception, wire->exception_type);
    enum cap_err err = os_CapException_set_reason(exception, wire->exception_reason);
    CHECK(!err);
}

static inline void kernel_call_init(struct kernel_call *kernel_call)
{
    struct wire_call *wire = &kernel_call->wire;
    wire->badge = 0;
    wire->is_deferred = false;
    wire_message_build(&wire->results, results, MESSAGE_WORDS);
    kernel_call->object_count = 0;
}

/* The exception that an exhausted ledger raises. */
static enum cap_err raise_overloaded(struct kernel_call *kernel_call)
{
    static char text[LEDGER_TEXT_BYTES];
    account_refusal_text(&kernel_call->caller->account, text);
    return wire_call_raise(&kernel_call->wire, os_CapException_Type_overloaded, wire_text_of(text));
}

/* Without room for the exception the status has to say it. */
static __attribute__((noinline)) enum cap_err finish_error(struct kernel_call *kernel_call,
                                                           enum cap_err error)
{
    struct wire_call *wire = &kernel_call->wire;
    enum cap_err status = error == CAP_ERR_QUOTA ? raise_overloaded(kernel_call) : error;
    if (status == CAP_ERR_EXCEPTION)
        build_exception(wire);
    bool is_room = wire->results.word_count * 8 <= kernel_call->sqe->buffer_bytes;
    return error == CAP_ERR_QUOTA && !is_room ? error : status;
}

/* What the method has left in the call. */
static inline struct answer answer_of(struct kernel_call *kernel_call, enum cap_err status)
{
    struct wire_call *wire = &kernel_call->wire;
    if (__builtin_expect(status != CAP_OK, 0))
        status = finish_error(kernel_call, status);
    CHECK(!wire->results.overflowed);
    return (struct answer){
        .status = status,
        .message = user_range_of_kernel(results, wire->results.word_count * 8),
        .objects = kernel_call->objects,
        .object_count = kernel_call->object_count,
    };
}

static __attribute__((noinline)) enum cap_err accept_general(struct kernel_call *kernel_call)
{
    struct process *caller = kernel_call->caller;
    const struct cap_sqe *sqe = kernel_call->sqe;
    struct user_range message, copy = user_range_of_kernel(params, sqe->message_bytes);
    struct reply_place place = {0};
    uaddr_t descriptors;
    enum cap_err err = user_range_resolve(&caller->space, (uaddr_t){sqe->message_addr}, sqe->message_bytes,
                                          USER_ACCESS_READ, &message);
    if (!err)
        err = caps_read_time_limit(caller, sqe, &kernel_call->timeout_ns, &descriptors);
    if (!err)
        err = reply_judge(caller, sqe, descriptors, &place);
    if (!err)
        err = caps_prepare(&kernel_call->transfer, caller, descriptors, sqe->send_count);
    if (!err)
        user_range_copy(&copy, 0, &message, sqe->message_bytes);
    kernel_call->received = place.received;
    return err;
}

/* Copies the call in: after this the caller's memory is not looked at again. Without capabilities and time
 * limit, and with memory that was used before, there is not much to it. */
static inline enum cap_err accept(struct kernel_call *kernel_call)
{
    struct process *caller = kernel_call->caller;
    const struct cap_sqe *sqe = kernel_call->sqe;
    uint8_t *message;
    if (!user_quick(&caller->space, sqe->message_addr, sqe->message_bytes, USER_ACCESS_READ, &message) ||
        sqe->send_count || sqe->flags || !reply_is_quick(caller, sqe, CAP_MESSAGE_BYTES_MAX))
        return accept_general(kernel_call);
    user_copy_words(params, message, sqe->message_bytes / 8);
    kernel_call->received.value = sqe->transfers_addr;
    kernel_call->timeout_ns = CAP_TIMEOUT_NEVER;
    transfer_init(&kernel_call->transfer);
    return CAP_OK;
}

static __attribute__((noinline)) void answer_general(struct kernel_call *kernel_call, enum cap_err status)
{
    struct cap_cqe cqe;
    const struct answer answer = answer_of(kernel_call, status);
    const struct reply_place place = place_of(kernel_call);
    (void)!reply_put(kernel_call->caller, &place, &answer, &cqe);
    if (status == CAP_ERR_BUFFER_TOO_SMALL) {
        cqe.message_bytes = needed.buffer_bytes;
        cqe.cap_count = needed.object_count;
    }
    ring_complete(kernel_call->caller, &cqe);
}

/* A result without capabilities, for memory that was used before and still is there. */
static inline void answer(struct kernel_call *kernel_call, enum cap_err status)
{
    struct process *caller = kernel_call->caller;
    const struct cap_sqe *sqe = kernel_call->sqe;
    uint32_t bytes = kernel_call->wire.results.word_count * 8;
    uint8_t *to;
    if (status || !user_quick(&caller->space, sqe->buffer_addr, bytes, USER_ACCESS_WRITE, &to) ||
        bytes > sqe->buffer_bytes || kernel_call->object_count || kernel_call->wire.results.overflowed) {
        answer_general(kernel_call, status);
        return;
    }
    user_copy_words(to, results, bytes / 8);
    const struct cap_cqe cqe = {.user_data = sqe->user_data, .message_bytes = bytes};
    ring_complete(caller, &cqe);
}

enum cap_err kernel_call_run(struct object *target, struct process *caller, const struct cap_sqe *sqe)
{
    struct kernel_call kernel_call;
    struct wire_call *wire = &kernel_call.wire;
    kernel_call.caller = caller;
    kernel_call.target = target;
    kernel_call.sqe = sqe;
    enum cap_err err = accept(&kernel_call);
    if (err)
        return err;
    kernel_call_init(&kernel_call);
    wire->interface_id = sqe->interface_id;
    wire->method_id = sqe->method_id;
    wire_message_read(&wire->params, params, sqe->message_bytes / 8, kernel_call.transfer.count);
    enum cap_err status = target->ops->dispatch(target, wire);
    caps_roll_back(&kernel_call.transfer);
    if (!wire->is_deferred)
        answer(&kernel_call, status);
    return CAP_OK;
}

bool kernel_call_answer(struct call *call, void (*fill)(struct wire_call *wire, const void *context),
                        const void *context)
{
    struct kernel_call kernel_call;
    call_unwait(call);
    kernel_call.sqe = NULL;
    kernel_call_init(&kernel_call);
    fill(&kernel_call.wire, context);
    const struct answer answer = answer_of(&kernel_call, CAP_OK);
    return call_finish(call, &answer) == CAP_OK;
}
