/*
 * import_row: one line of a file, cell by cell: what people write into the
 * columns that we know, as members of a lot.
 */

#include "api/import_row.h"
#include "api/import_table.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define MAX_AMOUNT       INT64_C(9007199254740991)
#define MAX_DURATION     INT64_C(2592000000)
#define MAX_TITLE        200     /* characters */
#define MAX_ATTRIBUTE    500
#define MAX_DESCRIPTION  20000
#define MAX_EXTERNAL     100
#define MAX_ADDRESS      2000
#define MAX_LIST         20      /* positions, champions */


static void
row_wrong(import_row_t *r, import_wrong_t wrong, const char *field)
{
    if (json_object_get(r->row, "wrong") == NULL) {
        json_object_set_new(r->row, "wrong", json_integer(wrong));
        json_object_set_new(r->row, "field", json_string(field));
    }
}


void
import_row_begin(import_row_t *r, unsigned line)
{
    memset(r, 0, sizeof(import_row_t));

    r->row = json_object();
    r->attributes = json_object();
    r->first = json_array();
    r->rest = json_array();

    json_object_set_new(r->row, "line", json_integer(line));
}


static size_t
characters(const char *text)
{
    size_t  n;

    for (n = 0; *text != '\0'; text++) {
        n += (*text & 0xc0) != 0x80;
    }

    return n;
}


/* How the rows of a player and of a thing are called: 닉네임 with its tag,
 * the title, or the name. */

static void
row_title(import_row_t *r)
{
    char         buf[2 * 4 * MAX_TITLE + 2];
    const char  *title;

    title = r->title ? r->title : r->nickname ? r->nickname : r->name;

    if (title == NULL) {
        row_wrong(r, IMPORT_REQUIRED, "title");
        return;
    }

    if (title == r->nickname && r->tag && strchr(title, '#') == NULL
        && strlen(title) + strlen(r->tag) + 2 <= sizeof(buf))
    {
        strcpy(buf, title);
        strcat(buf, "#");
        strcat(buf, r->tag[0] == '#' ? r->tag + 1 : r->tag);
        title = buf;
    }

    if (characters(title) > MAX_TITLE) {
        row_wrong(r, IMPORT_LENGTH, "title");
        return;
    }

    json_object_set_new(r->row, "title", json_string(title));

    if (r->nickname && json_object_get(r->row, "kind") == NULL) {
        json_object_set_new(r->row, "kind", json_string("player"));
    }

    if (r->name && r->name != title) {
        json_object_set_new(r->attributes, "name", json_string(r->name));
    }
}


void
import_row_end(import_row_t *r, json_t *rows)
{
    size_t   i, n;
    json_t  *value;

    row_title(r);

    json_array_extend(r->first, r->rest);
    n = json_array_size(r->first);

    if (n) {
        value = json_array_get(r->first, 0);
        json_object_set(r->attributes, "position", value);

        if (json_string_length(value) <= IMPORT_ROLE) {
            json_object_set(r->row, "role", value);
        }
    }

    /* each once, in the order of preference */

    for (i = n; i-- > 1; /* void */ ) {
        value = json_array_get(r->first, i);

        for (n = 0; n < i; n++) {
            if (json_equal(json_array_get(r->first, n), value)) {
                json_array_remove(r->first, i);
                break;
            }
        }
    }

    if (json_array_size(r->first) > 1) {
        json_object_set(r->attributes, "positions", r->first);
    }

    json_object_set(r->row, "attributes", r->attributes);
    json_array_append(rows, r->row);

    json_decref(r->row);
    json_decref(r->attributes);
    json_decref(r->first);
    json_decref(r->rest);
}


static void
read_text(import_row_t *r, json_t *object, const char *name, const char *text,
    size_t max)
{
    if (characters(text) > max) {
        row_wrong(r, IMPORT_LENGTH, name);

    } else {
        json_object_set_new(object, name, json_string(text));
    }
}


/* 1,000원, ₩1000, 1 000 P: digits, and what people write around them. */

static int
read_number(const char *text, int64_t *value)
{
    int          digits;
    const char  *p;

    static const char  *units[] = {
        "", "원", "점", "포인트", "p", "P", "pt", "점수", "won", "KRW", NULL
    };
    int  i;

    *value = 0;
    digits = 0;
    p = text;

    if (strncmp(p, "₩", 3) == 0) {
        p += 3;
    }

    for ( /* void */ ; *p != '\0'; p++) {
        if (*p >= '0' && *p <= '9') {
            if (++digits > 16) {
                return -1;
            }

            *value = *value * 10 + (*p - '0');

        } else if (*p != ',' && *p != ' ') {
            break;
        }
    }

    for (i = 0; units[i] && strcmp(p, units[i]) != 0; i++) { /* void */ }

    return digits && units[i] ? 0 : -1;
}


