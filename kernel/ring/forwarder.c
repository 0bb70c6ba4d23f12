/* Listing what waits behind a facet, and ending it.
 *
 * Next: kernel/cap/facet.c
 */
#include "kernel/ring/forwarder.h"
#include "kernel/ring/self_check.h"
#include "lib/check.h"

struct object *call_passing;

/* The next one behind it; NULL: the object itself is. */
static struct forwarder *forwarder_at(struct object *object)
{
    return object && object->ops->forward ? forwarder_of(object) : NULL;
}

void forwarder_init(struct forwarder *forwarder, struct object *target)
{
    forwarder->target = target;
    forwarder->depth = forwarder_depth_before(target);
    list_init(&forwarder->waiting);
}

uint32_t forwarder_depth_before(struct object *target)
{
    return target->ops->forward ? forwarder_of(target)->depth + 1 : 1;
}

void call_note_passed(struct call *call)
{
    call->passed = call_passing;
    object_reference(call->passed);
    for (struct forwarder *at = forwarder_at(call->passed); at; at = forwarder_at(at->target)) {
        list_push_back_new(&at->waiting, &call->passed_links[at->depth - 1]);
        at->waiting_count++;
    }
}

void call_forget_passed(struct call *call)
{
    for (struct forwarder *at = forwarder_at(call->passed); at; at = forwarder_at(at->target)) {
        list_remove(&call->passed_links[at->depth - 1]);
        at->waiting_count--;
    }
    object_release(call->passed);
    call->passed = NULL;
}

void forwarder_revoke(struct forwarder *forwarder)
{
    struct list_node *node;
    while ((node = list_first(&forwarder->waiting))) {
        struct list_node *links = node - (forwarder->depth - 1);
        call_give_up(LIST_ENTRY(links, struct call, passed_links), CAP_ERR_DISCONNECTED);
    }
    forwarder_end(forwarder);
}

void forwarder_check(struct object *object, struct books *books)
{
    const struct forwarder *forwarder = forwarder_of(object);
    if (books)
        self_check_list(books, object->ops->name, "calls that wait", &forwarder->waiting,
                        forwarder->waiting_count);
}

void forwarder_end(struct forwarder *forwarder)
{
    struct object *target = forwarder->target;
    CHECK(list_is_empty(&forwarder->waiting));
    forwarder->target = NULL;
    if (target)
        object_release(target);
}
