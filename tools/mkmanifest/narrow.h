/* What a grant is narrowed to, its member `only`, and what an export can be granted as.
 *
 * Next: tools/mkmanifest/narrow.c
 */
#pragma once

#include "tools/mkmanifest/field.h"

/* Packs it, if the grant has one. */
void narrow_pack(struct problems *problems, const struct place *grant_place, json_t *grant,
                 struct os_Grant_builder builder);

/* The member `extends` of an export, if it has one. */
void narrow_pack_ancestors(struct problems *problems, const struct place *export_place, json_t *export,
                           struct os_Export_builder builder);

/* Calls `visit` for each name of a program in it; nothing is judged. */
void narrow_each_binary(json_t *grant, const struct place *grant_place,
                        void (*visit)(void *context, const struct place *place, json_t *name), void *context);
