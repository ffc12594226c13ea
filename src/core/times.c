/*
 * times: UTC milliseconds, and how they are written and read as ISO 8601.
 */

#include "core/times.h"

#include <time.h>


#define MS_PER_DAY  INT64_C(86400000)


static int digits(const unsigned char *p, int n);
static int64_t days_from_civil(int64_t y, int m, int d);
static int days_in_month(int y, int m);


static unsigned char *
two(unsigned char *p, int v)
{
    *p++ = '0' + v / 10;
    *p++ = '0' + v % 10;

    return p;
}


/* The calendar is counted in eras of 400 years that begin on the 1st of
 * March, so that the leap day is the last of its year. */

unsigned char *
gavel_iso_write(unsigned char *p, int64_t ms)
{
    int      y, m, d, of_day;
    int64_t  days, era, doe, yoe, doy, mp;

    days = ms / MS_PER_DAY;

    if (ms % MS_PER_DAY < 0) {
        days--;
    }

    of_day = (int) (ms - days * MS_PER_DAY);

    days += 719468;
    era = (days >= 0 ? days : days - 146096) / 146097;
    doe = days - era * 146097;
    yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    mp = (5 * doy + 2) / 153;
    d = (int) (doy - (153 * mp + 2) / 5 + 1);
    m = (int) (mp < 10 ? mp + 3 : mp - 9);
    y = (int) (yoe + era * 400 + (m <= 2));

    p = two(p, y / 100 % 100);
    p = two(p, y % 100);
    *p++ = '-';
    p = two(p, m);
    *p++ = '-';
    p = two(p, d);
    *p++ = 'T';
    p = two(p, of_day / 3600000);
    *p++ = ':';
    p = two(p, of_day / 60000 % 60);
    *p++ = ':';
    p = two(p, of_day / 1000 % 60);
    *p++ = '.';
    *p++ = '0' + of_day / 100 % 10;
    p = two(p, of_day % 100);
    *p++ = 'Z';

    return p;
}


int64_t
gavel_iso_parse(const unsigned char *p, size_t len)
{
    int                   y, mo, d, h, mi, s, frac, scale, zh, zm;
    int64_t               ms, shift;
    const unsigned char  *end;

    if (len < sizeof("2026-02-22T10:30:00Z") - 1
        || p[4] != '-' || p[7] != '-' || p[10] != 'T'
        || p[13] != ':' || p[16] != ':')
    {
        return -1;
    }

    end = p + len;

    y = digits(p, 4);
    mo = digits(p + 5, 2);
    d = digits(p + 8, 2);
    h = digits(p + 11, 2);
    mi = digits(p + 14, 2);
    s = digits(p + 17, 2);

    if (y < 0 || mo < 1 || mo > 12 || d < 1 || d > days_in_month(y, mo)
        || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 59)
    {
        return -1;
    }

    p += 19;
    frac = 0;

    if (*p == '.') {
        p++;
        scale = 100;

        if (p == end || *p < '0' || *p > '9') {
            return -1;
        }

        while (p < end && *p >= '0' && *p <= '9') {
            frac += (*p++ - '0') * scale;
            scale /= 10;
        }
    }

    if (p == end) {
        return -1;
    }

    shift = 0;

    if (*p == '+' || *p == '-') {

        if (end - p != 6 || p[3] != ':') {
            return -1;
        }

        zh = digits(p + 1, 2);
        zm = digits(p + 4, 2);

        if (zh < 0 || zh > 23 || zm < 0 || zm > 59) {
            return -1;
        }

        shift = (zh * 60 + zm) * INT64_C(60000);

        if (*p == '+') {
            shift = -shift;
        }

    } else if (*p != 'Z' || end - p != 1) {
        return -1;
    }

    ms = days_from_civil(y, mo, d) * MS_PER_DAY
         + ((h * 60 + mi) * 60 + s) * INT64_C(1000) + frac + shift;

    /* -1 says that it is no time, so the years before 1970 are none. */

    return ms < 0 ? -1 : ms;
}


int64_t
gavel_monotonic_ms(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (int64_t) ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}


static int
digits(const unsigned char *p, int n)
{
    int  v;

    for (v = 0; n > 0; n--, p++) {

        if (*p < '0' || *p > '9') {
            return -1;
        }

        v = v * 10 + (*p - '0');
    }

    return v;
}


static int64_t
days_from_civil(int64_t y, int m, int d)
{
    int64_t  era, yoe, doy, doe;

    y -= m <= 2;
    era = (y >= 0 ? y : y - 399) / 400;
    yoe = y - era * 400;
    doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

    return era * 146097 + doe - 719468;
}


static int
days_in_month(int y, int m)
{
    static const int  days[] = { 31, 28, 31, 30, 31, 30,
                                 31, 31, 30, 31, 30, 31 };

    if (m == 2 && (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0))) {
        return 29;
    }

    return days[m - 1];
}
