/* What bench/qemu/growth and the crowd that it starts agree on: a process is called ROLE-COUNT, and finds
 * what it needs under the name "it".
 *
 * Next: bench/qemu/crowd/main.c
 */
#pragma once

#define CROWD_BINARY "crowd"
#define CROWD_GRANT  "it"

/* Waits for a notification that never comes. */
#define CROWD_WAITER "waiter"

/* Keeps COUNT calls waiting for whoever serves an endpoint. */
#define CROWD_CALLER "caller"

/* Keeps COUNT sleeps of a timer under way, until long after everything. */
#define CROWD_SLEEPER "sleeper"

/* The most for COUNT: fewer than a process may have calls under way. */
#define CROWD_EACH 25
