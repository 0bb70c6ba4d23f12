/* Reference counts.
 *
 * Next: kernel/ring/call.h
 */
#include "kernel/object.h"
#include "lib/check.h"

static struct list unreferenced = {{&unreferenced.head, &unreferenced.head}};

void object_init(struct object *object, const struct object_ops *ops, uint64_t interface_id)
{
    *object = (struct object){.ops = ops, .interface_id = interface_id, .reference_count = 1};
}

void object_reference(struct object *object)
{
    CHECK(object->reference_count > 0 && object->reference_count < UINT32_MAX);
    object->reference_count++;
}

void object_release(struct object *object)
{
    CHECK(object->reference_count > 0);
    if (--object->reference_count == 0) {
        CHECK(object->ops->destroy);
        list_push_back(&unreferenced, &object->reap_link);
    }
}

/* Bounded by the objects that exist: each is destroyed once. */
void object_reap(void)
{
    struct list_node *node;
    while ((node = list_pop_front(&unreferenced))) {
        struct object *object = LIST_ENTRY(node, struct object, reap_link);
        object->ops->destroy(object);
    }
}
