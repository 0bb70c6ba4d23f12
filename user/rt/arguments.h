/* What a process was started with besides capabilities: a message, whose type is between it and its spawner.
 *
 *   struct wire_message_reader message;
 *   rt_arguments(rt, &message);
 *   if (bench_Job_check(&message) != CAP_OK)        the spawner's bytes: judged like any others
 *       return 1;
 *   struct bench_Job_reader job = bench_Job_read_root(&message);
 *
 * A service's message is os_Arguments, with the texts that the manifest lists.
 *
 * Next: user/rt/arguments.c
 */
#pragma once

#include "schema/wire.h"
#include "user/rt/rt.h"

/* The message; an empty one, whose fields are all 0, if there is none. It stays where it is, read only. */
void rt_arguments(const struct rt *rt, struct wire_message_reader *message);

/* The texts of a service. CAP_ERR_MALFORMED: the message is not os_Arguments. */
CAP_MUST_CHECK enum cap_err rt_argument_texts(const struct rt *rt, struct wire_message_reader *message,
                                              struct wire_list_reader *texts);
