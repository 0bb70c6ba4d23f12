/* Reference counts.
 *
 * Next: kernel/ring/call.h
 */
#include "kernel/object.h"
#include "lib/check.h"

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

/* Bounded by the objects that exist: each is destroyed once. */
void object_reap_all(void)
{
    struct list_node *node;
    while ((node = list_pop_front(&object_reap_list))) {
        struct object *object = LIST_ENTRY(node, struct object, reap_link);
        object->ops->destroy(object);
    }
}
