/* Transfers, case by case; the numbers in comments are those of the hostile cases.
 *
 * Next: tests/host/test_transfer_model.c
 */
#include "lib/transfer.h"
#include "tests/host/check.h"
#include "tests/host/test.h"
#include "tests/host/transfer_world.h"

static struct cap_table *const a = &tables[0], *const b = &tables[1], *const c = &tables[2];
static struct world_image image;
static cap_id_t ids[CAP_TRANSFER_MAX];

static struct cap_transfer_out copy_of(cap_id_t id)
{
    return (struct cap_transfer_out){id.bits, CAP_TRANSFER_COPY};
}

static struct cap_transfer_out move_of(cap_id_t id)
{
    return (struct cap_transfer_out){id.bits, CAP_TRANSFER_MOVE};
}

/* Fills a table to its last slot. */
static void fill(struct cap_table *table)
{
    while (cap_table_free_count(table) > 0)
        (void)object_make(table, true, true);
}

TEST(a_copy_is_held_by_both)
{
    world_begin(3);
    cap_id_t id = object_make(a, true, true);
    struct cap_transfer_out out = copy_of(id);
    EXPECT_EQ(send(a, b, &out, 1, ids), CAP_OK);
    EXPECT_EQ(lookup(a, id), CAP_OK);
    EXPECT_EQ(lookup(b, ids[0]), CAP_OK);
    EXPECT_EQ(objects[0].references, 2);
    EXPECT(world_is_consistent(NULL, 0));
}

TEST(a_moved_capability_is_held_by_the_receiver_alone)
{
    world_begin(3);
    cap_id_t id = object_make(a, true, true);
    struct cap_transfer_out out = move_of(id);
    EXPECT_EQ(send(a, b, &out, 1, ids), CAP_OK);
    EXPECT_EQ(lookup(a, id), CAP_ERR_STALE);
    EXPECT_EQ(lookup(b, ids[0]), CAP_OK);
    EXPECT_EQ(objects[0].references, 1);
    EXPECT(world_is_consistent(NULL, 0));
}

TEST(a_message_without_capabilities_changes_no_table)
{
    world_begin(3);
    fill(b);
    world_save(&image);
    EXPECT_EQ(send(a, b, NULL, 0, NULL), CAP_OK);
    EXPECT(world_is(&image));
}

TEST(capabilities_arrive_in_the_order_of_the_descriptors)
{
    world_begin(32);
    struct cap_transfer_out out[CAP_TRANSFER_MAX];
    for (uint32_t i = 0; i < CAP_TRANSFER_MAX; i++) {
        cap_id_t id = object_make(a, true, true);
        out[CAP_TRANSFER_MAX - 1 - i] = i % 2 ? move_of(id) : copy_of(id);
    }
    EXPECT_EQ(send(a, b, out, CAP_TRANSFER_MAX, ids), CAP_OK);
    for (uint32_t i = 0; i < CAP_TRANSFER_MAX; i++) {
        void *object = NULL;
        EXPECT_EQ(cap_table_lookup(b, ids[i], &object), CAP_OK);
        EXPECT(object == &objects[CAP_TRANSFER_MAX - 1 - i]);
    }
    EXPECT(world_is_consistent(NULL, 0));
}

TEST(moving_to_a_full_table_leaves_the_senders_id_alive) /* 60 */
{
    world_begin(3);
    cap_id_t id = object_make(a, true, true);
    fill(b);
    world_save(&image);
    struct cap_transfer_out out = move_of(id);
    EXPECT_EQ(send(a, b, &out, 1, ids), CAP_ERR_NO_SLOT);
    EXPECT(world_is(&image));
    EXPECT_EQ(lookup(a, id), CAP_OK);
}

TEST(copying_to_a_full_table_changes_nothing) /* 61 */
{
    world_begin(3);
    struct cap_transfer_out out = copy_of(object_make(a, true, true));
    fill(b);
    world_save(&image);
    EXPECT_EQ(send(a, b, &out, 1, ids), CAP_ERR_NO_SLOT);
    EXPECT(world_is(&image));
}

