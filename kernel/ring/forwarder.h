/* What stands in front of another object and lets calls through to it: facets of FacetFactory, wait-only
 * process handles. A call that has passed is a call on the object behind; while it waits there, each
 * forwarder that it has passed lists it, so that taking a facet back ends it at once.
 *
 * Invariant: a call that waits is in the list of each forwarder between `passed` and its target, and holds
 * `passed`. Nobody's `target` changes while something is in his list.
 *
 * Next: kernel/ring/forwarder.c
 */
#pragma once

#include "kernel/ring/call.h"

struct books;

struct forwarder {
    struct object object;
    struct object *target; /* one reference; NULL once it is revoked */
    struct list waiting;   /* struct call, by passed_links[depth - 1] */
    uint32_t waiting_count;
    uint32_t depth; /* 1, or one more than the target's if that is a forwarder */
};

/* A zeroed record's fields; takes the caller's reference to the target. */
void forwarder_init(struct forwarder *forwarder, struct object *target);

static inline struct forwarder *forwarder_of(struct object *object)
{
    return LIST_ENTRY(object, struct forwarder, object);
}

/* The depth of one in front of this object; CAP_FACET_DEPTH_MAX at most are looked through in one go. */
uint32_t forwarder_depth_before(struct object *target);

/* Calls that wait behind it end with CAP_ERR_DISCONNECTED, at most CAP_FACET_WAITING_MAX, and nothing passes
 * any more. */
void forwarder_revoke(struct forwarder *forwarder);

/* For object_ops. */
void forwarder_check(struct object *object, struct books *books);

/* It is gone, so nothing waits behind it (CHECKed): gives its target up. */
void forwarder_end(struct forwarder *forwarder);
