/* What the parts of wire-check share.
 *
 * Next: tools/wire-check/print.c
 */
#pragma once

#include <stdio.h>

#include "schema/wire.h"

/* Prints every object that the root leads to, without a schema. A broken rule ends it and stays in message.
 */
void print_message(struct wire_message_reader *message);

/* The description of a struct type of a schema file, made by asking `capnp compile` for it. NULL, with a
 * message on standard error: there is no such file or type. It lives until the program ends. */
const struct wire_type *load_type(const char *schema, const char *type, char **folders,
                                  uint32_t folder_count);