TEST(a_capability_on_its_way_is_busy_for_use_release_and_a_second_transfer) /* 62, 63, 66 */
{
    world_begin(3);
    static struct transfer first, second;
    cap_id_t id = object_make(a, true, true);
    struct cap_transfer_out move = move_of(id), copy = copy_of(id);
    EXPECT_EQ(prepare(&first, a, &move, 1), CAP_OK);
    world_save(&image);
    EXPECT_EQ(lookup(a, id), CAP_ERR_BUSY);
    EXPECT_EQ(release(a, id), CAP_ERR_BUSY);
    EXPECT_EQ(prepare(&second, a, &move, 1), CAP_ERR_BUSY);
    EXPECT_EQ(prepare(&second, a, &copy, 1), CAP_ERR_BUSY);
    EXPECT(!transfer_is_prepared(&second));
    EXPECT(world_is(&image));
    EXPECT_EQ(finish(&first, b, ids), CAP_OK);
    EXPECT_EQ(prepare(&second, a, &move, 1), CAP_ERR_STALE);
    EXPECT_EQ(lookup(b, ids[0]), CAP_OK);
}

TEST(an_id_named_twice_is_refused_unless_both_are_copies) /* 64, 65 */
{
    world_begin(3);
    cap_id_t id = object_make(a, true, true), other = object_make(a, true, true);
    struct cap_transfer_out move_move[] = {move_of(id), move_of(other), move_of(id)};
    struct cap_transfer_out copy_move[] = {copy_of(id), move_of(other), move_of(id)};
    struct cap_transfer_out move_copy[] = {move_of(id), copy_of(id)};
    struct cap_transfer_out copy_copy[] = {copy_of(id), copy_of(id)};
    world_save(&image);
    EXPECT_EQ(send(a, b, move_move, 3, ids), CAP_ERR_BAD_SQE);
    EXPECT_EQ(send(a, b, copy_move, 3, ids), CAP_ERR_BAD_SQE);
    EXPECT_EQ(send(a, b, move_copy, 2, ids), CAP_ERR_BAD_SQE);
    EXPECT(world_is(&image));
    EXPECT_EQ(send(a, b, copy_copy, 2, ids), CAP_OK);
    EXPECT_EQ(objects[0].references, 3);
    EXPECT(world_is_consistent(NULL, 0));
}

TEST(two_capabilities_to_one_object_may_both_be_moved)
{
    world_begin(3);
    cap_id_t first = object_make(a, true, true);
    struct cap_transfer_out out = copy_of(first);
    EXPECT_EQ(send(a, a, &out, 1, ids), CAP_OK);
    struct cap_transfer_out both[] = {move_of(first), move_of(ids[0])};
    EXPECT_EQ(send(a, b, both, 2, ids), CAP_OK);
    EXPECT_EQ(edges_of(b, &objects[0]), 2);
    EXPECT(world_is_consistent(NULL, 0));
}

TEST(any_mode_but_copy_and_move_is_malformed) /* 83 */
{
    static const uint64_t modes[] = {0, 3, 4, 0x100000001, 0x8000000000000002, UINT64_MAX};
    world_begin(3);
    cap_id_t id = object_make(a, true, true);
    world_save(&image);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        struct cap_transfer_out out = {id.bits, modes[i]};
        EXPECT_EQ(send(a, b, &out, 1, ids), CAP_ERR_BAD_SQE);
    }
    EXPECT(world_is(&image));
}

TEST(the_object_decides_how_it_may_be_handed_on) /* 80, 81 */
{
    for (int can_copy = 0; can_copy < 2; can_copy++) {
        for (int can_move = 0; can_move < 2; can_move++) {
            world_begin(3);
            cap_id_t id = object_make(a, can_copy, can_move);
            struct cap_transfer_out copy = copy_of(id), move = move_of(id);
            EXPECT_EQ(send(a, b, &copy, 1, ids), can_copy ? CAP_OK : CAP_ERR_NOT_TRANSFERABLE);
            EXPECT_EQ(send(a, b, &move, 1, ids), can_move ? CAP_OK : CAP_ERR_NOT_TRANSFERABLE);
            EXPECT(world_is_consistent(NULL, 0));
        }
    }
}

