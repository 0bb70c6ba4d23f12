/* Errors as text, for logs and for people. The list itself is abi/error.h.
 *
 * Both functions accept any number, since a status may come from another program.
 *
 * Next: lib/mem.h
 */
#pragma once

#include "abi/error.h"

/* "ERR_STALE", or "ERR_UNKNOWN". */
const char *error_name(enum cap_err err);

/* What is wrong and, after a semicolon, what to do next: the text of abi/error.h. */
const char *error_text(enum cap_err err);
