/* Whole files in and out.
 *
 * Next: tools/mkmanifest/main.c
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes of a file ("-": standard input), aligned for any use and followed by a NUL; the caller frees
 * them. NULL: errno says why. */
uint8_t *file_read(const char *path, size_t *byte_count);

/* Writes the parts one after the other. The file appears as a whole or not at all: a temporary file next
 * to it is renamed. False: errno says why. */
struct file_part {
    const void *bytes;
    size_t byte_count;
};
bool file_write(const char *path, const struct file_part *parts, unsigned part_count);
