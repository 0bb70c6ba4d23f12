/* Reference counts.
 *
 * Next: kernel/ring/call.h
 */
#include "kernel/object.h"
#include "lib/check.h"

/* Each an object that ends, a call or a capability that it brings down. */
#define REAP_UNITS 256

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

/* How many units it took. */
static uint32_t reap_step(struct object *object)
{
    uint32_t units = object->ops->dismantle ? object->ops->dismantle(object) : 0;
    if (units)
        return units;
    list_remove(&object->reap_link);
    object->ops->destroy(object);
    return 1;
}

uint32_t object_reap_all(void)
{
    struct list_node *node;
    uint32_t units = 0;
    while (units < REAP_UNITS && (node = list_first(&object_reap_list)))
        units += reap_step(LIST_ENTRY(node, struct object, reap_link));
    return units;
}
