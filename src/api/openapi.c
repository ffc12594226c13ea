/*
 * openapi: the document of the API, OpenAPI 3.1, made once from the tables.
 *
 * Nothing about an operation is written twice: parameters, bodies, who may
 * call and what can go wrong come from its row; only what answers look like
 * is told by name, in schemas.c.
 */

#include "api/api.h"
#include "api/openapi.h"
#include "api/operation.h"


#define OPENAPI_SIZE  262144

typedef struct {
    ngx_uint_t    n;
    operation_t   rows[512];
} operations_t;


static void operations_gather(ngx_uint_t method, const gavel_route_t *route,
    void *data);
static void write_info(gavel_json_t *j);
static void write_paths(gavel_json_t *j, const operations_t *all);
static void write_operation(gavel_json_t *j, const operation_t *op,
    const operations_t *all);
static void write_security(gavel_json_t *j, const gavel_command_t *row);
static void write_parameters(gavel_json_t *j, const operation_t *op);
static void write_body(gavel_json_t *j, const operation_t *op);
static void write_type(gavel_json_t *j, const gavel_param_t *param);
static void write_responses(gavel_json_t *j, const operation_t *op);
static void write_components(gavel_json_t *j);


ngx_int_t
gavel_openapi_create(ngx_conf_t *cf)
{
    u_char        *p;
    ngx_str_t      text;
    operations_t  *all;
    gavel_json_t   j;

    all = ngx_pcalloc(cf->temp_pool, sizeof(operations_t));
    p = ngx_pnalloc(cf->pool, sizeof("\"01234567\""));

    if (all == NULL || p == NULL) {
        return NGX_ERROR;
    }

    gavel_router_each(operations_gather, all);

    gavel_json_init(&j, cf->temp_pool, OPENAPI_SIZE);

    gavel_json_open(&j, NULL, '{');
    write_info(&j);
    write_paths(&j, all);
    write_components(&j);
    gavel_json_close(&j, '}');

    if (j.failed) {
        return NGX_ERROR;
    }

    text = gavel_json_text(&j);
    text.data = ngx_pstrdup(cf->pool, &text);
    if (text.data == NULL) {
        return NGX_ERROR;
    }

    gavel_api->openapi = text;
    gavel_api->openapi_etag.data = p;
    gavel_api->openapi_etag.len = ngx_sprintf(p, "\"%08xD\"",
                                              ngx_crc32_long(text.data,
                                                             text.len))
                                  - p;

    return NGX_OK;
}


const ngx_str_t *
gavel_openapi_text(void)
{
    return &gavel_api->openapi;
}


const ngx_str_t *
gavel_openapi_etag(void)
{
    return &gavel_api->openapi_etag;
}


static void
operations_gather(ngx_uint_t method, const gavel_route_t *route, void *data)
{
    operations_t *all = data;

    if (all->n < sizeof(all->rows) / sizeof(all->rows[0])) {
        all->rows[all->n].method = method;
        all->rows[all->n].route = route;
        all->n++;
    }
}


static const char *
method_name(ngx_uint_t method)
{
    switch (method) {

    case NGX_HTTP_GET:
        return "get";

    case NGX_HTTP_POST:
        return "post";

    case NGX_HTTP_PUT:
        return "put";

    case NGX_HTTP_PATCH:
        return "patch";

    default:
        return "delete";
    }
}


static ngx_uint_t
is_alias(const operation_t *op)
{
    return op->method != op->route->command->method
           || ngx_strcmp(op->route->path, op->route->command->path) != 0;
}


/* Is the parameter one of the path's? */

static ngx_uint_t
in_path(const operation_t *op, const gavel_param_t *param)
{
    size_t      len;
    ngx_str_t   name;
    ngx_uint_t  i;

    len = ngx_strlen(param->name);

    for (i = 0; /* void */ ; i++) {
        name = gavel_route_name(op->route, i);

        if (name.len == 0) {
            return 0;
        }

        if (name.len == len && ngx_memcmp(name.data, param->name, len) == 0) {
            return 1;
        }
    }
}


