/* The canonical form: of all messages with the same content, the one that everybody who builds it gets.
 *
 * One segment without its table; objects in preorder, without gaps; sections and struct lists no wider than
 * what is in them; unused bits zero; no capabilities. For tools that compare or sign messages.
 *
 * Source: capnproto.org/encoding.html, "Canonicalization".
 *
 * Next: schema/wire_canonical.c
 */
#pragma once

#include "schema/wire_build.h"

/* The canonical form of a whole message. Two messages with the same content, and no capabilities, have the
 * same one. CAP_ERR_MALFORMED: the source breaks a rule or has a capability (C5); CAP_ERR_TOO_BIG: no room.
 */
enum cap_err wire_message_canonicalize(struct wire_message_builder *to, struct wire_message_reader *from);

/* Is the message its own canonical form? CAP_ERR_MALFORMED: message->rule says which of C1 to C8, or of the
 * rules for all messages, it breaks first. Its budget and depth are those of reading it. */
CAP_MUST_CHECK enum cap_err wire_message_check_canonical(struct wire_message_reader *message);
