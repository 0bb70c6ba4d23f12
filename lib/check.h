/* CHECK: a promise between parts of the same program, verified while it runs.
 *
 * Input is never CHECKed: what a program, a message or a file may contain is answered with an enum
 * cap_err. A CHECK that fails shows a mistake in the code, and nothing after it can be trusted.
 * Conditions have no side effects, so that the code does the same whether it looks at them or not.
 *
 * Next: lib/list.h
 */
#pragma once

/* Provided by each environment; does not return. The kernel panics, a program reports and exits, a
 * unit test fails (or goes on, where it expects just this: tests/host/check.h). */
_Noreturn __attribute__((cold)) void check_failed(const char *condition, const char *file, int line);

#define CHECK(condition)                                  \
    do {                                                  \
        if (__builtin_expect(!(condition), 0))            \
            check_failed(#condition, __FILE__, __LINE__); \
    } while (0)
