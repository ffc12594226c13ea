/* needs: engine times tools/invariants tools/inv_bids tools/inv_points tools/inv_life tools/replay tools/projection tools/file tools/report tools/database tools/compare tools/array tools/load -lpq -ljansson */

/*
 * gavel-verify: checks logs of auctions, from the database or from files,
 * with the engine's own code: the chain of hashes, that every event is legal
 * and written canonically, the invariants, snapshots, and the tables that
 * follow from the log.  What it does not understand is a failure.
 *
 * Ends with 0 when all is well, 1 when something is wrong, 2 when nothing is
 * wrong but not all could be checked (a file without private parts), 3 when
 * it was called wrongly or cannot reach the database.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/verify.h"


static const char  usage[] =
    "usage: gavel-verify [--db CONNINFO] [--json] [--rebuild] --all | ID...\n"
    "       gavel-verify [--json] --file FILE...\n"
    "       gavel-verify --state FILE\n"
    "       gavel-verify [--db CONNINFO] [--json] --load FILE...\n"
    "\n"
    "  --all      every auction that has a log\n"
    "  --rebuild  writes projections that are not what the log says\n"
    "  --file     logs as the export writes them; - is standard input\n"
    "  --state    the state that a log comes to, as JSON\n"
    "  --load     a log into an auction that has none, when it is sound\n"
    "  --json     a line of JSON an auction\n"
    "\n"
    "The database is that of CONNINFO, or of PGHOST, PGDATABASE, PGUSER...;\n"
    "the role must be gavel_operator, or a member of it.\n";


typedef enum { FROM_DATABASE, FROM_FILE, STATE, LOAD } action_t;

typedef struct {
    action_t      action;
    const char   *conninfo;
    int           json, rebuild, all;
    char        **names;
    int           n;
} options_t;


static int
wrong(const char *what)
{
    fprintf(stderr, "gavel-verify: %s\n%s", what, usage);

    return -1;
}


static int
option(options_t *o, const char *name)
{
    if (strcmp(name, "--json") == 0) {
        o->json = 1;

    } else if (strcmp(name, "--rebuild") == 0) {
        o->rebuild = 1;

    } else if (strcmp(name, "--all") == 0) {
        o->all = 1;

    } else if (strcmp(name, "--file") == 0) {
        o->action = FROM_FILE;

    } else if (strcmp(name, "--state") == 0) {
        o->action = STATE;

    } else if (strcmp(name, "--load") == 0) {
        o->action = LOAD;

    } else {
        return wrong("an unknown option");
    }

    return 0;
}


static int
options(options_t *o, int argc, char **argv)
{
    int  i;

    memset(o, 0, sizeof(options_t));
    o->names = argv;

    for (i = 1; i < argc; i++) {

        if (strcmp(argv[i], "--db") == 0 && i + 1 < argc) {
            o->conninfo = argv[++i];

        } else if (strncmp(argv[i], "--", 2) != 0) {
            o->names[o->n++] = argv[i];

        } else if (option(o, argv[i]) != 0) {
            return -1;
        }
    }

    if (o->all ? o->n != 0 || o->action != FROM_DATABASE : o->n == 0) {
        return wrong("name auctions or files, or say --all");
    }

    if (o->rebuild && o->action != FROM_DATABASE) {
        return wrong("only a database can be rebuilt");
    }

    return 0;
}


/* What is wrong outweighs what could not be checked. */

static int
worse(int one, int two)
{
    return one == 1 || two == 1 ? 1 : one > two ? one : two;
}


static int
of_database(const options_t *o)
{
    int        status;
    char      *end;
    size_t     i, n;
    int64_t   *ids;
    report_t   report;

    ids = NULL;
    n = (size_t) o->n;

    if (o->all && database_ids(&ids, &n) != 0) {
        return 3;
    }

    for (status = 0, i = 0; i < n; i++) {

        if (ids == NULL || !o->all) {
            memset(&report, 0, sizeof(report));
            report.id = strtoll(o->names[i], &end, 10);

            if (*end != '\0' || report.id < 1) {
                (void) wrong("an auction is a number");
                return 3;
            }
        }

        database_verify(o->all ? ids[i] : report.id, &report, o->rebuild);
        report_print(&report, 1, o->json);
        status = worse(status, report_status(&report));
    }

    free(ids);

    return status;
}


static int
of_file(const options_t *o, const char *name)
{
    char      *text;
    size_t     len;
    replay_t   r;
    report_t   report;

    memset(&report, 0, sizeof(report));
    memset(&r, 0, sizeof(r));

    if (o->action == LOAD) {
        database_load(name, &report);

    } else {
        (void) file_replay(name, &r, &report, NULL, NULL);
    }

    if (o->action != STATE || report_status(&report) != 0) {
        report_print(&report, 1, o->json);

    } else {
        len = state_text(r.is, NULL, 0);
        text = malloc(len);
        len = text != NULL ? state_text(r.is, text, len) : 0;

        if (len == 0) {
            problem(&report, 0, "memory", "there is not enough");
        }

        printf("%.*s\n", (int) len, text != NULL ? text : "");
        free(text);
    }

    replay_close(&r);

    return report_status(&report);
}


int
main(int argc, char **argv)
{
    int        i, status, needs;
    options_t  o;

    if (options(&o, argc, argv) != 0) {
        return 3;
    }

    needs = o.action == FROM_DATABASE || o.action == LOAD;

    if (needs && database_open(o.conninfo) != 0) {
        return 3;
    }

    if (o.action == FROM_DATABASE) {
        status = of_database(&o);

    } else {
        for (status = 0, i = 0; i < o.n; i++) {
            status = worse(status, of_file(&o, o.names[i]));
        }
    }

    if (needs) {
        database_close();
    }

    if (fflush(stdout) != 0) {
        perror("gavel-verify");
        return 3;
    }

    return status;
}
