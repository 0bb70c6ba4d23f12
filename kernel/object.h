/* What a capability names: a typed object with a reference count.
 *
 * A capability is the right to use the object's interface, nothing less and nothing more: to give less,
 * make another object with fewer methods. The kernel reaches every object only through its operations.
 *
 * References are held by: each slot of a capability table; each copy in a transfer under way (what is moved
 * is still in its sender's table); each call that has the object as its target, until the call is finished;
 * each RECV that waits on it; each answer under way to which a method has attached it, until the answer is
 * put or taken back; each mapping of a memory object; and whatever the object's own file lists. The last one
 * to go puts the object on a list; object_reap destroys what is on it, so that destruction never nests.
 *
 * Next: kernel/cap/console.c for the simplest object, kernel/ring/op_call.c for who calls them
 */
#pragma once

#include "abi/error.h"
#include "lib/check.h"
#include "lib/list.h"

struct account;
struct books;
struct cap_sqe;
struct process;
struct wire_call;
struct object;

struct object_visitor {
    void *context;
    void (*visit)(void *context, struct object *object);
};

struct object_ops {
    const char *name; /* for the log */
    bool can_copy;
    bool can_move;
    bool is_timer_safe; /* its methods are bounded, allocate nothing and never wait: the tick may run them */

    /* A facet that stands in front of another object, a struct forwarder: which object runs this method in
     * its place, or why none does. NULL: the object runs its methods itself. */
    enum cap_err (*forward)(struct object *object, uint16_t method_id, struct object **target);

    /* Whether a CALL that names this interface, which is not the object's own, is for it all the same: its
     * own inherits from it. NULL: never, or dispatch knows, which judges the interface again. */
    bool (*inherits)(const struct object *object, uint64_t interface_id);

    /* Exactly one of dispatch and call is set, unless forward is.
     * dispatch answers at once, or defers its answer (kernel/ring/kernel_call.h).
     * call accepts the CALL if it returns CAP_OK, else has changed nothing. */
    enum cap_err (*dispatch)(struct object *object, struct wire_call *wire);
    enum cap_err (*call)(struct object *object, struct process *caller, const struct cap_sqe *sqe);

    /* Starts the RECV in sqe, which completes with these CAP_CQE_ flags, if it returns CAP_OK; else nothing
     * has changed. NULL: not a server's facet. */
    enum cap_err (*receive)(struct object *object, struct process *server, const struct cap_sqe *sqe,
                            uint16_t cqe_flags);

    /* Visits each object that this one holds a reference to, once for each. NULL: it holds none. For the
     * self-check. */
    void (*visit_held)(struct object *object, const struct object_visitor *visitor);

    /* Compares the counts that the object keeps of others with what there is, by books_count. Called for
     * every object with NULL first: then it shows itself to those that count it. NULL: it keeps none, and
     * nobody counts it but by its references. For the self-check. */
    void (*check)(struct object *object, struct books *books);

    /* The last reference has gone. Runs from object_reap. NULL: the object is never destroyed. */
    void (*destroy)(struct object *object);

    /* For what takes long: runs before destroy until it has nothing more to do. Each time it does some, and
     * says how many units that were: calls that end, and capabilities that came with them. NULL: nothing. */
    uint32_t (*dismantle)(struct object *object);
};

struct object {
    const struct object_ops *ops;
    uint64_t interface_id;
    uint32_t reference_count;
    uint32_t found_count;       /* of kernel/ring/self_check.c; 0 between checks */
    uint32_t abandoned_count;   /* of kernel/ring: calls on it that are served, and that nobody waits for */
    uint64_t number;            /* of kernel/task/audit.c; 0: it has had no need of one */
    struct list_node reap_link; /* in the list of object.c while the count is 0 */
    /* Of kernel/task/account.c; unused for objects of the kernel image. */
    struct account *account;
    struct list_node account_link;
    uint64_t frame_count; /* frames that it holds, charged together with its record */
};

/* One reference, the caller's. */
void object_init(struct object *object, const struct object_ops *ops, uint64_t interface_id);

/* An object that is part of the kernel image and is never destroyed. */
#define OBJECT_STATIC(object_ops, id)                                   \
    {                                                                   \
        .ops = (object_ops), .interface_id = (id), .reference_count = 1 \
    }

static inline void object_reference(struct object *object)
{
    CHECK(object->reference_count > 0 && object->reference_count < UINT32_MAX);
    object->reference_count++;
}

/* The last reference has gone; of object.c. */
void object_unreferenced(struct object *object);

static inline void object_release(struct object *object)
{
    CHECK(object->reference_count > 0);
    if (__builtin_expect(--object->reference_count == 0, 0))
        object_unreferenced(object);
}

/* Of object.c: what waits to be destroyed. */
extern struct list object_reap_list;
uint32_t object_reap_all(void);

static inline bool object_is_any_left(void)
{
    return !list_is_empty(&object_reap_list);
}

/* Destroys what has no reference left, and what that releases in turn. If that is much, the rest is left for
 * the next one; the scheduler does so too. Called where no object is in use. How many units it took. */
static inline uint32_t object_reap(void)
{
    return __builtin_expect(object_is_any_left(), 0) ? object_reap_all() : 0;
}
