/* Glue between calls and generated dispatch.
 *
 * Next: kernel/cap/console.c
 */
#include "kernel/ring/kernel_call.h"
#include "build/gen/schema/capos.capnp.h"
#include "kernel/ring/caps.h"
#include "lib/check.h"

#define MESSAGE_WORDS (CAP_MESSAGE_BYTES_MAX / 8)

/* Answers are built here and copied to the caller before anything else runs. */
static uint64_t results[MESSAGE_WORDS];

static struct kernel_call *kernel_call_of(struct wire_call *wire)
{
    return (struct kernel_call *)(void *)((char *)wire - offsetof(struct kernel_call, wire));
}

struct process *kernel_call_caller(struct wire_call *wire)
{
    return kernel_call_of(wire)->call->caller;
}

struct transfer *kernel_call_transfer(struct wire_call *wire)
{
    return &kernel_call_of(wire)->call->transfer;
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
    const struct call *call = kernel_call_of(wire)->call;
    if (message_bytes > call->buffer_bytes || object_count > call->receive_count)
        return CAP_ERR_BUFFER_TOO_SMALL;
    return process_reserve_slots(call->caller, &call->caller->caps, object_count);
}

struct call *kernel_call_defer(struct wire_call *wire, struct call_queue *queue)
{
    struct call *call = kernel_call_of(wire)->call;
    wire->is_deferred = true;
    call_wait(call, queue);
    return call;
}

static void build_exception(struct wire_call *wire)
{
    wire_message_build(&wire->results, results, MESSAGE_WORDS);
    struct os_CapException_builder exception = os_CapException_init_root(&wire->results);
    os_CapException_set_type(exception, wire->exception_type);
    enum cap_err err = os_CapException_set_reason(exception, wire->exception_reason);
    CHECK(!err);
}

static void finish(struct kernel_call *kernel_call, enum cap_err status)
{
    struct wire_call *wire = &kernel_call->wire;
    if (status == CAP_ERR_EXCEPTION)
        build_exception(wire);
    CHECK(!wire->results.overflowed);
    const struct answer answer = {
        .status = status,
        .message = results,
        .message_bytes = wire->results.word_count * 8,
        .objects = kernel_call->objects,
        .object_count = kernel_call->object_count,
    };
    (void)!call_finish(kernel_call->call, &answer);
}

static void kernel_call_start(struct kernel_call *kernel_call, struct call *call)
{
    *kernel_call = (struct kernel_call){
        .wire = {.interface_id = call->interface_id, .method_id = call->method_id},
        .call = call,
    };
    wire_message_read(&kernel_call->wire.params, call->message, call->message_bytes / 8,
                      call->transfer.count);
    wire_message_build(&kernel_call->wire.results, results, MESSAGE_WORDS);
}

void kernel_call_run(struct call *call)
{
    struct kernel_call kernel_call;
    kernel_call_start(&kernel_call, call);
    enum cap_err status = call->target->ops->dispatch(call->target, &kernel_call.wire);
    caps_roll_back(&call->transfer);
    if (!kernel_call.wire.is_deferred)
        finish(&kernel_call, status);
}

void kernel_call_answer(struct call *call, void (*fill)(struct wire_call *wire, const void *context),
                        const void *context)
{
    struct kernel_call kernel_call;
    call_unwait(call);
    kernel_call_start(&kernel_call, call);
    fill(&kernel_call.wire, context);
    finish(&kernel_call, CAP_OK);
}
