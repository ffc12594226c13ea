/*
 * import_result: what is wrong with a line of a file, in words.
 */

#include "api/import_result.h"
#include "api/import_table.h"


static ngx_uint_t
call_is_korean(const gavel_call_t *call)
{
    return call->locale.len == 2 && call->locale.data[0] == 'k';
}


static json_t *
json_of(const ngx_str_t *text)
{
    return json_stringn((char *) text->data, text->len);
}


void
import_result_code(gavel_call_t *call, json_t *result, gavel_code_t code)
{
    const gavel_error_t  *e;

    e = gavel_error(code);

    json_object_set_new(result, "status", json_string("error"));
    json_object_set_new(result, "code", json_of(&e->code));
    json_object_set_new(result, "message",
                        json_of(call_is_korean(call) ? &e->ko : &e->en));
}


void
import_result_wrong(gavel_call_t *call, json_t *result)
{
    json_t       *wrong;
    ngx_uint_t    n, ko;
    const char   *text;
    gavel_code_t  code;

    static const struct {
        gavel_code_t   code;
        const char    *en, *ko;
    } wrongs[] = {
        [IMPORT_FINE] = { GAVEL_internal, "", "" },
        [IMPORT_REQUIRED] = { GAVEL_invalid_params, "is required",
                              "값이 필요합니다" },
        [IMPORT_NUMBER] = { GAVEL_invalid_params, "must be a whole number",
                            "정수여야 합니다" },
        [IMPORT_LENGTH] = { GAVEL_invalid_params, "is too long",
                            "너무 깁니다" },
        [IMPORT_ADDRESS] = { GAVEL_invalid_params,
                             "must be a path or a web address",
                             "경로 또는 웹 주소여야 합니다" },
        [IMPORT_KIND] = { GAVEL_invalid_params, "is not understood",
                          "알 수 없는 값입니다" },
        [IMPORT_TWICE] = { GAVEL_already_exists,
                           "means the same as an earlier line",
                           "앞의 줄과 같은 대상입니다" },
        [IMPORT_FIXED] = { GAVEL_illegal_transition,
                           "is fixed: the lot is not in the queue any more",
                           "대기 중인 물품이 아니어서 바꿀 수 없습니다" },
        [IMPORT_GROWS] = { GAVEL_illegal_transition,
                           "there are bids: texts may only grow",
                           "입찰이 있어 내용을 바꿀 수 없습니다" },
        [IMPORT_LEADER] = { GAVEL_OK, "a team's leader is not for sale",
                            "팀장은 경매 대상이 아닙니다" }
    };

    ko = call_is_korean(call);
    wrong = json_object_get(result, "wrong");

    if (wrong) {
        n = json_integer_value(wrong);
        code = wrongs[n].code;
        text = ko ? wrongs[n].ko : wrongs[n].en;

        json_object_set_new(result, "message", json_string(text));

        if (code != GAVEL_OK) {
            json_object_set_new(result, "code",
                                json_of(&gavel_error(code)->code));
        }
    }
}
