/* Whole files in and out; see file.h.
 *
 * Next: tools/mkmanifest/main.c
 */
#include "tools/mkmanifest/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint8_t *read_all(FILE *file, size_t *byte_count)
{
    size_t capacity = 1 << 16, length = 0, got;
    uint8_t *bytes = malloc(capacity);

    while (bytes && (got = fread(bytes + length, 1, capacity - length - 1, file)) > 0) {
        length += got;
        if (length + 1 < capacity)
            continue;
        capacity *= 2;
        uint8_t *larger = realloc(bytes, capacity);
        if (!larger)
            free(bytes);
        bytes = larger;
    }
    if (bytes && ferror(file)) {
        free(bytes);
        return NULL;
    }
    if (!bytes)
        return NULL;
    bytes[length] = 0;
    *byte_count = length;
    return bytes;
}

uint8_t *file_read(const char *path, size_t *byte_count)
{
    if (strcmp(path, "-") == 0)
        return read_all(stdin, byte_count);
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    uint8_t *bytes = read_all(file, byte_count);
    int error = errno;
    fclose(file);
    errno = error;
    return bytes;
}

static bool write_parts(FILE *file, const struct file_part *parts, unsigned part_count)
{
    bool ok = true;

    for (unsigned i = 0; ok && i < part_count; i++)
        ok = fwrite(parts[i].bytes, 1, parts[i].byte_count, file) == parts[i].byte_count;
    int error = errno;
    if (fclose(file) != 0)
        return false;
    errno = error;
    return ok;
}

bool file_write(const char *path, const struct file_part *parts, unsigned part_count)
{
    size_t room = strlen(path) + 32;
    char *temporary = malloc(room);

    if (!temporary)
        return false;
    snprintf(temporary, room, "%s.%ld.tmp", path, (long)getpid());
    FILE *file = fopen(temporary, "wb");
    bool ok = file && write_parts(file, parts, part_count) && rename(temporary, path) == 0;
    int error = errno;
    if (file && !ok)
        remove(temporary);
    free(temporary);
    errno = error;
    return ok;
}