static void
full_path(const char *path, u_char *buf, size_t size)
{
    u_char  *p;

    p = ngx_strncmp(path, "//", 2) == 0
        ? ngx_snprintf(buf, size - 1, "%s", path + 1)
        : ngx_snprintf(buf, size - 1, "/api/v1%s", path);

    *p = '\0';
}


static void
write_info(gavel_json_t *j)
{
    gavel_json_cstr(j, "openapi", "3.1.0");

    gavel_json_open(j, "info", '{');
    gavel_json_cstr(j, "title", "Gavel");
    gavel_json_cstr(j, "version", "1.0.0");
    gavel_json_cstr(j, "description",
        "A live-auction platform. Amounts are whole numbers in minor units, "
        "times ISO 8601 in UTC. Errors are problem+json with a stable code. "
        "Every path answers with and without a slash at its end, and under "
        "/api/ as under /api/v1/. An Idempotency-Key makes a repeated request "
        "the same request.");
    gavel_json_open(j, "license", '{');
    gavel_json_cstr(j, "name", "BSD-2-Clause");
    gavel_json_cstr(j, "identifier", "BSD-2-Clause");
    gavel_json_close(j, '}');
    gavel_json_close(j, '}');

    gavel_json_open(j, "servers", '[');
    gavel_json_open(j, NULL, '{');
    gavel_json_cstr(j, "url", "/");
    gavel_json_close(j, '}');
    gavel_json_close(j, ']');
}


static void
write_paths(gavel_json_t *j, const operations_t *all)
{
    u_char              path[256];
    ngx_uint_t          i, k;
    const operation_t  *op, *other;

    gavel_json_open(j, "paths", '{');

    for (i = 0; i < all->n; i++) {
        op = &all->rows[i];

        for (k = 0; k < i; k++) {
            other = &all->rows[k];

            if (!is_alias(other)
                && ngx_strcmp(other->route->path, op->route->path) == 0)
            {
                break;
            }
        }

        if (is_alias(op) || k < i) {
            continue;
        }

        full_path(op->route->path, path, sizeof(path));
        gavel_json_open(j, (char *) path, '{');

        for (k = i; k < all->n; k++) {
            other = &all->rows[k];

            if (!is_alias(other)
                && ngx_strcmp(other->route->path, op->route->path) == 0)
            {
                write_operation(j, other, all);
            }
        }

        gavel_json_close(j, '}');
    }

    gavel_json_close(j, '}');
}


static void
write_aliases(gavel_json_t *j, const operation_t *op, const operations_t *all)
{
    u_char              path[256], text[280];
    ngx_uint_t          i, n;
    const operation_t  *other;

    n = 0;

    for (i = 0; i < all->n; i++) {
        other = &all->rows[i];

        if (!is_alias(other) || other->route->command != op->route->command) {
            continue;
        }

        if (n++ == 0) {
            gavel_json_open(j, "x-aliases", '[');
        }

        full_path(other->route->path, path, sizeof(path));
        *ngx_snprintf(text, sizeof(text) - 1, "%s %s",
                      method_name(other->method), path) = '\0';
        gavel_json_cstr(j, NULL, (char *) text);
    }

    if (n) {
        gavel_json_close(j, ']');
    }
}


static void
write_operation(gavel_json_t *j, const operation_t *op,
    const operations_t *all)
{
    const char             *dot;
    ngx_str_t               tag;
    const gavel_command_t  *row;

    row = op->route->command;

    dot = ngx_strchr(row->name, '.');
    tag.data = (u_char *) row->name;
    tag.len = dot ? (size_t) (dot - row->name) : ngx_strlen(row->name);

    gavel_json_open(j, method_name(op->method), '{');

    gavel_json_cstr(j, "operationId", row->name);
    gavel_json_cstr(j, "summary", row->summary);
    gavel_json_open(j, "tags", '[');
    gavel_json_str(j, NULL, &tag);
    gavel_json_close(j, ']');

    if (row->frame) {
        gavel_json_cstr(j, "x-websocket-type", row->frame);
    }

    write_aliases(j, op, all);
    write_security(j, row);
    write_parameters(j, op);

    if (gavel_operation_takes_body(op)) {
        write_body(j, op);
    }

    write_responses(j, op);

    gavel_json_close(j, '}');
}


