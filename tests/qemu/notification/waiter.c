/* Waits for a notification until it is killed. Next: tests/qemu/notification/notification.c */
#include "build/gen/schema/capos.client.h"

int main(struct rt *rt)
{
    struct os_Notification notification;
    uint64_t count;
    if (RT_CAPSET(rt, "grant", os_Notification, &notification))
        return 98;
    return os_Notification_wait(notification, &count) ? 1 : 0;
}