TEST(a_failure_at_any_descriptor_leaves_everything_as_it_was) /* 82, 85 */
{
    for (uint32_t bad_index = 0; bad_index < CAP_TRANSFER_MAX; bad_index++) {
        world_begin(40);
        struct cap_transfer_out out[CAP_TRANSFER_MAX];
        for (uint32_t i = 0; i < CAP_TRANSFER_MAX; i++) {
            cap_id_t id = object_make(a, true, true);
            out[i] = i % 3 ? move_of(id) : copy_of(id);
        }
        cap_id_t stale = object_make(a, true, true), fixed = object_make(a, false, false), busy;
        busy = object_make(a, true, true);
        static struct transfer other;
        struct cap_transfer_out busy_move = move_of(busy);
        EXPECT_EQ(release(a, stale), CAP_OK);
        EXPECT_EQ(prepare(&other, a, &busy_move, 1), CAP_OK);
        struct {
            struct cap_transfer_out out;
            enum cap_err err;
        } bad[] = {
            {{0, CAP_TRANSFER_COPY}, CAP_ERR_NO_CAP},
            {{UINT64_MAX, CAP_TRANSFER_MOVE}, CAP_ERR_NO_CAP},
            {move_of(stale), CAP_ERR_STALE},
            {copy_of(stale), CAP_ERR_STALE},
            {move_of(busy), CAP_ERR_BUSY},
            {copy_of(busy), CAP_ERR_BUSY},
            {move_of(fixed), CAP_ERR_NOT_TRANSFERABLE},
            {copy_of(fixed), CAP_ERR_NOT_TRANSFERABLE},
            {{out[bad_index].cap, 0}, CAP_ERR_BAD_SQE},
        };
        world_save(&image);
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
            struct cap_transfer_out good = out[bad_index];
            out[bad_index] = bad[i].out;
            EXPECT_EQ(send(a, b, out, CAP_TRANSFER_MAX, ids), bad[i].err);
            EXPECT(world_is(&image));
            out[bad_index] = good;
        }
        roll_back(&other);
        EXPECT_EQ(send(a, b, out, CAP_TRANSFER_MAX, ids), CAP_OK);
        EXPECT(world_is_consistent(NULL, 0));
    }
}

TEST(the_first_wrong_descriptor_decides_which_error_it_is)
{
    world_begin(3);
    cap_id_t fixed = object_make(a, false, false), id = object_make(a, true, true);
    struct cap_transfer_out out[] = {move_of(id), move_of(fixed), {0, CAP_TRANSFER_COPY}, move_of(id)};
    EXPECT_EQ(send(a, b, out, 4, ids), CAP_ERR_NOT_TRANSFERABLE);
    EXPECT_EQ(send(a, b, out + 2, 2, ids), CAP_ERR_NO_CAP);
    out[2] = move_of(id);
    EXPECT_EQ(send(a, b, out + 2, 2, ids), CAP_ERR_BAD_SQE);
}

TEST(more_capabilities_than_a_message_may_have_are_not_even_looked_at) /* 25, 82 */
{
    world_begin(3);
    static struct transfer transfer;
    world_save(&image);
    EXPECT_EQ(prepare(&transfer, a, NULL, CAP_TRANSFER_MAX + 1), CAP_ERR_TOO_BIG);
    EXPECT_EQ(prepare(&transfer, a, NULL, 255), CAP_ERR_TOO_BIG);
    EXPECT_EQ(prepare(&transfer, a, NULL, UINT32_MAX), CAP_ERR_TOO_BIG);
    EXPECT(!transfer_is_prepared(&transfer));
    EXPECT(world_is(&image));
}

TEST(a_receiver_needs_a_slot_for_every_capability)
{
    for (uint32_t free_count = 0; free_count <= 4; free_count++) {
        world_begin(4);
        struct cap_transfer_out out[3];
        for (int i = 0; i < 3; i++)
            out[i] = move_of(object_make(a, true, true));
        while (cap_table_free_count(b) > free_count)
            (void)object_make(b, true, true);
        EXPECT_EQ(send(a, b, out, 3, ids), free_count < 3 ? CAP_ERR_NO_SLOT : CAP_OK);
        EXPECT(world_is_consistent(NULL, 0));
    }
}

TEST(a_message_to_oneself_needs_its_slots_before_it_gives_any_up)
{
    world_begin(3);
    cap_id_t id = object_make(a, true, true);
    struct cap_transfer_out out = move_of(id);
    EXPECT_EQ(send(a, a, &out, 1, ids), CAP_OK);
    EXPECT_EQ(lookup(a, id), CAP_ERR_STALE);
    EXPECT_EQ(lookup(a, ids[0]), CAP_OK);
    fill(a);
    world_save(&image);
    out = move_of(ids[0]);
    EXPECT_EQ(send(a, a, &out, 1, ids), CAP_ERR_NO_SLOT);
    EXPECT(world_is(&image));
}

TEST(an_answer_may_move_on_what_the_call_has_brought) /* 75 */
{
    world_begin(3);
    struct cap_transfer_out out = move_of(object_make(a, true, true));
    EXPECT_EQ(send(a, b, &out, 1, ids), CAP_OK);
    out = move_of(ids[0]);
    EXPECT_EQ(send(b, a, &out, 1, ids), CAP_OK);
    EXPECT_EQ(objects[0].references, 1);
    EXPECT_EQ(lookup(a, ids[0]), CAP_OK);
    EXPECT(world_is_consistent(NULL, 0));
}

