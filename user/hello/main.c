/* The smallest program: it finds the console it was given and writes two lines.
 *
 * `rt` is everything that this process has. Without the grant that system.cue names "console", the
 * lookup fails, and there is no other way to be heard.
 *
 * Next: user/rt/rt.h
 */
#include "lib/error.h"
#include "user/rt/print.h"

int main(struct rt *rt)
{
    struct os_Console console;
    if (RT_CAPSET(rt, "console", os_Console, &console) != CAP_OK)
        return 1;

    print(console, "Hello! I am %s, and this console is all that I hold.", rt_process_name(rt));

    struct os_Console second;
    enum cap_err error = RT_CAPSET(rt, "keyboard", os_Console, &second);
    print(console, "There is no keyboard for me: %s.", error_name(error));

    rt_handle_drop(&console.handle);
    return 0;
}
