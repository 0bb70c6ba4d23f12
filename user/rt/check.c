/* A broken promise inside a program ends it. The runtime holds no console to say why on, so the exit code
 * alone tells, and the supervisor reports that; a debugger stops here and sees the condition.
 *
 * Next: lib/check.h
 */
#include "lib/check.h"
#include "user/rt/enter.h"
#include "user/rt/rt.h"

_Noreturn void check_failed(const char *condition, const char *file, int line)
{
    (void)condition;
    (void)file;
    (void)line;
    rt_exit(RT_EXIT_CHECK_FAILED);
}
