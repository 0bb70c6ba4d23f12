/* Pages of the manual, for tests that they agree with the code. The tests run in the top folder.
 *
 * Next: tests/host/test_error.c
 */
#pragma once

#include "tests/host/test.h"

#define MANUAL_BYTES_MAX (1 << 20)

static char manual_text[MANUAL_BYTES_MAX];

/* The whole page, NUL-terminated, until the next one is read. */
static inline const char *manual_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        printf("cannot read %s: run the tests in the top folder of the tree\n", path);
    EXPECT(file);
    size_t count = fread(manual_text, 1, MANUAL_BYTES_MAX - 1, file);
    manual_text[count] = 0;
    fclose(file);
    return manual_text;
}
