/* The unit-test harness: a test program is one test_*.c with TESTs and a TEST_MAIN.
 *
 * Each test runs even if an earlier one failed; a failed EXPECT prints both sides and ends its test.
 * The last line is `N passed, N failed`; the exit status is 0 only if all passed and at least one ran.
 * `./test_x NAME` runs only the tests whose name contains NAME.
 *
 * Next: tests/host/test_cap_table.c
 */
#pragma once

#include <inttypes.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct test_case {
    const char *name;
    void (*run)(void);
    struct test_case *next;
};

static struct test_case *test_first, **test_last = &test_first;
static jmp_buf test_failed;

#define TEST(test_name)                                                                    \
    static void test_run_##test_name(void);                                                \
    static struct test_case test_case_##test_name = {#test_name, test_run_##test_name, 0}; \
    __attribute__((constructor)) static void test_register_##test_name(void)               \
    {                                                                                      \
        *test_last = &test_case_##test_name;                                               \
        test_last = &test_case_##test_name.next;                                           \
    }                                                                                      \
    static void test_run_##test_name(void)

static inline void test_check(bool ok, const char *file, int line, const char *what)
{
    if (ok)
        return;
    printf("%s:%d: expected %s\n", file, line, what);
    longjmp(test_failed, 1);
}

static inline void test_check_equal(int64_t a, int64_t b, const char *file, int line, const char *what)
{
    if (a == b)
        return;
    printf("%s:%d: expected %s: %" PRId64 " (0x%" PRIx64 ") is not %" PRId64 " (0x%" PRIx64 ")\n", file, line,
           what, a, (uint64_t)a, b, (uint64_t)b);
    longjmp(test_failed, 1);
}

#define EXPECT(condition) test_check((condition), __FILE__, __LINE__, #condition)
#define EXPECT_EQ(a, b)   test_check_equal((int64_t)(a), (int64_t)(b), __FILE__, __LINE__, #a " == " #b)
#define EXPECT_STR(a, b)  test_check(strcmp((a), (b)) == 0, __FILE__, __LINE__, #a " equal to " #b)
#define EXPECT_BYTES(a, b, n) \
    test_check(memcmp((a), (b), (n)) == 0, __FILE__, __LINE__, #n " bytes of " #a " equal to " #b)

/* A function of its own, so that nothing of test_main lives across the jump. */
__attribute__((noinline, unused)) static bool test_passes(const struct test_case *test)
{
    if (setjmp(test_failed) != 0)
        return false;
    test->run();
    return true;
}

static inline int test_main(int argc, char **argv)
{
    unsigned passed = 0, failed = 0;
    for (struct test_case *test = test_first; test; test = test->next) {
        if (argc > 1 && !strstr(test->name, argv[1]))
            continue;
        if (test_passes(test)) {
            passed++;
        } else {
            printf("FAILED %s\n", test->name);
            failed++;
        }
    }
    printf("%u passed, %u failed\n", passed, failed);
    return failed || !passed;
}

#define TEST_MAIN()                   \
    int main(int argc, char **argv)   \
    {                                 \
        return test_main(argc, argv); \
    }
