/*
 * import_columns: what the columns of other programs' files mean.
 */

#ifndef GAVEL_IMPORT_COLUMNS_H
#define GAVEL_IMPORT_COLUMNS_H

#include <stddef.h>

typedef enum {
    COLUMN_NONE = 0,             /* unknown: never shown to anybody */
    COLUMN_KNOWN,                /* of our own exports: nothing to read */
    COLUMN_LOT_ID, COLUMN_EXTERNAL_ID, COLUMN_TITLE, COLUMN_NICKNAME,
    COLUMN_NAME, COLUMN_TAG, COLUMN_TIER, COLUMN_PEAK_TIER, COLUMN_POSITION,
    COLUMN_SUB_POSITION, COLUMN_POSITIONS, COLUMN_LANE, COLUMN_CHAMPIONS,
    COLUMN_STATS, COLUMN_SCORE, COLUMN_DESCRIPTION, COLUMN_IMAGE,
    COLUMN_BASE_PRICE, COLUMN_DURATION, COLUMN_KIND, COLUMN_POT,
    COLUMN_QUANTITY, COLUMN_RESERVE, COLUMN_BUY_NOW, COLUMN_CEILING,
    COLUMN_LEADER, COLUMN_ATTRIBUTES, COLUMN_MAX
} column_t;

/* By a header's text: without case, spaces and what stands in brackets. */
column_t import_column(const char *text);

/* Its name in our exports and answers. */
const char *import_column_name(column_t column);

/* lol-auction's files have no header: its nine columns, in their order. */
extern const column_t  import_headless[9];

#endif
