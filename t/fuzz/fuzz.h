/*
 * fuzz: what a target is: bytes come in, and nothing may go wrong.  Built by
 * clang a target is a fuzzer; built by any compiler, with run.c, it is a test
 * that tries the bytes that were kept in t/fuzz/corpus.
 */

#ifndef GAVEL_FUZZ_H
#define GAVEL_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const char  fuzz_name[];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program: that is what a fuzzer waits for. */
#define FUZZ_MUST(condition, words)                                           \
    if (!(condition)) {                                                       \
        fprintf(stderr, "%s\n", words);                                       \
        abort();                                                              \
    }

#endif
