/* Where an element of a system is, in its source and in the message.
 *
 * lib/manifest speaks of places in the message, services[2].grants[0]; who writes system.cue thinks of
 * system.services."echo-client".grants.echo.
 *
 * Next: tools/mkmanifest/place.c
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "lib/manifest.h"

#define SOURCE_PATH_BYTES 256

/* Longer paths are cut. */
struct place {
    char source[SOURCE_PATH_BYTES];
    char message[MANIFEST_PATH_BYTES];
};

/* A member in the source, spelled as in CUE: with quotes where the key needs them. */
struct place place_source(const struct place *parent, const char *key);

/* A member that has the same name in the message. */
struct place place_field(const struct place *parent, const char *key);

/* A member of a map, which is an element of a list in the message. */
struct place place_element(const struct place *map, const char *key, uint32_t index);

/* An element of what is a list in both. */
struct place place_index(const struct place *list, uint32_t index);

/* Appends as much of the piece as has room; control characters become '?'. */
void text_append(char *text, size_t room, const char *piece);
