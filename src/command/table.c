/*
 * table: all rows, found by name or by frame type.
 *
 * Rows are constants of the shared object, so adding the same table again, as
 * every reload does, changes nothing.
 */

#include "command/command.h"

#define GAVEL_COMMANDS_MAX  512
#define GAVEL_SLOTS         2048     /* a power of two, mostly empty */


typedef struct {
    const gavel_command_t  *row;
    const char             *key;
} gavel_slot_t;


static ngx_int_t gavel_slots_add(gavel_slot_t *slots, const char *key,
    const gavel_command_t *row);
static const gavel_command_t *gavel_slots_find(const gavel_slot_t *slots,
    const u_char *key, size_t len);


static const gavel_command_t  *gavel_command_rows[GAVEL_COMMANDS_MAX];
static ngx_uint_t              gavel_command_count;

static gavel_slot_t            gavel_command_names[GAVEL_SLOTS];
static gavel_slot_t            gavel_command_frames[GAVEL_SLOTS];


ngx_int_t
gavel_commands_add(const gavel_command_t *rows)
{
    const gavel_command_t  *row, *known;

    for (row = rows; row->name != NULL; row++) {

        known = gavel_command_by_name(row->name);

        if (known == row) {
            continue;
        }

        if (known != NULL || gavel_command_count == GAVEL_COMMANDS_MAX
            || gavel_slots_add(gavel_command_names, row->name, row) != NGX_OK
            || (row->frame != NULL
                && gavel_slots_add(gavel_command_frames, row->frame, row)
                   != NGX_OK))
        {
            ngx_log_error(NGX_LOG_EMERG, ngx_cycle->log, 0,
                          "command \"%s\" is there twice, or there are too "
                          "many", row->name);
            return NGX_ERROR;
        }

        gavel_command_rows[gavel_command_count++] = row;
    }

    return NGX_OK;
}


const gavel_command_t *
gavel_command_by_name(const char *name)
{
    return gavel_slots_find(gavel_command_names, (u_char *) name,
                            ngx_strlen(name));
}


const gavel_command_t *
gavel_command_by_frame(const ngx_str_t *type)
{
    return gavel_slots_find(gavel_command_frames, type->data, type->len);
}


ngx_uint_t
gavel_commands(const gavel_command_t ***all)
{
    *all = gavel_command_rows;

    return gavel_command_count;
}


static ngx_int_t
gavel_slots_add(gavel_slot_t *slots, const char *key,
    const gavel_command_t *row)
{
    size_t      len;
    ngx_uint_t  i;

    len = ngx_strlen(key);

    if (gavel_slots_find(slots, (u_char *) key, len) != NULL) {
        return NGX_ERROR;
    }

    i = ngx_hash_key((u_char *) key, len);

    while (slots[i % GAVEL_SLOTS].row != NULL) {
        i++;
    }

    slots[i % GAVEL_SLOTS].row = row;
    slots[i % GAVEL_SLOTS].key = key;

    return NGX_OK;
}


static const gavel_command_t *
gavel_slots_find(const gavel_slot_t *slots, const u_char *key, size_t len)
{
    ngx_uint_t           i;
    const gavel_slot_t  *slot;

    for (i = ngx_hash_key((u_char *) key, len); /* void */ ; i++) {
        slot = &slots[i % GAVEL_SLOTS];

        if (slot->row == NULL) {
            return NULL;
        }

        if (ngx_strncmp(slot->key, key, len) == 0 && slot->key[len] == '\0') {
            return slot->row;
        }
    }
}