static void
read_amount(import_row_t *r, json_t *object, const char *name, const char *text,
    int64_t max)
{
    int64_t  value;

    if (read_number(text, &value) != 0 || value > max) {
        row_wrong(r, IMPORT_NUMBER, name);

    } else {
        json_object_set_new(object, name, json_integer(value));
    }
}


static void
list_add(json_t *list, const char *text, size_t len)
{
    while (len && *text == ' ') {
        text++;
        len--;
    }

    while (len && text[len - 1] == ' ') {
        len--;
    }

    if (len && len <= MAX_ATTRIBUTE && json_array_size(list) < MAX_LIST) {
        json_array_append_new(list, json_stringn(text, len));
    }
}


/* "탑/미드", "top, mid" */

static void
read_list(json_t *list, const char *text)
{
    size_t  len;

    while (*text != '\0') {
        len = strcspn(text, ",/|;\n");
        list_add(list, text, len);
        text += len + (text[len] != '\0');
    }
}


/* A column for each position, with a filled circle where a player is at home
 * and an empty one where he can play. */

static void
read_lane(import_row_t *r, const char *lane, const char *text)
{
    size_t  i;

    static const char  *main_marks[] = { "●", "◎", "주", "main", "1", NULL };
    static const char  *sub_marks[] = { "○", "O", "o", "V", "v", "부", "sub",
                                        "2", NULL };

    for (i = 0; main_marks[i]; i++) {
        if (strcmp(text, main_marks[i]) == 0) {
            list_add(r->first, lane, strlen(lane));
            return;
        }
    }

    for (i = 0; sub_marks[i]; i++) {
        if (strcmp(text, sub_marks[i]) == 0) {
            list_add(r->rest, lane, strlen(lane));
            return;
        }
    }
}


/* Several columns may tell of a player: one below the other. */

static void
read_description(import_row_t *r, const char *text)
{
    char        *all;
    json_t      *before;

    before = json_object_get(r->row, "description");

    if (before == NULL) {
        read_text(r, r->row, "description", text, MAX_DESCRIPTION);
        return;
    }

    all = malloc(json_string_length(before) + strlen(text) + 2);
    if (all == NULL) {
        return;
    }

    strcpy(all, json_string_value(before));
    strcat(all, "\n");
    strcat(all, text);

    read_text(r, r->row, "description", all, MAX_DESCRIPTION);
    free(all);
}


static void
read_champions(import_row_t *r, const char *text)
{
    json_t  *list;

    list = json_object_get(r->attributes, "champions");

    if (list == NULL) {
        list = json_array();
        json_object_set_new(r->attributes, "champions", list);
    }

    read_list(list, text);
}


static void
read_kind(import_row_t *r, const char *text)
{
    const char  *kind;

    kind = strcmp(text, "product") == 0 || strcmp(text, "상품") == 0
           ? "product"
           : strcmp(text, "player") == 0 || strcmp(text, "선수") == 0
           ? "player"
           : strcmp(text, "generic") == 0 ? "generic" : NULL;

    if (kind == NULL) {
        row_wrong(r, IMPORT_KIND, "kind");
        return;
    }

    json_object_set_new(r->row, "kind", json_string(kind));
}


static int
says_yes(const char *text)
{
    size_t  i;

    static const char  *yes[] = {
        "1", "true", "TRUE", "True", "y", "Y", "yes", "Yes", "o", "O", "○",
        "●", "v", "V", "예", "네", "팀장", "주장", NULL
    };

    for (i = 0; yes[i]; i++) {
        if (strcmp(text, yes[i]) == 0) {
            return 1;
        }
    }

    return 0;
}


/* Attributes as our own export writes them. */

static void
read_attributes(import_row_t *r, const char *text)
{
    json_t  *value;

    value = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

    if (json_is_object(value)) {
        json_object_update_missing(r->attributes, value);

    } else {
        row_wrong(r, IMPORT_KIND, "attributes");
    }

    json_decref(value);
}


/* The first of several columns of one meaning counts. */

static void
keep_name(import_row_t *r, const char **kept, const char *name,
    const char *text)
{
    if (*kept == NULL) {
        json_object_set_new(r->attributes, name, json_string(text));
        *kept = json_string_value(json_object_get(r->attributes, name));
    }
}


