/*
 * tap: the few words that a C test needs to speak TAP.
 */

#ifndef GAVEL_TAP_H
#define GAVEL_TAP_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int  tap_n, tap_failed;


static inline int
ok(int passed, const char *name)
{
    tap_failed += !passed;
    printf("%sok %d - %s\n", passed ? "" : "not ", ++tap_n, name);

    return passed;
}


static inline int
is_int(int64_t got, int64_t expected, const char *name)
{
    if (!ok(got == expected, name)) {
        printf("#      got: %lld\n# expected: %lld\n", (long long) got,
               (long long) expected);
    }

    return got == expected;
}


static inline int
is_str(const char *got, const char *expected, const char *name)
{
    if (!ok(strcmp(got, expected) == 0, name)) {
        printf("#      got: %s\n# expected: %s\n", got, expected);
    }

    return strcmp(got, expected) == 0;
}


static inline int
done_testing(void)
{
    printf("1..%d\n", tap_n);

    return tap_failed != 0;
}

#endif
