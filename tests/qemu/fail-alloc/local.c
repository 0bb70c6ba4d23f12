/* Exits with 7, if its thread-local storage and its arguments are as they should. Next:
 * tests/qemu/time/time.c */
#include "user/rt/arguments.h"

static _Thread_local volatile uint32_t seven = 7;
static _Thread_local volatile uint8_t zeros[9000];

int main(struct rt *rt)
{
    struct wire_message_reader message;
    struct wire_list_reader texts;
    if (rt_argument_texts(rt, &message, &texts) || texts.count != 2)
        return 1;
    return (int)(seven + zeros[0] + zeros[8999]);
}
