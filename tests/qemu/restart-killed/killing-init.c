/* init itself, which kills each of the first instances of a service that may be restarted. Nobody else could:
 * nobody else holds a handle of what init starts.
 * Next: tests/qemu/restart-killed/system.cue */
#include "user/init/init.h"

#define KILLED_MAX 3

enum cap_err start_and_leave(struct init *init, uint32_t service_index);
static enum cap_err start_and_kill(struct init *init, uint32_t service_index);

#define service_start start_and_leave
#include "user/init/service.c"
#undef service_start
#define service_start start_and_kill
#include "user/init/supervisor.c"
#undef service_start

#include "user/init/boot.c"
#include "user/init/channels.c"
#include "user/init/ending.c"
#include "user/init/main.c"
#include "user/init/watch.c"

static enum cap_err start_and_kill(struct init *init, uint32_t service_index)
{
    struct init_service *service = &init->services[service_index];
    struct restart_rule rule = rule_of(init, service_index);
    enum cap_err error = start_and_leave(init, service_index);
    if (!error && restart_is_possible(&rule, service->restart_count) && service->restart_count < KILLED_MAX &&
        os_ProcessHandle_kill(service->process))
        print(init->console, "CHECK failed: it can be killed");
    return error;
}
