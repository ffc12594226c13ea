/*
 * import_order: brings a queue into another order by few moves.  Plain C.
 */

#ifndef GAVEL_IMPORT_ORDER_H
#define GAVEL_IMPORT_ORDER_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    int64_t   lot;
    size_t    position;              /* in the queue as it is then, from 1 */
} import_move_t;

/*
 * Lots of `file` that are in the queue get into the file's order, in the
 * places that they have there among them; others stay where they are.
 * Writes at most n moves, to be made one after the other, and says how many.
 * work: 5 * n of them, as scratch.  A lot stands in `file` at most once.
 */
size_t import_order(const int64_t *queue, size_t n, const int64_t *file,
    size_t nfile, import_move_t *moves, int64_t *work);

#endif