TEST(two_crossing_moves_between_full_tables_are_both_refused) /* 78 */
{
    world_begin(1);
    static struct transfer there, back;
    struct cap_transfer_out x = move_of(object_make(a, true, true)), y = move_of(object_make(b, true, true));
    world_save(&image);
    EXPECT_EQ(prepare(&there, a, &x, 1), CAP_OK);
    EXPECT_EQ(prepare(&back, b, &y, 1), CAP_OK);
    EXPECT_EQ(finish(&there, b, ids), CAP_ERR_NO_SLOT);
    EXPECT_EQ(finish(&back, a, ids), CAP_ERR_NO_SLOT);
    EXPECT(world_is(&image));
}

/* Two capabilities of a, one to move and one to copy, prepared. */
static void prepare_pair(struct transfer *transfer, cap_id_t *moved, cap_id_t *copied)
{
    world_begin(3);
    transfer_init(transfer);
    *moved = object_make(a, true, true);
    *copied = object_make(a, true, true);
    struct cap_transfer_out out[] = {move_of(*moved), copy_of(*copied)};
    world_save(&image);
    EXPECT_EQ(prepare(transfer, a, out, 2), CAP_OK);
}

TEST(a_receiver_that_dies_before_the_commit_leaves_the_sender_alive) /* 67, 71, 72, 74 */
{
    static struct transfer transfer;
    cap_id_t moved, copied;
    prepare_pair(&transfer, &moved, &copied);
    roll_back(&transfer);
    EXPECT(world_is(&image));
    EXPECT_EQ(lookup(a, moved), CAP_OK);
    process_end(b);
    EXPECT(world_is_consistent(NULL, 0));
}

TEST(a_receiver_that_dies_after_the_commit_takes_what_it_got_along) /* 68 */
{
    static struct transfer transfer;
    cap_id_t moved, copied;
    prepare_pair(&transfer, &moved, &copied);
    EXPECT_EQ(finish(&transfer, b, ids), CAP_OK);
    process_end(b);
    EXPECT(objects[0].is_freed);
    EXPECT_EQ(objects[1].references, 1);
    EXPECT_EQ(lookup(a, moved), CAP_ERR_STALE);
    EXPECT(world_is_consistent(NULL, 0));
}

TEST(a_sender_that_dies_before_the_commit_destroys_each_capability_once) /* 69 */
{
    static struct transfer transfer;
    cap_id_t moved, copied;
    prepare_pair(&transfer, &moved, &copied);
    roll_back(&transfer);
    process_end(a);
    EXPECT(objects[0].is_freed && objects[1].is_freed);
    EXPECT(world_is_consistent(NULL, 0));
}

TEST(a_sender_that_dies_after_the_commit_does_not_touch_what_has_arrived) /* 69 */
{
    static struct transfer transfer;
    cap_id_t moved, copied;
    prepare_pair(&transfer, &moved, &copied);
    EXPECT_EQ(finish(&transfer, b, ids), CAP_OK);
    process_end(a);
    EXPECT_EQ(objects[0].references, 1);
    EXPECT_EQ(objects[1].references, 1);
    EXPECT_EQ(lookup(b, ids[0]), CAP_OK);
    EXPECT_EQ(lookup(b, ids[1]), CAP_OK);
    EXPECT(world_is_consistent(NULL, 0));
}

TEST(when_both_die_each_object_is_freed_once) /* 70 */
{
    for (int is_committed = 0; is_committed < 2; is_committed++) {
        static struct transfer transfer;
        cap_id_t moved, copied;
        prepare_pair(&transfer, &moved, &copied);
        if (is_committed)
            EXPECT_EQ(finish(&transfer, b, ids), CAP_OK);
        else
            roll_back(&transfer);
        process_end(b);
        process_end(a);
        EXPECT(objects[0].is_freed && objects[1].is_freed);
    }
}

TEST(a_copy_survives_the_senders_release_before_the_commit)
{
    static struct transfer transfer;
    cap_id_t moved, copied;
    prepare_pair(&transfer, &moved, &copied);
    EXPECT_EQ(release(a, copied), CAP_OK);
    EXPECT(world_is_consistent(&transfer, 1));
    EXPECT_EQ(finish(&transfer, b, ids), CAP_OK);
    EXPECT_EQ(lookup(b, ids[1]), CAP_OK);
    EXPECT(world_is_consistent(NULL, 0));
}

