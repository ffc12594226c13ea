/*
 * param: one parameter: its types, their canonical forms and what is wrong.
 *
 * A body's numbers are JSON numbers and nothing else; only what travels in a
 * path or query, where everything is text, is converted.
 */

#include "command/params.h"
#include "core/times.h"

#define GAVEL_MAX_NUMBER   INT64_C(9007199254740991)
#define GAVEL_IDS_MAX      100
#define GAVEL_EMAIL_MAX    254
#define GAVEL_PHONE_LEN    16        /* "+" and 15 digits */


typedef json_t *(*gavel_param_pt)(const gavel_param_t *param, json_t *value,
    gavel_wrong_t *wrong);


static json_t *gavel_param_text(const gavel_param_t *param, json_t *value,
    gavel_wrong_t *wrong);
static json_t *gavel_param_int(const gavel_param_t *param, json_t *value,
    gavel_wrong_t *wrong);
static json_t *gavel_param_amount(const gavel_param_t *param, json_t *value,
    gavel_wrong_t *wrong);
static json_t *gavel_param_bool(const gavel_param_t *param, json_t *value,
    gavel_wrong_t *wrong);
static json_t *gavel_param_time(const gavel_param_t *param, json_t *value,
    gavel_wrong_t *wrong);
static json_t *gavel_param_enum(const gavel_param_t *param, json_t *value,
    gavel_wrong_t *wrong);
static json_t *gavel_param_email(const gavel_param_t *param, json_t *value,
    gavel_wrong_t *wrong);
static json_t *gavel_param_phone(const gavel_param_t *param, json_t *value,
    gavel_wrong_t *wrong);
static json_t *gavel_param_ids(const gavel_param_t *param, json_t *value,
    gavel_wrong_t *wrong);
static json_t *gavel_param_json(const gavel_param_t *param, json_t *value,
    gavel_wrong_t *wrong);

static ngx_int_t gavel_param_number(const gavel_param_t *param, json_t *value,
    int64_t *n);
static ngx_int_t gavel_number_read(const u_char *p, size_t len, int64_t *n);
static json_t *gavel_ids_read(json_t *value);
static ngx_uint_t gavel_text_control(const ngx_str_t *s);
static ngx_uint_t gavel_text_blank(const ngx_str_t *s);
static size_t gavel_utf8_chars(const ngx_str_t *s);
static ngx_uint_t gavel_word_in(const char *words, const ngx_str_t *word);


static const gavel_param_pt  gavel_param_types[] = {
    NULL,
    gavel_param_text,          /* TEXT */
    gavel_param_int,           /* ID */
    gavel_param_int,           /* INT */
    gavel_param_amount,        /* AMOUNT */
    gavel_param_bool,          /* BOOL */
    gavel_param_time,          /* TIME */
    gavel_param_enum,          /* ENUM */
    gavel_param_email,         /* EMAIL */
    gavel_param_phone,         /* PHONE */
    gavel_param_ids,           /* IDS */
    gavel_param_json           /* JSON */
};


/* By gavel_wrong_t: English, Korean. */

static const char  *gavel_wrong_texts[][2] = {
    { "is required", "필수 항목입니다" },
    { "must be text", "문자열이어야 합니다" },
    { "must have %L to %L characters", "%L~%L자여야 합니다" },
    { "must be a whole number", "정수여야 합니다" },
    { "must be a whole number from %L to %L", "%L~%L 사이의 정수여야 합니다" },
    { "must be a whole number from 1 to 9007199254740991",
      "1 이상 9007199254740991 이하의 정수여야 합니다" },
    { "must be true or false", "true 또는 false여야 합니다" },
    { "must be a time such as 2026-02-22T10:30:00Z",
      "2026-02-22T10:30:00Z 형식의 시각이어야 합니다" },
    { "must be one of %s", "다음 중 하나여야 합니다: %s" },
    { "must be an e-mail address", "올바른 이메일 주소가 아닙니다" },
    { "must be a phone number", "올바른 전화번호가 아닙니다" },
    { "must be a list of ids", "ID 목록이어야 합니다" },
    { "must be an object or a list", "객체 또는 배열이어야 합니다" },
    { "must come in the body, not in the URL",
      "URL이 아니라 본문으로 보내야 합니다" }
};


