/* FrameAllocator: the right to physical memory. Two kinds:
 *
 *   the root        memory is charged to who calls
 *   struct share    memory is charged to who made the share, whoever calls: up to so many pages at one time
 *
 * A share belongs to an account like any object. Memory made through it is charged to that account and holds
 * the share; so a share ends after all its memory. When who made it ends, its account passes to the parent
 * and so does what there is, but nothing new is made.
 *
 * Next: kernel/cap/memory_object.c
 */
#include "build/gen/schema/capos.capnp.h"
#include "kernel/cap/objects.h"
#include "kernel/ring/kernel_call.h"
#include "lib/books.h"
#include "lib/check.h"
#include "lib/fmt.h"

struct share {
    struct object object;
    struct account *sharer; /* who pays, as long as this is the object's account; else only to compare */
    uint64_t page_limit;
    uint64_t page_count;  /* of the memory that was made through it */
    uint64_t found_count; /* of them, by the self-check; 0 between checks */
};

static struct record_pool share_pool = RECORD_POOL(struct share);
static struct object root;

static uint64_t pages_of(uint64_t byte_count)
{
    return byte_count / CAP_PAGE_BYTES + (byte_count % CAP_PAGE_BYTES != 0);
}

/* Who pays, and the share that counts it, or NULL. */
struct payment {
    struct account *account;
    struct share *share;
};

static enum cap_err payment_find(struct object *allocator, struct wire_call *wire, uint64_t byte_count,
                                 struct payment *payment)
{
    static char text[LEDGER_TEXT_BYTES];
    *payment = (struct payment){.account = &kernel_call_caller(wire)->account};
    if (allocator == &root)
        return CAP_OK;
    struct share *share = LIST_ENTRY(allocator, struct share, object);
    *payment = (struct payment){.account = share->object.account, .share = share};
    if (share->object.account != share->sharer || share->sharer->is_ending)
        return CAP_ERR_DISCONNECTED;
    if (pages_of(byte_count) <= share->page_limit - share->page_count)
        return CAP_OK;
    fmt_print(text, sizeof text, "the share: %llu of %llu pages in use, %llu more asked",
              (unsigned long long)share->page_count, (unsigned long long)share->page_limit,
              (unsigned long long)pages_of(byte_count));
    return wire_call_raise(wire, os_CapException_Type_overloaded, wire_text_of(text));
}

/* The room for the answer is looked at first, so that no memory is zeroed in vain. */
static enum cap_err allocator_create(void *self, struct wire_call *wire,
                                     struct os_FrameAllocator_create_Params_reader params)
{
    struct os_FrameAllocator_create_Results_builder results = os_FrameAllocator_create_Results_init(wire);
    uint64_t byte_count = os_FrameAllocator_create_Params_get_bytes(params);
    struct payment payment;
    struct object *memory;
    enum cap_err err = kernel_call_preflight(wire, wire->results.word_count * 8, 1);
    if (!err)
        err = payment_find(self, wire, byte_count, &payment);
    if (!err)
        err = memory_object_make(payment.account, byte_count, payment.share ? self : NULL, &memory);
    if (err)
        return err;
    if (payment.share)
        payment.share->page_count += pages_of(byte_count);
    return os_FrameAllocator_create_Results_set_memory(results, kernel_call_attach(wire, memory));
}

static enum cap_err allocator_share(void *self, struct wire_call *wire,
                                    struct os_FrameAllocator_share_Params_reader params)
{
    struct account *account = &kernel_call_caller(wire)->account;
    uint64_t byte_count = os_FrameAllocator_share_Params_get_bytes(params);
    struct object *made;
    if (self != &root)
        return CAP_ERR_UNIMPLEMENTED;
    if (byte_count == 0)
        return CAP_ERR_INVALID;
    enum cap_err err = account_make_object(account, &share_pool, root.ops, os_FrameAllocator_ID, &made);
    if (err)
        return err;
    struct share *share = LIST_ENTRY(made, struct share, object);
    share->sharer = account;
    share->page_limit = pages_of(byte_count);
    struct os_FrameAllocator_share_Results_builder results = os_FrameAllocator_share_Results_init(wire);
    return os_FrameAllocator_share_Results_set_allocator(results, kernel_call_attach(wire, made));
}

void frame_allocator_give_back(struct object *object, uint64_t page_count)
{
    struct share *share = LIST_ENTRY(object, struct share, object);
    CHECK(page_count <= share->page_count);
    share->page_count -= page_count;
}

void frame_allocator_show(struct object *object, uint64_t page_count)
{
    LIST_ENTRY(object, struct share, object)->found_count += page_count;
}

static void share_check(struct object *object, struct books *books)
{
    struct share *share = LIST_ENTRY(object, struct share, object);
    if (!books || object == &root)
        return;
    books_count(books, "FrameAllocator", "pages made through a share", share->page_count, share->found_count);
    share->found_count = 0;
}

static void share_destroy(struct object *object)
{
    CHECK(LIST_ENTRY(object, struct share, object)->page_count == 0);
    account_free_object(object, &share_pool);
}

static const struct os_FrameAllocator_server allocator_server = {.create = allocator_create,
                                                                 .share = allocator_share};

static enum cap_err allocator_dispatch(struct object *object, struct wire_call *wire)
{
    return os_FrameAllocator_dispatch(&allocator_server, object, wire);
}

static const struct object_ops allocator_ops = {
    .name = "FrameAllocator",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .dispatch = allocator_dispatch,
    .check = share_check,
    .destroy = share_destroy,
};

static struct object root = OBJECT_STATIC(&allocator_ops, os_FrameAllocator_ID);

struct object *frame_allocator_object(void)
{
    return &root;
}
