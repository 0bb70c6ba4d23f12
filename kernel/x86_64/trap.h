/* What entry stubs call.
 *
 * Next: kernel/x86_64/trap.c
 */
#pragma once

#include "kernel/x86_64/context.h"

void trap_from_user(struct context *context);
void trap_in_kernel(struct context *context);
_Noreturn void trap_unrecoverable(struct context *context);
