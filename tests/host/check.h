/* Tests that a CHECK (lib/check.h) fails where it must. For files that include tests/host/test.h too.
 *
 * Next: tests/host/check.c
 */
#pragma once

#include <setjmp.h>
#include <stdbool.h>

/* Where check_failed goes; NULL when no CHECK is expected to fail, which then ends the test program. */
extern jmp_buf *check_expected;

/* The statement must fail a CHECK. What it had changed until then stays changed. */
#define EXPECT_CHECK(statement)                                                             \
    do {                                                                                    \
        jmp_buf check_jump;                                                                 \
        check_expected = &check_jump;                                                       \
        volatile bool check_has_failed = setjmp(check_jump) != 0;                           \
        if (!check_has_failed) {                                                            \
            statement;                                                                      \
        }                                                                                   \
        check_expected = NULL;                                                              \
        test_check(check_has_failed, __FILE__, __LINE__, "a failing CHECK in " #statement); \
    } while (0)
