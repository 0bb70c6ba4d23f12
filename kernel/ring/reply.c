/* Capabilities of answers. Next: kernel/ring/call.c */
#include "kernel/ring/reply.h"
#include "kernel/object.h"

enum cap_err reply_judge_list(struct process *caller, const struct cap_sqe *sqe, uaddr_t descriptors,
                              uaddr_t *received)
{
    struct user_range range;
    if (u64_add(descriptors.value, sqe->send_count * sizeof(struct cap_transfer_out), &received->value))
        return CAP_ERR_FAULT;
    return user_range_resolve(&caller->space, *received, sqe->receive_count * sizeof(struct cap_transfer_in),
                              USER_ACCESS_WRITE, &range);
}

enum cap_err reply_put_caps(struct process *caller, const struct reply_place *place,
                            const struct answer *answer)
{
    struct user_range list;
    enum cap_err err = caps_check_receiver(caller, place->received, answer_cap_count(answer), &list);
    if (err)
        return err;
    if (answer->transfer)
        caps_commit(answer->transfer, caller, &list);
    for (uint32_t i = 0; i < answer->object_count; i++)
        caps_insert(answer->objects[i], caller, i, &list);
    return CAP_OK;
}

void reply_take_back(const struct answer *answer)
{
    if (answer->transfer)
        caps_roll_back(answer->transfer);
    for (uint32_t i = 0; i < answer->object_count; i++)
        object_release(answer->objects[i]);
}
