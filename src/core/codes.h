/*
 * codes: the one table of everything that can be answered instead of success.
 * Plain C without nginx, so that the engine can name its refusals from it.
 *
 * A row is: code, HTTP status, English text, Korean text.  A code is part of
 * the protocol and never changes its meaning.
 */

#ifndef GAVEL_CODES_H
#define GAVEL_CODES_H

#define GAVEL_CODES(X)                                                        \
    /* the request itself */                                                  \
    X(bad_request,        400, "The request is malformed.",                   \
      "잘못된 요청입니다.")                                                     \
    X(invalid_json,       400, "The body is not valid JSON.",                 \
      "본문이 올바른 JSON이 아닙니다.")                                          \
    X(invalid_params,     422, "Some parameters are not valid.",              \
      "일부 값이 올바르지 않습니다.")                                            \
    X(invalid_amount,     422, "The amount must be a whole number from 1 to " \
      "2^53-1.", "금액은 1 이상의 정수여야 합니다.")                              \
    X(unknown_path,       404, "There is nothing at this path.",              \
      "존재하지 않는 경로입니다.")                                               \
    X(unknown_command,    400, "This command is not known.",                  \
      "알 수 없는 명령입니다.")                                                 \
    X(not_found,          404, "It does not exist, or is not yours to see.",  \
      "찾을 수 없습니다.")                                                     \
    X(method_not_allowed, 405, "This path does not take that method.",        \
      "허용되지 않는 메서드입니다.")                                             \
    X(not_acceptable,     406, "No such representation.",                     \
      "제공할 수 없는 형식입니다.")                                              \
    X(conflict,           409, "It was changed by somebody else.",            \
      "다른 변경과 충돌했습니다.")                                               \
    X(already_exists,     409, "It exists already.",                          \
      "이미 존재합니다.")                                                      \
    X(precondition,       412, "The version in If-Match is not current.",     \
      "최신 버전이 아닙니다.")                                                  \
    X(request_timeout,    408, "The body did not come in time.",              \
      "본문이 제때 도착하지 않았습니다.")                                          \
    X(too_large,          413, "The body is too large.",                      \
      "본문이 너무 큽니다.")                                                   \
    X(unsupported_type,   415, "The content type is not supported.",          \
      "지원하지 않는 형식입니다.")                                               \
    X(request_id_reused,  422, "This request id was used for another "        \
      "request.", "이미 사용된 요청 ID입니다.")                                  \
    X(rate_limited,       429, "Too many requests.",                          \
      "요청이 너무 많습니다.")                                                  \
    X(slow_mode,          429, "The chat is slow: wait before the next line.",\
      "슬로우 모드입니다. 잠시 후 다시 입력해 주세요.")                            \
                                                                              \
    /* who asks */                                                            \
    X(not_authenticated,  401, "Log in first.",                               \
      "로그인이 필요합니다.")                                                   \
    X(invalid_token,      401, "The token is not valid.",                     \
      "유효하지 않은 토큰입니다.")                                              \
    X(token_expired,      401, "The token has expired.",                      \
      "토큰이 만료되었습니다.")                                                 \
    X(credentials,        401, "The name or the password is wrong.",          \
      "아이디 또는 비밀번호가 올바르지 않습니다.")                                 \
    X(csrf,               403, "The CSRF token is missing or wrong.",         \
      "CSRF 토큰이 없거나 올바르지 않습니다.")                                   \
    X(origin_denied,      403, "This origin is not allowed.",                 \
      "허용되지 않은 출처입니다.")                                              \
    X(not_authorized,     403, "You may not do this.",                        \
      "권한이 없습니다.")                                                      \
    X(muted,              403, "You are muted in this chat.",                 \
      "이 채팅에서 음소거되었습니다.")                                           \
    X(account_blocked,    403, "This account is suspended or banned.",        \
      "정지되었거나 차단된 계정입니다.")                                          \
                                                                              \
    /* the engine: in the order of the bid gauntlet */                        \
    X(engine_halted,      503, "This auction runs on newer rules than this "  \
      "server knows.", "경매 엔진이 중지되었습니다.")                             \
    X(auction_paused,     409, "The auction is paused.",                      \
      "경매가 일시 중지되었습니다.")                                             \
    X(lot_not_open,       409, "No such lot is open.",                        \
      "진행 중인 경매 물품이 없습니다.")                                          \
    X(wrong_lot,          409, "Another lot or round is on the block.",       \
      "현재 진행 중인 물품이 아닙니다.")                                          \
    X(after_end,          409, "The lot had ended.",                          \
      "입찰이 마감되었습니다.")                                                 \
    X(team_suspended,     403, "This team is suspended.",                     \
      "출전 정지된 팀입니다.")                                                  \
    X(own_auction,        403, "You cannot bid in your own auction.",         \
      "본인의 경매에는 입찰할 수 없습니다.")                                       \
    X(folded,             409, "This team has folded on this lot.",           \
      "이미 포기한 물품입니다.")                                                \
    X(already_leading,    409, "You lead already.",                           \
      "이미 최고 입찰자입니다.")                                                \
    X(leading,            409, "Who leads is bound by his maximum.",          \
      "최고 입찰자는 최대 입찰가를 취소할 수 없습니다.")                                \
    X(below_base,         422, "The amount is below the base price.",         \
      "시작가보다 낮은 금액입니다.")                                             \
    X(too_low,            422, "The amount is below the least raise.",        \
      "최소 입찰가보다 낮은 금액입니다.")                                          \
    X(invalid_increment,  422, "The amount is not on the ladder.",            \
      "입찰 단위에 맞지 않는 금액입니다.")                                         \
    X(over_cap,           422, "The amount is above the cap.",                \
      "최고 한도를 넘는 금액입니다.")                                            \
    X(budget_exceeded,    422, "There are not enough points left.",           \
      "보유 포인트가 부족합니다.")                                              \
    X(reserve_violation,  422, "The rest of the roster could not be filled.", \
      "남은 로스터를 채울 수 없는 금액입니다.")                                    \
    X(roster_full,        409, "The roster is full.",                         \
      "로스터가 가득 찼습니다.")                                                \
    X(role_limit,         409, "The quota of this position is full.",         \
      "포지션 정원이 가득 찼습니다.")                                             \
    X(reserve_not_met,    409, "The price is below the reserve; sell it "     \
      "all the same?", "최저 낙찰가에 미달했습니다. 그래도 낙찰할까요?")             \
    X(illegal_transition, 409, "That is not possible in this state.",         \
      "현재 상태에서는 할 수 없습니다.")                                          \
    X(not_ready,          409, "The auction is not ready to start.",          \
      "경매를 시작할 준비가 되지 않았습니다.")                                     \
    X(invalid_rules,      422, "These rules are not valid.",                  \
      "규칙이 올바르지 않습니다.")                                              \
    X(limit_reached,      409, "There are too many of them.",                 \
      "최대 개수를 초과했습니다.")                                              \
                                                                              \
    /* the server */                                                          \
    X(internal,           500, "Something went wrong on our side.",           \
      "서버 오류가 발생했습니다.")                                               \
    X(busy,               503, "The server is busy; try again.",              \
      "서버가 혼잡합니다. 다시 시도해 주세요.")                                   \
    X(unavailable,        503, "A service that this needs is away.",          \
      "일시적으로 사용할 수 없습니다.")

typedef enum {
    GAVEL_OK = 0,
#define X(code, status, en, ko)  GAVEL_##code,
    GAVEL_CODES(X)
#undef X
    GAVEL_NCODES
} gavel_code_t;

#endif
