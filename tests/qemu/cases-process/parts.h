/* What a peer is doing when it ends, and how it ends: its name is one letter of each. Next:
 * tests/qemu/cases-process/peer.c */
#pragma once

enum doing {
    DOING_CALL_QUEUED,   /* with a capability that is to be moved */
    DOING_CALL_SERVED,   /* the same, after its delivery */
    DOING_CALL_DEFERRED, /* a call that an object of the kernel keeps */
    DOING_RECV,
    DOING_SERVING, /* has received a call with a moved capability, and not answered it */
    DOING_ENTER,   /* waits in cap_enter with a timeout */
    DOING_LIMITED, /* a call and a RECV with time limits */
    DOING_PENDING, /* has SQEs in its ring that nobody has taken */
    DOING_COUNT
};

enum ending_kind {
    ENDING_EXIT,
    ENDING_FAULT,
    ENDING_KILL,
    ENDING_COUNT
};
