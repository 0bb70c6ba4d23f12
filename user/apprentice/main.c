/* Does one piece of work when it is told to, and ends. It can say so, and wait; it can do nothing else.
 *
 * Next: user/examiner/main.c
 */
#include "build/gen/schema/capos.client.h"
#include "user/rt/print.h"

int main(struct rt *rt)
{
    struct os_Console console;
    struct os_Notification begin;
    uint64_t piece_count;
    if (RT_CAPSET(rt, "console", os_Console, &console) != CAP_OK ||
        RT_CAPSET(rt, "begin", os_Notification, &begin) != CAP_OK)
        return 1;
    if (os_Notification_wait(begin, &piece_count) != CAP_OK)
        return 2;
    print(console, "pieces made: %lu", piece_count);
    return 0;
}
