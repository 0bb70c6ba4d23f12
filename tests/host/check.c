/* What a failed CHECK does in a unit test: go on where it is expected, else say so and abort.
 *
 * Next: tests/host/test_list.c
 */
#include "tests/host/check.h"
#include "lib/check.h"

#include <stdio.h>
#include <stdlib.h>

jmp_buf *check_expected;

void check_failed(const char *condition, const char *file, int line)
{
    if (check_expected)
        longjmp(*check_expected, 1);
    printf("%s:%d: CHECK failed: %s\n", file, line, condition);
    fflush(stdout);
    abort();
}