json_t *
gavel_param_read(const gavel_param_t *param, json_t *value,
    gavel_wrong_t *wrong)
{
    return gavel_param_types[param->type](param, value, wrong);
}


static ngx_int_t
gavel_param_string(json_t *value, ngx_str_t *text)
{
    if (!json_is_string(value)) {
        return NGX_DECLINED;
    }

    text->data = (u_char *) json_string_value(value);
    text->len = json_string_length(value);

    /* PostgreSQL cannot store it */

    return (ngx_strlen(text->data) == text->len) ? NGX_OK : NGX_DECLINED;
}


static json_t *
gavel_param_text(const gavel_param_t *param, json_t *value,
    gavel_wrong_t *wrong)
{
    size_t     n;
    ngx_str_t  text;

    if (gavel_param_string(value, &text) != NGX_OK) {
        *wrong = GAVEL_WRONG_TEXT;
        return NULL;
    }

    if (!(param->flags & GAVEL_SECRET) && gavel_text_control(&text)) {
        *wrong = GAVEL_WRONG_TEXT;
        return NULL;
    }

    /* what has to say something says nothing by blanks */

    n = gavel_utf8_chars(&text);

    if (!(param->flags & GAVEL_SECRET) && gavel_text_blank(&text)) {
        n = 0;
    }

    if (n < (size_t) param->min || (param->max && n > (size_t) param->max)) {
        *wrong = GAVEL_WRONG_LENGTH;
        return NULL;
    }

    return json_incref(value);
}


static json_t *
gavel_param_int(const gavel_param_t *param, json_t *value,
    gavel_wrong_t *wrong)
{
    int64_t  n, min, max;

    if (gavel_param_number(param, value, &n) != NGX_OK) {
        *wrong = GAVEL_WRONG_NUMBER;
        return NULL;
    }

    min = (param->type == GAVEL_PARAM_ID) ? 1 : param->min;
    max = (param->type == GAVEL_PARAM_ID) ? GAVEL_MAX_NUMBER : param->max;

    if (min == 0 && max == 0) {
        min = -GAVEL_MAX_NUMBER;
        max = GAVEL_MAX_NUMBER;
    }

    if (n < min || n > max) {
        *wrong = (min == param->min && max == param->max)
                 ? GAVEL_WRONG_RANGE : GAVEL_WRONG_NUMBER;
        return NULL;
    }

    return json_integer(n);
}


static json_t *
gavel_param_amount(const gavel_param_t *param, json_t *value,
    gavel_wrong_t *wrong)
{
    int64_t  n;

    *wrong = GAVEL_WRONG_AMOUNT;

    if (gavel_param_number(param, value, &n) != NGX_OK
        || n < 1 || n > GAVEL_MAX_NUMBER)
    {
        return NULL;
    }

    return json_integer(n);
}


static ngx_int_t
gavel_param_number(const gavel_param_t *param, json_t *value, int64_t *n)
{
    if (json_is_integer(value)) {
        *n = json_integer_value(value);
        return NGX_OK;
    }

    if (json_is_string(value)
        && (param->flags & (GAVEL_IN_PATH|GAVEL_IN_QUERY)))
    {
        return gavel_number_read((u_char *) json_string_value(value),
                                 json_string_length(value), n);
    }

    return NGX_DECLINED;
}


/* Up to 16 digits and a sign: more cannot be within 2^53. */

static ngx_int_t
gavel_number_read(const u_char *p, size_t len, int64_t *n)
{
    int64_t    sign;
    ngx_int_t  value;

    sign = 1;

    if (len && *p == '-') {
        sign = -1;
        p++;
        len--;
    }

    if (len == 0 || len > 16) {
        return NGX_DECLINED;
    }

    value = ngx_atoi((u_char *) p, len);
    if (value == NGX_ERROR) {
        return NGX_DECLINED;
    }

    *n = sign * value;

    return NGX_OK;
}


static json_t *
gavel_param_bool(const gavel_param_t *param, json_t *value,
    gavel_wrong_t *wrong)
{
    ngx_str_t  text;

    if (json_is_boolean(value)) {
        return json_incref(value);
    }

    *wrong = GAVEL_WRONG_BOOL;

    if (!(param->flags & GAVEL_IN_QUERY)
        || gavel_param_string(value, &text) != NGX_OK)
    {
        return NULL;
    }

    if (text.len == 0 || gavel_word_in("1|true|yes|on", &text)) {
        return json_true();
    }

    return gavel_word_in("0|false|no|off", &text) ? json_false() : NULL;
}


