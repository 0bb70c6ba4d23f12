/* Typed messages in the Cap'n Proto encoding: reading bytes that anyone may have made, and building.
 *
 * Everything here works on memory of the caller, allocates nothing, and is the same code in the kernel, in
 * programs and on the host. Generated headers (F.capnp.h) put the names of a schema on top of it.
 *
 *   wire_rule.h   what can be wrong with a message
 *   wire_form.h   kinds of pointers and elements, limits, text and data
 *   wire_read.h   messages, structs, pointers: reading; wire_list.h  the elements of lists
 *   wire_build.h  all of that: building
 *   wire_check.h  the whole message against its schema, before anybody reads it
 *   dispatch.h    one call as its server sees it
 *   wire_segments.h, wire_pack.h, wire_canonical.h   the other forms of a message; for tools
 *
 * Next: schema/wire_rule.h
 */
#pragma once

#include "schema/wire_build.h"
#include "schema/wire_check.h"
#include "schema/wire_list.h"
#include "schema/wire_read.h"
#include "schema/wire_rule.h"