TEST(a_moved_capability_may_be_handed_on_along_a_chain_and_has_one_holder_or_none) /* 79 */
{
    for (uint32_t killed = 0; killed < 100; killed++) {
        world_begin(3);
        cap_id_t id = object_make(&tables[0], true, true);
        for (uint32_t hop = 0; hop < 99; hop++) {
            struct cap_table *holder = &tables[hop % 3], *next = &tables[(hop + 1) % 3];
            static struct transfer transfer;
            struct cap_transfer_out out = move_of(id);
            transfer_init(&transfer);
            EXPECT_EQ(prepare(&transfer, holder, &out, 1), CAP_OK);
            if (hop == killed) {
                roll_back(&transfer);
                process_end(killed % 2 ? holder : next);
                break;
            }
            EXPECT_EQ(finish(&transfer, next, &id), CAP_OK);
            EXPECT_EQ(objects[0].references, 1);
        }
        EXPECT_EQ(objects[0].references, killed % 2 && killed < 99 ? 0 : 1);
        EXPECT(world_is_consistent(NULL, 0));
    }
}

TEST(a_kernel_object_gets_one_reference_of_everything_and_needs_no_slot) /* 84 */
{
    static struct transfer transfer;
    cap_id_t moved, copied;
    prepare_pair(&transfer, &moved, &copied);
    EXPECT(transfer_object(&transfer, 0) == &objects[0]);
    EXPECT(transfer_object(&transfer, 1) == &objects[1]);
    transfer_deliver(&transfer);
    EXPECT_EQ(lookup(a, moved), CAP_ERR_STALE);
    EXPECT_EQ(lookup(a, copied), CAP_OK);
    EXPECT_EQ(objects[0].references, 1);
    EXPECT_EQ(objects[1].references, 2);
    reference_drop(transfer_object(&transfer, 0));
    reference_drop(transfer_object(&transfer, 1));
    EXPECT(world_is_consistent(NULL, 0));
}

TEST(the_last_use_of_a_slot_can_be_moved_away_and_retires_it) /* 50 */
{
    world_begin(1);
    blocks[0][0].generation = UINT32_MAX - 1;
    struct cap_transfer_out out = move_of(object_make(a, true, true));
    EXPECT_EQ(send(a, b, &out, 1, ids), CAP_OK);
    EXPECT_EQ(cap_table_free_count(a), 0);
    EXPECT(world_is_consistent(NULL, 0));
}

/* A delivered transfer that is refused a message of `count` nonsense ids. */
static void refuse_after_delivery(uint32_t count)
{
    static struct transfer transfer;
    static const struct cap_transfer_out none[CAP_TRANSFER_MAX] = {{0, CAP_TRANSFER_COPY}};
    cap_id_t moved, copied;
    prepare_pair(&transfer, &moved, &copied);
    EXPECT_EQ(finish(&transfer, b, ids), CAP_OK);
    EXPECT(prepare(&transfer, a, none, count) != CAP_OK);
    EXPECT_CHECK((void)transfer_object(&transfer, 0));
    EXPECT_CHECK(transfer_roll_back(&transfer));
}

TEST(a_record_that_was_used_is_idle_after_a_refusal)
{
    refuse_after_delivery(1);
    refuse_after_delivery(CAP_TRANSFER_MAX + 1);
}

TEST(steps_out_of_order_are_caught)
{
    static struct transfer transfer;
    cap_id_t moved, copied;
    transfer_init(&transfer);
    EXPECT_CHECK(transfer_roll_back(&transfer));
    EXPECT_CHECK(transfer_deliver(&transfer));
    EXPECT_CHECK(transfer_commit(&transfer, b, ids));
    EXPECT_CHECK((void)transfer_object(&transfer, 0));

    prepare_pair(&transfer, &moved, &copied);
    EXPECT_CHECK((void)!transfer_prepare(&transfer, a, NULL, 0, object_may_transfer));
    EXPECT_CHECK((void)transfer_object(&transfer, 2));
    fill(c);
    EXPECT_CHECK(transfer_commit(&transfer, c, ids));
    EXPECT_EQ(finish(&transfer, b, ids), CAP_OK);
    EXPECT_CHECK(transfer_roll_back(&transfer));
    EXPECT_CHECK(transfer_deliver(&transfer));
    EXPECT_CHECK(transfer_commit(&transfer, b, ids));
    EXPECT(transfer_object(&transfer, 1) == &objects[1]);
    EXPECT_EQ(prepare(&transfer, a, NULL, 0), CAP_OK); /* the record may be used again */
    EXPECT_CHECK((void)transfer_object(&transfer, 0));
}

TEST_MAIN()