static void
write_scheme(gavel_json_t *j, const char *scheme)
{
    gavel_json_open(j, NULL, '{');

    if (scheme) {
        gavel_json_open(j, scheme, '[');
        gavel_json_close(j, ']');
    }

    gavel_json_close(j, '}');
}


static void
write_security(gavel_json_t *j, const gavel_command_t *row)
{
    static const char  *who[] = { "guest", "member", "seller", "admin" };

    gavel_json_cstr(j, "x-role", who[row->who]);

    gavel_json_open(j, "security", '[');

    if (row->who == GAVEL_BY_GUEST) {
        write_scheme(j, NULL);
    }

    write_scheme(j, "bearer");
    write_scheme(j, "cookie");
    gavel_json_close(j, ']');
}


static void
write_description(gavel_json_t *j, const gavel_param_t *param)
{
    u_char  text[400];

    if (param->alias == NULL && (param->help == NULL || *param->help == '\0'))
    {
        return;
    }

    *ngx_snprintf(text, sizeof(text) - 1, "%s%s%s%s",
                  param->help ? param->help : "",
                  param->help && *param->help && param->alias ? "; " : "",
                  param->alias ? "also as " : "",
                  param->alias ? param->alias : "") = '\0';

    gavel_json_cstr(j, "description", (char *) text);
}


static void
write_example(gavel_json_t *j, const char *key, const char *example)
{
    ngx_str_t  text;

    if (example) {
        text.data = (u_char *) example;
        text.len = ngx_strlen(example);
        gavel_json_raw(j, key, &text);
    }
}


static void
write_parameter(gavel_json_t *j, const gavel_param_t *param, const char *in)
{
    gavel_json_open(j, NULL, '{');
    gavel_json_cstr(j, "name", param->name);
    gavel_json_cstr(j, "in", in);

    if ((param->flags & GAVEL_REQUIRED) || in[0] == 'p') {
        gavel_json_bool(j, "required", 1);
    }

    write_description(j, param);

    if (param->type == GAVEL_PARAM_IDS) {
        gavel_json_cstr(j, "style", "form");
        gavel_json_bool(j, "explode", 0);
    }

    gavel_json_open(j, "schema", '{');
    write_type(j, param);
    gavel_json_close(j, '}');
    write_example(j, "example", param->example);
    gavel_json_close(j, '}');
}


static void
write_parameters(gavel_json_t *j, const operation_t *op)
{
    const gavel_param_t  *param;

    static const gavel_param_t  key = {
        "Idempotency-Key", GAVEL_PARAM_TEXT, 0, 1, ENGINE_REQUEST_LEN, NULL,
        NULL, "a repeat with the same key is the same request", "\"b7c1\""
    };

    gavel_json_open(j, "parameters", '[');

    param = op->route->command->params;

    for ( /* void */ ; param && param->name; param++) {

        if (in_path(op, param)) {
            write_parameter(j, param, "path");

        } else if ((param->flags & GAVEL_IN_QUERY)
                   && !(gavel_operation_takes_body(op)
                        && (param->flags & GAVEL_IN_BODY)))
        {
            write_parameter(j, param, "query");
        }
    }

    if (op->method != NGX_HTTP_GET) {
        write_parameter(j, &key, "header");
    }

    gavel_json_close(j, ']');
}


static ngx_uint_t
in_body(const operation_t *op, const gavel_param_t *param)
{
    return (param->flags & GAVEL_IN_BODY) && !in_path(op, param);
}


/* A file: as a spreadsheet writes it, or as a list of objects. */

