/*
 * import_order: brings a queue into another order by few moves.
 *
 * What stands in the right order already, as much of it as can be (a longest
 * rising subsequence), stays; each of the others goes right behind the one
 * that it has to follow.
 */

#include "api/import_order.h"

#include <string.h>


static size_t
find(const int64_t *list, size_t n, int64_t value)
{
    size_t  i;

    for (i = 0; i < n && list[i] != value; i++) { /* void */ }

    return i;
}


/* The order that is wanted: places of the file's lots are filled anew. */

static void
wanted(const int64_t *queue, size_t n, const int64_t *file, size_t nfile,
    int64_t *target)
{
    size_t  i, next;

    for (i = 0, next = 0; i < n; i++) {
        target[i] = queue[i];

        if (find(file, nfile, queue[i]) == nfile) {
            continue;
        }

        while (find(queue, n, file[next]) == n) {
            next++;
        }

        target[i] = file[next++];
    }
}


/* Marks, in stays, a longest part of rank[] that rises.  tail[k] is the
 * place of the least end of a part of k + 1. */

static void
rising(const int64_t *rank, size_t n, int64_t *tail, int64_t *before,
    int64_t *stays)
{
    size_t   i, low, high, mid, len;
    int64_t  at;

    for (i = 0, len = 0; i < n; i++) {
        for (low = 0, high = len; low < high; /* void */ ) {
            mid = (low + high) / 2;

            if (rank[tail[mid]] < rank[i]) {
                low = mid + 1;

            } else {
                high = mid;
            }
        }

        before[i] = low ? tail[low - 1] : -1;
        tail[low] = i;
        len = low == len ? len + 1 : len;
        stays[i] = 0;
    }

    for (at = len ? tail[len - 1] : -1; at >= 0; at = before[at]) {
        stays[at] = 1;
    }
}


size_t
import_order(const int64_t *queue, size_t n, const int64_t *file,
    size_t nfile, import_move_t *moves, int64_t *work)
{
    size_t    i, from, to, m;
    int64_t  *target, *rank, *now, *stays, *before;

    target = work;
    rank = work + n;
    now = work + 2 * n;
    before = work + 3 * n;
    stays = work + 4 * n;

    wanted(queue, n, file, nfile, target);

    for (i = 0; i < n; i++) {
        rank[i] = find(target, n, queue[i]);
    }

    rising(rank, n, now, before, stays);
    memcpy(now, queue, n * sizeof(int64_t));

    /* rank and stays go by the place in the first queue, target by the new */

    for (i = 0, m = 0; i < n; i++) {
        if (stays[find(queue, n, target[i])]) {
            continue;
        }

        from = find(now, n, target[i]);
        to = i ? find(now, n, target[i - 1]) + 1 : 0;
        to -= to > from;

        memmove(&now[from], &now[from + 1], (n - from - 1) * sizeof(int64_t));
        memmove(&now[to + 1], &now[to], (n - to - 1) * sizeof(int64_t));
        now[to] = target[i];

        moves[m].lot = target[i];
        moves[m].position = to + 1;
        m++;
    }

    return m;
}
