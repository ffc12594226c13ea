/*
 * shared: memory that all workers of a node have in common, also with those
 * that come after a reload, and with those of a new binary.
 *
 * nginx's zones begin anew with a new binary.  This memory is a file without
 * a name whose descriptor stays open over exec; its number travels in the
 * environment, as those of nginx's sockets do.
 */

#include "cluster/parts.h"
#include "cluster/seen.h"
#include <sys/mman.h>

#define SHARED_SIZE  (4 * 1024 * 1024)   /* pages exist once they are used */
#define SHARED_NAME  "GAVEL_SHARED="

/* What lies where: changed whenever that does, so that a binary with another
 * layout begins with memory of its own. */

#define SHARED_LAYOUT  0x476176656c000001

static u_char     *shared_memory;        /* of the master, for its life */
static u_char     *shared_free;
static ngx_fd_t    shared_fd = NGX_INVALID_FILE;


static ngx_int_t
shared_map(ngx_fd_t fd)
{
    void  *memory;

    memory = mmap(NULL, SHARED_SIZE, PROT_READ|PROT_WRITE, MAP_SHARED, fd, 0);

    if (memory == MAP_FAILED) {
        return NGX_ERROR;
    }

    shared_memory = memory;
    shared_fd = fd;

    return NGX_OK;
}


static ngx_int_t
shared_inherit(void)
{
    char             *text;
    ngx_int_t         fd;
    ngx_file_info_t   info;

    text = getenv("GAVEL_SHARED");
    fd = text ? ngx_atoi((u_char *) text, ngx_strlen(text)) : NGX_ERROR;

    if (fd == NGX_ERROR
        || ngx_fd_info(fd, &info) == NGX_FILE_ERROR
        || info.st_size != SHARED_SIZE
        || shared_map(fd) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    if (*(uint64_t *) shared_memory == SHARED_LAYOUT) {
        return NGX_OK;
    }

    (void) munmap(shared_memory, SHARED_SIZE);
    shared_memory = NULL;

    return NGX_DECLINED;
}


static ngx_int_t
shared_make(ngx_cycle_t *cycle)
{
    ngx_fd_t  fd;

    fd = memfd_create("gavel", 0);

    if (fd == NGX_INVALID_FILE
        || ftruncate(fd, SHARED_SIZE) == -1
        || shared_map(fd) != NGX_OK)
    {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, ngx_errno,
                      "no memory for workers to share");
        return NGX_ERROR;
    }

    *(uint64_t *) shared_memory = SHARED_LAYOUT;

    return NGX_OK;
}


/* what the `env` directive does, so that a new binary is told */

static ngx_int_t
shared_leave(ngx_cycle_t *cycle)
{
    ngx_str_t        *var;
    ngx_core_conf_t  *ccf;

    ccf = (ngx_core_conf_t *) ngx_get_conf(cycle->conf_ctx, ngx_core_module);

    var = ngx_array_push(&ccf->env);
    if (var == NULL) {
        return NGX_ERROR;
    }

    var->data = ngx_pnalloc(cycle->pool, sizeof(SHARED_NAME) + NGX_INT_T_LEN);
    if (var->data == NULL) {
        return NGX_ERROR;
    }

    *ngx_sprintf(var->data, SHARED_NAME "%d", shared_fd) = '\0';
    var->len = sizeof(SHARED_NAME) - 2;              /* of the name alone */

    return NGX_OK;
}


ngx_int_t
gavel_cluster_share(ngx_cycle_t *cycle)
{
    if (shared_memory == NULL) {
        if (shared_inherit() != NGX_OK && shared_make(cycle) != NGX_OK) {
            return NGX_ERROR;
        }

        shared_free = shared_memory + sizeof(uint64_t);

        gavel_time_share();
        gavel_seen_share();
    }

    return shared_leave(cycle);
}


void *
gavel_shared(size_t size)
{
    u_char  *p;

    p = ngx_align_ptr(shared_free, NGX_ALIGNMENT);

    if (p + size > shared_memory + SHARED_SIZE) {
        return NULL;
    }

    shared_free = p + size;

    return p;
}