static void
write_file(gavel_json_t *j)
{
    gavel_json_open(j, "requestBody", '{');
    gavel_json_bool(j, "required", 1);
    gavel_json_open(j, "content", '{');

    gavel_json_open(j, "text/csv", '{');
    gavel_json_open(j, "schema", '{');
    gavel_json_cstr(j, "type", "string");
    gavel_json_close(j, '}');
    gavel_json_cstr(j, "example", "nickname,tag,tier,position,base_price\n"
                    "Faker,KR1,Challenger,mid,100\n");
    gavel_json_close(j, '}');

    gavel_json_open(j, "application/json", '{');
    write_example(j, "schema", "{\"type\":[\"object\",\"array\"],"
                  "\"description\":\"the list may stand alone\","
                  "\"properties\":{\"lots\":{\"type\":\"array\","
                  "\"items\":{\"type\":\"object\"}}}}");
    write_example(j, "example", "{\"lots\":[{\"title\":\"A camera\","
                  "\"base_price\":1000}]}");
    gavel_json_close(j, '}');

    gavel_json_close(j, '}');
    gavel_json_close(j, '}');
}


static void
write_body(gavel_json_t *j, const operation_t *op)
{
    ngx_uint_t            n, required;
    const gavel_param_t  *param, *first;

    if (op->route->command->flags & GAVEL_CMD_FILE) {
        write_file(j);
        return;
    }

    n = 0;
    required = 0;
    first = op->route->command->params;

    for (param = first; param && param->name; param++) {
        n += in_body(op, param);
        required += in_body(op, param) && (param->flags & GAVEL_REQUIRED);
    }

    if (n == 0) {
        return;
    }

    gavel_json_open(j, "requestBody", '{');
    gavel_json_bool(j, "required", required != 0);
    gavel_json_open(j, "content", '{');
    gavel_json_open(j, "application/json", '{');
    gavel_json_open(j, "schema", '{');
    gavel_json_cstr(j, "type", "object");

    gavel_json_open(j, "properties", '{');

    for (param = first; param->name; param++) {
        if (in_body(op, param)) {
            gavel_json_open(j, param->name, '{');
            write_type(j, param);
            write_description(j, param);
            gavel_json_close(j, '}');
        }
    }

    gavel_json_close(j, '}');

    if (required) {
        gavel_json_open(j, "required", '[');

        for (param = first; param->name; param++) {
            if (in_body(op, param) && (param->flags & GAVEL_REQUIRED)) {
                gavel_json_cstr(j, NULL, param->name);
            }
        }

        gavel_json_close(j, ']');
    }

    gavel_json_close(j, '}');

    gavel_json_open(j, "example", '{');

    for (param = first; param->name; param++) {
        if (in_body(op, param)) {
            write_example(j, param->name, param->example);
        }
    }

    gavel_json_close(j, '}');
    gavel_json_close(j, '}');
    gavel_json_close(j, '}');
    gavel_json_close(j, '}');
}


static void
write_words(gavel_json_t *j, const char *words)
{
    ngx_str_t    word;
    const char  *end;

    gavel_json_open(j, "enum", '[');

    for ( ;; ) {
        end = ngx_strchr(words, '|');

        word.data = (u_char *) words;
        word.len = end ? (size_t) (end - words) : ngx_strlen(words);
        gavel_json_str(j, NULL, &word);

        if (end == NULL) {
            break;
        }

        words = end + 1;
    }

    gavel_json_close(j, ']');
}


static void
write_type(gavel_json_t *j, const gavel_param_t *param)
{
    static const char  *types[] = {
        NULL, "string", "integer", "integer", "integer", "boolean", "string",
        "string", "string", "string", "array", NULL
    };

    if (types[param->type]) {
        gavel_json_cstr(j, "type", types[param->type]);
    }

    switch (param->type) {

    case GAVEL_PARAM_TEXT:
        if (param->max) {
            gavel_json_int(j, "minLength", param->min);
            gavel_json_int(j, "maxLength", param->max);
        }

        break;

    case GAVEL_PARAM_ID:
    case GAVEL_PARAM_AMOUNT:
        gavel_json_int(j, "minimum", 1);
        gavel_json_int(j, "maximum", ENGINE_MAX_AMOUNT);
        break;

    case GAVEL_PARAM_INT:
        if (param->min || param->max) {
            gavel_json_int(j, "minimum", param->min);
            gavel_json_int(j, "maximum", param->max);
        }

        break;

    case GAVEL_PARAM_TIME:
        gavel_json_cstr(j, "format", "date-time");
        break;

    case GAVEL_PARAM_ENUM:
        write_words(j, param->words);
        break;

    case GAVEL_PARAM_EMAIL:
        gavel_json_cstr(j, "format", "email");
        break;

    case GAVEL_PARAM_IDS:
        gavel_json_open(j, "items", '{');
        gavel_json_cstr(j, "type", "integer");
        gavel_json_close(j, '}');

        if (param->max) {
            gavel_json_int(j, "maxItems", param->max);
        }

        break;

    case GAVEL_PARAM_JSON:
        gavel_json_open(j, "type", '[');
        gavel_json_cstr(j, NULL, "object");
        gavel_json_cstr(j, NULL, "array");
        gavel_json_close(j, ']');
        break;

    default:
        break;
    }
}


