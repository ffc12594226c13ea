/*
 * report: what was found, for people and for programs.
 */

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/verify.h"


int
report_status(const report_t *r)
{
    return r->nproblems != 0 ? 1 : r->unchecked[0] != '\0' ? 2 : 0;
}


static const char *
status_word(int status)
{
    return status == 0 ? "ok" : status == 1 ? "failed" : "partly";
}


static uint32_t
kept(const report_t *r)
{
    return r->nproblems < PROBLEMS_KEPT ? r->nproblems : PROBLEMS_KEPT;
}


static void
print_text(const report_t *r)
{
    char              head[2 * ENGINE_HASH_LEN + 1];
    uint32_t          i;
    const problem_t  *p;

    hex_write(r->head, ENGINE_HASH_LEN, head);

    printf("auction %lld: %s, %lld events, %lld:%lld %s%s%s\n",
           (long long) r->id, status_word(report_status(r)),
           (long long) r->events, (long long) r->epoch, (long long) r->seq,
           head, r->rebuilt ? ", rebuilt" : "", r->loaded ? ", loaded" : "");

    for (i = 0; i < kept(r); i++) {
        p = &r->problems[i];

        if (p->seq != 0) {
            printf("  seq %lld: %s: %s\n", (long long) p->seq, p->check,
                   p->text);
        } else {
            printf("  %s: %s\n", p->check, p->text);
        }
    }

    if (r->nproblems > PROBLEMS_KEPT) {
        printf("  and %u more\n", r->nproblems - PROBLEMS_KEPT);
    }

    if (r->unchecked[0] != '\0') {
        printf("  not checked: %s\n", r->unchecked);
    }

    if (r->note[0] != '\0') {
        printf("  %s\n", r->note);
    }
}


static json_t *
as_json(const report_t *r)
{
    char              head[2 * ENGINE_HASH_LEN + 1];
    json_t           *one, *list;
    uint32_t          i;
    const problem_t  *p;

    hex_write(r->head, ENGINE_HASH_LEN, head);
    list = json_array();

    for (i = 0; i < kept(r); i++) {
        p = &r->problems[i];
        one = json_pack("{s:s, s:s}", "check", p->check, "detail", p->text);

        if (p->seq != 0) {
            json_object_set_new(one, "seq", json_integer(p->seq));
        }

        json_array_append_new(list, one);
    }

    return json_pack("{s:I, s:s, s:I, s:I, s:s, s:I, s:i, s:o, s:s, s:b, "
                     "s:b}",
                     "auction_id", (json_int_t) r->id,
                     "status", status_word(report_status(r)),
                     "epoch", (json_int_t) r->epoch,
                     "seq", (json_int_t) r->seq,
                     "head", head,
                     "events", (json_int_t) r->events,
                     "problem_count", (int) r->nproblems,
                     "problems", list,
                     "unchecked", r->unchecked,
                     "rebuilt", r->rebuilt,
                     "loaded", r->loaded);
}


/* As JSON it is a line an auction. */

void
report_print(const report_t *r, size_t n, int json)
{
    char    *text;
    size_t   i;
    json_t  *one;

    for (i = 0; i < n; i++) {

        if (!json) {
            print_text(&r[i]);
            continue;
        }

        one = as_json(&r[i]);
        text = json_dumps(one, JSON_COMPACT);
        printf("%s\n", text != NULL ? text : "{}");
        free(text);
        json_decref(one);
    }
}