static void
read_person(import_row_t *r, column_t column, const char *text)
{
    switch (column) {

    case COLUMN_TITLE:
        r->title = r->title ? r->title : text;
        break;

    case COLUMN_NICKNAME:
        keep_name(r, &r->nickname, "nickname", text);
        break;

    case COLUMN_NAME:
        r->name = r->name ? r->name : text;
        break;

    case COLUMN_TAG:
        keep_name(r, &r->tag, "tag", text);
        break;

    case COLUMN_POSITION:
    case COLUMN_POSITIONS:
        read_list(r->first, text);
        break;

    case COLUMN_SUB_POSITION:
        read_list(r->rest, text);
        break;

    case COLUMN_CHAMPIONS:
        read_champions(r, text);
        break;

    case COLUMN_LEADER:
        if (says_yes(text)) {
            json_object_set_new(r->row, "leader", json_true());
        }
        break;

    default:
        read_text(r, r->attributes, import_column_name(column), text,
                  MAX_ATTRIBUTE);
    }
}


/* Pots have numbers, and may have been given letters. */

static void
read_pot(import_row_t *r, const char *text)
{
    int64_t  value;

    if (text[0] >= 'A' && text[0] <= 'Z' && text[1] == '\0') {
        json_object_set_new(r->row, "pot", json_integer(text[0] - 'A' + 1));

    } else if (read_number(text, &value) == 0) {
        json_object_set_new(r->row, "pot", json_integer(value));
    }

    read_text(r, r->attributes, "pot", text, MAX_ATTRIBUTE);
}


void
import_row_cell(import_row_t *r, column_t column, const char *header,
    const char *text)
{
    switch (column) {

    case COLUMN_NONE:
    case COLUMN_KNOWN:
    case COLUMN_MAX:
        break;

    case COLUMN_LOT_ID:
        read_amount(r, r->row, "lot_id", text, MAX_AMOUNT);
        break;

    case COLUMN_EXTERNAL_ID:
        read_text(r, r->row, "external_id", text, MAX_EXTERNAL);
        break;

    case COLUMN_LANE:
        read_lane(r, header, text);
        break;

    case COLUMN_DESCRIPTION:
        read_description(r, text);
        break;

    case COLUMN_IMAGE:
        read_text(r, r->row, "image_url", text, MAX_ADDRESS);
        break;

    case COLUMN_BASE_PRICE:
        read_amount(r, r->row, "base_price", text, MAX_AMOUNT);
        break;

    case COLUMN_DURATION:
        read_amount(r, r->row, "duration_ms", text, MAX_DURATION);
        break;

    case COLUMN_QUANTITY:
    case COLUMN_RESERVE:
    case COLUMN_BUY_NOW:
    case COLUMN_CEILING:
        read_amount(r, r->row, import_column_name(column), text, MAX_AMOUNT);
        break;

    case COLUMN_POT:
        read_pot(r, text);
        break;

    case COLUMN_KIND:
        read_kind(r, text);
        break;

    case COLUMN_ATTRIBUTES:
        read_attributes(r, text);
        break;

    default:
        read_person(r, column, text);
    }
}


/* As cells of a spreadsheet are. */

static void
value_trim(json_t *value)
{
    size_t       len;
    const char  *text;

    text = json_string_value(value);
    len = json_string_length(value);

    while (len && strchr(" \t\r\n", text[len - 1])) {
        len--;
    }

    while (len && strchr(" \t\r\n", *text)) {
        text++;
        len--;
    }

    if (len != json_string_length(value)) {
        json_string_setn(value, text, len);
    }
}


/* A member of a JSON row: a list is read as a cell with commas would be. */

void
import_row_value(import_row_t *r, column_t column, const char *header,
    json_t *value)
{
    char         number[24];
    size_t       i;
    json_t      *one;

    if (json_is_string(value)) {
        value_trim(value);

        if (json_string_length(value)) {
            import_row_cell(r, column, header, json_string_value(value));
        }

    } else if (json_is_integer(value)) {
        snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
                 json_integer_value(value));
        import_row_cell(r, column, header, number);

    } else if (json_is_true(value)) {
        import_row_cell(r, column, header, "true");

    } else if (json_is_array(value)) {
        json_array_foreach(value, i, one) {
            if (json_is_string(one)) {
                import_row_cell(r, column, header, json_string_value(one));
            }
        }

    } else if (json_is_object(value) && column == COLUMN_ATTRIBUTES) {
        json_object_update_missing(r->attributes, value);

    } else if (json_is_object(value) && column == COLUMN_STATS) {
        json_object_set(r->attributes, "stats", value);

    } else if (json_is_real(value)) {
        row_wrong(r, IMPORT_NUMBER, header);
    }
}