static json_t *
gavel_param_time(const gavel_param_t *param, json_t *value,
    gavel_wrong_t *wrong)
{
    u_char     buf[GAVEL_ISO_LEN];
    int64_t    ms;
    ngx_str_t  text;

    *wrong = GAVEL_WRONG_TIME;

    if (gavel_param_string(value, &text) != NGX_OK) {
        return NULL;
    }

    ms = gavel_iso_parse(text.data, text.len);
    if (ms < 0) {
        return NULL;
    }

    gavel_iso_write(buf, ms);

    return json_stringn((char *) buf, GAVEL_ISO_LEN);
}


static json_t *
gavel_param_enum(const gavel_param_t *param, json_t *value,
    gavel_wrong_t *wrong)
{
    ngx_str_t  text;

    if (gavel_param_string(value, &text) == NGX_OK
        && gavel_word_in(param->words, &text))
    {
        return json_incref(value);
    }

    *wrong = GAVEL_WRONG_WORD;

    return NULL;
}


/* One "@" with something before it, and a name with a dot behind it. */

static json_t *
gavel_param_email(const gavel_param_t *param, json_t *value,
    gavel_wrong_t *wrong)
{
    u_char     *p, *last, *at, *dot;
    ngx_str_t   text;

    *wrong = GAVEL_WRONG_EMAIL;

    if (gavel_param_string(value, &text) != NGX_OK
        || text.len > GAVEL_EMAIL_MAX)
    {
        return NULL;
    }

    at = NULL;
    dot = NULL;
    last = text.data + text.len;

    for (p = text.data; p < last; p++) {
        if (*p <= ' ' || *p == 0x7f || (*p == '@' && at != NULL)
            || ngx_strchr("\"<>(),;:\\[]", *p) != NULL)
        {
            return NULL;
        }

        if (*p == '@') {
            at = p;

        } else if (*p == '.') {
            dot = p;
        }
    }

    if (at == NULL || at == text.data || at - text.data > 64 || dot == NULL
        || dot <= at + 1 || dot == last - 1 || at[1] == '.')
    {
        return NULL;
    }

    return json_incref(value);
}


static json_t *
gavel_param_phone(const gavel_param_t *param, json_t *value,
    gavel_wrong_t *wrong)
{
    u_char     buf[GAVEL_PHONE_LEN + 1];
    ngx_str_t  text, phone;

    if (gavel_param_string(value, &text) != NGX_OK
        || gavel_phone_normal(&text, buf, &phone) != NGX_OK)
    {
        *wrong = GAVEL_WRONG_PHONE;
        return NULL;
    }

    return json_stringn((char *) phone.data, phone.len);
}


ngx_int_t
gavel_phone_normal(const ngx_str_t *text, u_char *buf, ngx_str_t *phone)
{
    u_char     digits[24], *d;
    ngx_str_t  prefix;
    size_t     i;

    d = digits;
    ngx_str_null(&prefix);

    for (i = 0; i < text->len; i++) {

        if (text->data[i] == '+' && i == 0) {
            ngx_str_set(&prefix, "+");

        } else if (text->data[i] >= '0' && text->data[i] <= '9') {
            if (d == digits + sizeof(digits)) {
                return NGX_DECLINED;
            }

            *d++ = text->data[i];

        } else if (ngx_strchr(" -.()", text->data[i]) == NULL) {
            return NGX_DECLINED;
        }
    }

    i = 0;

    if (prefix.len == 0) {
        if (d - digits < 2 || digits[0] != '0') {
            return NGX_DECLINED;
        }

        i = (digits[1] == '0') ? 2 : 1;

        if (i == 1) {
            ngx_str_set(&prefix, "+82");

        } else {
            ngx_str_set(&prefix, "+");
        }
    }

    phone->data = buf;
    phone->len = prefix.len + (d - digits - i);

    if (phone->len < 9 || phone->len > GAVEL_PHONE_LEN || digits[i] == '0') {
        return NGX_DECLINED;
    }

    ngx_memcpy(ngx_cpymem(buf, prefix.data, prefix.len), digits + i,
               d - digits - i);

    return NGX_OK;
}


