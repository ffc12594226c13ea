/*
 * times: UTC milliseconds and their ISO 8601 form.  Plain C.
 */

#ifndef GAVEL_TIMES_H
#define GAVEL_TIMES_H

#include <stddef.h>
#include <stdint.h>

#define GAVEL_ISO_LEN  24              /* 2026-02-22T10:30:00.000Z */

/* Writes exactly GAVEL_ISO_LEN bytes, no terminating zero; returns the end. */
unsigned char *gavel_iso_write(unsigned char *p, int64_t ms);

/* Parses YYYY-MM-DDTHH:MM:SS[.fff](Z|+HH:MM|-HH:MM); -1 if it is not one. */
int64_t gavel_iso_parse(const unsigned char *p, size_t len);

/* Milliseconds of CLOCK_MONOTONIC (never ngx_current_msec, which is as old
 * as the turn of the loop). */
int64_t gavel_monotonic_ms(void);

#endif