static const gavel_schema_t *
schema_find(const char *name)
{
    const gavel_schema_t         *schema;
    const gavel_schema_t *const  *table;

    for (table = gavel_schemas; name && *table; table++) {
        for (schema = *table; schema->name; schema++) {
            if (ngx_strcmp(schema->name, name) == 0) {
                return schema;
            }
        }
    }

    return NULL;
}


static const char *
schema_type(const gavel_schema_t *schema)
{
    if (ngx_strcmp(schema->name, "Metrics") == 0) {
        return "text/plain";
    }

    if (ngx_strcmp(schema->name, "EventStream") == 0) {
        return "text/event-stream";
    }

    if (ngx_strcmp(schema->name, "File") == 0) {
        return "text/csv";
    }

    return ngx_strcmp(schema->name, "CalendarFeed") == 0 ? "text/calendar"
                                                         : "application/json";
}


static void
write_responses(gavel_json_t *j, const operation_t *op)
{
    u_char                  text[100];
    const gavel_schema_t   *schema;
    const gavel_command_t  *row;

    row = op->route->command;
    schema = schema_find(row->answer);

    gavel_json_open(j, "responses", '{');

    *ngx_snprintf(text, sizeof(text) - 1, "%ui",
                  row->status ? row->status : 200) = '\0';

    gavel_json_open(j, (char *) text, '{');
    gavel_json_cstr(j, "description", row->summary);

    if (row->status != NGX_HTTP_NO_CONTENT && schema) {
        gavel_json_open(j, "content", '{');
        gavel_json_open(j, schema_type(schema), '{');
        gavel_json_open(j, "schema", '{');
        *ngx_snprintf(text, sizeof(text) - 1, "#/components/schemas/%s",
                      schema->name) = '\0';
        gavel_json_cstr(j, "$ref", (char *) text);
        gavel_json_close(j, '}');
        write_example(j, "example", schema->example);
        gavel_json_close(j, '}');
        gavel_json_close(j, '}');
    }

    gavel_json_close(j, '}');

    gavel_operation_errors(j, op);
    gavel_json_close(j, '}');
}


static void
write_components(gavel_json_t *j)
{
    const gavel_schema_t         *schema;
    const gavel_schema_t *const  *table;

    gavel_json_open(j, "components", '{');

    gavel_json_open(j, "securitySchemes", '{');
    gavel_json_open(j, "bearer", '{');
    gavel_json_cstr(j, "type", "http");
    gavel_json_cstr(j, "scheme", "bearer");
    gavel_json_cstr(j, "bearerFormat", "JWT");
    gavel_json_close(j, '}');
    gavel_json_open(j, "cookie", '{');
    gavel_json_cstr(j, "type", "apiKey");
    gavel_json_cstr(j, "in", "cookie");
    gavel_json_cstr(j, "name", GAVEL_COOKIE_ACCESS);
    gavel_json_cstr(j, "description",
        "With the header X-CSRF-Token, the value of the cookie gavel_csrf, "
        "on everything but GET.");
    gavel_json_close(j, '}');
    gavel_json_close(j, '}');

    gavel_json_open(j, "schemas", '{');

    for (table = gavel_schemas; *table; table++) {
        for (schema = *table; schema->name; schema++) {
            write_example(j, schema->name, schema->schema);
        }
    }

    gavel_json_close(j, '}');
    gavel_json_close(j, '}');
}