static json_t *
gavel_param_ids(const gavel_param_t *param, json_t *value,
    gavel_wrong_t *wrong)
{
    json_t   *list, *id;
    size_t    i, max;
    int64_t   n;

    *wrong = GAVEL_WRONG_IDS;

    if (json_is_string(value) && (param->flags & GAVEL_IN_QUERY)) {
        list = gavel_ids_read(value);

    } else {
        list = json_incref(value);
    }

    max = param->max ? (size_t) param->max : GAVEL_IDS_MAX;

    if (!json_is_array(list) || json_array_size(list) > max
        || json_array_size(list) < (size_t) param->min)
    {
        json_decref(list);
        return NULL;
    }

    json_array_foreach(list, i, id) {
        n = json_is_integer(id) ? json_integer_value(id) : 0;

        if (n < 1 || n > GAVEL_MAX_NUMBER) {
            json_decref(list);
            return NULL;
        }
    }

    return list;
}


/* "1,2,3"; what is no number becomes null, which is no id */

static json_t *
gavel_ids_read(json_t *value)
{
    u_char   *p, *last, *comma;
    json_t   *list;
    int64_t   n;

    list = json_array();
    p = (u_char *) json_string_value(value);
    last = p + json_string_length(value);

    while (list != NULL && p < last) {
        comma = ngx_strlchr(p, last, ',');
        if (comma == NULL) {
            comma = last;
        }

        if (gavel_number_read(p, comma - p, &n) == NGX_OK) {
            json_array_append_new(list, json_integer(n));

        } else {
            json_array_append_new(list, json_null());
        }

        p = comma + 1;
    }

    return list;
}


static json_t *
gavel_param_json(const gavel_param_t *param, json_t *value,
    gavel_wrong_t *wrong)
{
    if (json_is_object(value) || json_is_array(value)) {
        return json_incref(value);
    }

    *wrong = GAVEL_WRONG_JSON;

    return NULL;
}


/* Lines and tabs may be in a text, nothing else that cannot be seen. */

static ngx_uint_t
gavel_text_control(const ngx_str_t *s)
{
    u_char  c;
    size_t  i;

    for (i = 0; i < s->len; i++) {
        c = s->data[i];

        if (c == 0x7f || (c < ' ' && c != '\t' && c != '\n' && c != '\r')) {
            return 1;
        }
    }

    return 0;
}


static ngx_uint_t
gavel_text_blank(const ngx_str_t *s)
{
    size_t  i;

    for (i = 0; i < s->len; i++) {
        if (s->data[i] > ' ') {
            return 0;
        }
    }

    return 1;
}


static size_t
gavel_utf8_chars(const ngx_str_t *s)
{
    size_t  i, n;

    n = 0;

    for (i = 0; i < s->len; i++) {
        n += (s->data[i] & 0xc0) != 0x80;
    }

    return n;
}


/* words: "a|b|c" */

static ngx_uint_t
gavel_word_in(const char *words, const ngx_str_t *word)
{
    size_t       len;
    const char  *p, *end;

    for (p = words; p != NULL; p = (end != NULL) ? end + 1 : NULL) {
        end = strchr(p, '|');
        len = (end != NULL) ? (size_t) (end - p) : ngx_strlen(p);

        if (len == word->len && ngx_strncmp(p, word->data, len) == 0) {
            return 1;
        }
    }

    return 0;
}


ngx_str_t
gavel_param_message(gavel_call_t *call, const gavel_param_t *param,
    gavel_wrong_t wrong)
{
    u_char       buf[512], *p;
    ngx_str_t    text, copy;
    const char  *format;

    format = gavel_wrong_texts[wrong][call->locale.len == 2
                                      && call->locale.data[0] == 'k'];

    if (wrong == GAVEL_WRONG_WORD) {
        p = ngx_snprintf(buf, sizeof(buf), format, param->words);

    } else {
        p = ngx_snprintf(buf, sizeof(buf), format, param->min,
                         param->max ? param->max : GAVEL_MAX_NUMBER);
    }

    text.data = buf;
    text.len = p - buf;

    copy.data = ngx_pstrdup(call->flow.pool, &text);
    copy.len = (copy.data != NULL) ? text.len : 0;

    return copy;
}
