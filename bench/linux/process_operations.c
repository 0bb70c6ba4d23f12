/* Starting a process that does nothing, and waiting for its end.
 *
 * Next: bench/linux/nothing.S
 */
#include "bench/linux/init.h"

#include <sys/wait.h>
#include <unistd.h>

static bool spawn_exit_wait(void)
{
    static char *const arguments[] = {"/nothing", NULL};
    int status;
    pid_t pid = vfork();
    if (pid == 0) {
        execve(arguments[0], arguments, arguments + 1);
        _exit(1);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

const struct operation process_operations[] = {
    {"spawn_exit_wait", 300, 1, NULL, spawn_exit_wait, 0},
    {.name = NULL},
};
