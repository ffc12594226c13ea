/*
 * run: tries what was kept for a target, one file after another; and with
 * names, those files.
 */

#include <dirent.h>

#include "fuzz.h"
#include "tap.h"


#ifndef GAVEL_LIBFUZZER

#define MOST  (1 << 20)

static int
tried(const char *name)
{
    FILE            *f;
    size_t           n;
    static uint8_t   data[MOST];

    f = fopen(name, "rb");

    if (f == NULL) {
        return 0;
    }

    n = fread(data, 1, MOST, f);
    (void) fclose(f);
    (void) LLVMFuzzerTestOneInput(data, n);

    return 1;
}


int
main(int argc, char **argv)
{
    int             i, n;
    DIR            *dir;
    char            name[4096];
    struct dirent  *d;

    for (i = 1; i < argc; i++) {
        ok(tried(argv[i]), argv[i]);
    }

    if (argc > 1) {
        return done_testing();
    }

    (void) snprintf(name, sizeof(name), "t/fuzz/corpus/%s", fuzz_name);
    dir = opendir(name);
    n = 0;

    while (dir != NULL && (d = readdir(dir)) != NULL) {

        if (d->d_name[0] == '.') {
            continue;
        }

        (void) snprintf(name, sizeof(name), "t/fuzz/corpus/%s/%s", fuzz_name,
                        d->d_name);
        n += tried(name);
    }

    ok(n > 0, fuzz_name);
    printf("# %d files\n", n);

    if (dir != NULL) {
        (void) closedir(dir);
    }

    return done_testing();
}

#endif
