/* Reference counts.
 *
 * Next: kernel/ring/call.h
 */
#include "kernel/object.h"
#include "kernel/x86_64/clock.h"
#include "lib/check.h"

/* A few objects end at once. For more there is so much time, and one step of the last of them. */
#define REAP_FEW 4
#define REAP_NS  25000

struct list object_reap_list = {{&object_reap_list.head, &object_reap_list.head}};

void object_init(struct object *object, const struct object_ops *ops, uint64_t interface_id)
{
    *object = (struct object){.ops = ops, .interface_id = interface_id, .reference_count = 1};
}

void object_unreferenced(struct object *object)
{
    CHECK(object->ops->destroy);
    list_push_back(&object_reap_list, &object->reap_link);
}

static void reap_step(struct object *object)
{
    if (object->ops->dismantle && object->ops->dismantle(object))
        return;
    list_remove(&object->reap_link);
    object->ops->destroy(object);
}

void object_reap_all(void)
{
    struct list_node *node;
    uint64_t end_ns = 0;
    for (uint32_t count = 1; (node = list_first(&object_reap_list)); count++) {
        reap_step(LIST_ENTRY(node, struct object, reap_link));
        if (count == REAP_FEW)
            end_ns = clock_now_ns() + REAP_NS;
        else if (count > REAP_FEW && clock_now_ns() >= end_ns)
            return;
    }
}
