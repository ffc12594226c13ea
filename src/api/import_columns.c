/*
 * import_columns: what the columns of other programs' files mean.
 *
 * The words are those of the tools that Korean team auctions are held with,
 * of the forms by which their players apply, and of our own exports.  A
 * column that nobody knows is not read: an application form has telephone
 * numbers, too.
 */

#include "api/import_columns.h"

#include <string.h>


#define HEADER_MAX  120          /* bytes of a header that are looked at */


static const struct {
    column_t     column;
    const char  *names;          /* with bars between and around */
} columns[] = {

    { COLUMN_KNOWN, "|number|번호|순번|no|#|status|상태|"
      "price|낙찰가|winner|team|auctionid|itemid|round|" },

    { COLUMN_LOT_ID, "|lotid|" },

    { COLUMN_EXTERNAL_ID, "|externalid|외부id|관리번호|식별자|sku|uid|"
      "externalref|" },

    { COLUMN_TITLE, "|title|제목|물품명|물품|상품명|상품|품명|item|product|"
      "lot|lottitle|" },

    { COLUMN_NICKNAME, "|nickname|nick|닉네임|롤닉네임|게임닉네임|인게임닉네임|"
      "소환사명|소환사이름|소환사|summoner|summonername|gamename|riotid|"
      "라이엇id|선수|선수명|player|playername|참가자|" },

    { COLUMN_NAME, "|name|이름|성명|본명|실명|realname|" },

    { COLUMN_TAG, "|tag|태그|tagline|태그라인|riottag|" },

    { COLUMN_TIER, "|tier|티어|현재티어|현티어|currenttier|rank|랭크|"
      "소환사의협곡|솔랭티어|" },

    { COLUMN_PEAK_TIER, "|peaktier|최고티어|최대티어|hightier|highesttier|"
      "maxtier|역대최고티어|" },

    { COLUMN_POSITION, "|position|포지션|주포지션|주라인|라인|주포|mainposition|"
      "mainpos|mainrole|role|primaryposition|" },

    { COLUMN_SUB_POSITION, "|subposition|부포지션|부라인|서브포지션|부포|"
      "서브라인|subpos|subrole|secondaryposition|" },

    { COLUMN_POSITIONS, "|positions|가능포지션|희망포지션|roles|" },

    { COLUMN_LANE, "|탑|정글|미드|원딜|바텀|서폿|서포터|top|jungle|jg|mid|adc|"
      "bot|support|sup|" },

    { COLUMN_CHAMPIONS, "|champions|champion|챔피언|주챔피언|주챔|모스트|"
      "모스트챔피언|모스트1|모스트2|모스트3|모스트4|모스트5|선호챔피언|most|"
      "most1|most2|most3|" },

    { COLUMN_STATS, "|stats|스탯|전적|기록|승률|winrate|" },

    { COLUMN_SCORE, "|score|점수|포인트|point|points|선수점수|" },

    { COLUMN_DESCRIPTION, "|description|desc|설명|소개|자기소개|한줄소개|각오|"
      "한마디|하고싶은말|코멘트|comment|어필|intro|introduction|비고|note|" },

    { COLUMN_IMAGE, "|imageurl|image|이미지|사진|프로필사진|avatar|avatarurl|"
      "photo|" },

    { COLUMN_BASE_PRICE, "|baseprice|base|시작가|시작가격|시작포인트|최소입찰가|"
      "최소입찰|최저가|기본가|경매시작가|minbidprice|minbid|minprice|"
      "startingprice|startprice|startingbid|" },

    { COLUMN_DURATION, "|durationms|" },

    { COLUMN_KIND, "|kind|종류|구분|" },

    { COLUMN_POT, "|pot|포트|그룹|시드|조|group|seed|" },

    { COLUMN_QUANTITY, "|quantity|qty|수량|" },

    { COLUMN_RESERVE, "|reserve|reserveprice|최저낙찰가|예약가|내정가|" },

    { COLUMN_BUY_NOW, "|buynow|buynowprice|buyout|즉시구매가|즉구가|즉시낙찰가|" },

    { COLUMN_CEILING, "|ceiling|cap|상한가|최고입찰가|" },

    { COLUMN_LEADER, "|leader|팀장|팀장여부|주장|캡틴|captain|isleader|"
      "iscaptain|" },

    { COLUMN_ATTRIBUTES, "|attributes|" },

    { COLUMN_NONE, NULL }
};

/* Questions of forms have such words in them. */

static const struct {
    column_t     column;
    const char  *word;
} words[] = {
    { COLUMN_NICKNAME, "닉네임" },
    { COLUMN_NICKNAME, "소환사명" },
    { COLUMN_POSITION, "주포지션" },
    { COLUMN_POSITION, "주라인" },
    { COLUMN_SUB_POSITION, "부포지션" },
    { COLUMN_SUB_POSITION, "부라인" },
    { COLUMN_PEAK_TIER, "최고티어" },
    { COLUMN_TIER, "티어" },
    { COLUMN_DESCRIPTION, "하고싶은말" },
    { COLUMN_DESCRIPTION, "코멘트" },
    { COLUMN_DESCRIPTION, "각오" },
    { COLUMN_DESCRIPTION, "한마디" },
    { COLUMN_NONE, NULL }
};

static const char  *names[COLUMN_MAX] = {
    [COLUMN_LOT_ID] = "lot_id",
    [COLUMN_EXTERNAL_ID] = "external_id",
    [COLUMN_TITLE] = "title",
    [COLUMN_NICKNAME] = "nickname",
    [COLUMN_NAME] = "name",
    [COLUMN_TAG] = "tag",
    [COLUMN_TIER] = "tier",
    [COLUMN_PEAK_TIER] = "peak_tier",
    [COLUMN_POSITION] = "position",
    [COLUMN_SUB_POSITION] = "positions",
    [COLUMN_POSITIONS] = "positions",
    [COLUMN_LANE] = "positions",
    [COLUMN_CHAMPIONS] = "champions",
    [COLUMN_STATS] = "stats",
    [COLUMN_SCORE] = "score",
    [COLUMN_DESCRIPTION] = "description",
    [COLUMN_IMAGE] = "image_url",
    [COLUMN_BASE_PRICE] = "base_price",
    [COLUMN_DURATION] = "duration_ms",
    [COLUMN_KIND] = "kind",
    [COLUMN_POT] = "pot",
    [COLUMN_QUANTITY] = "quantity",
    [COLUMN_RESERVE] = "reserve",
    [COLUMN_BUY_NOW] = "buy_now",
    [COLUMN_CEILING] = "ceiling",
    [COLUMN_LEADER] = "leader",
    [COLUMN_ATTRIBUTES] = "attributes"
};

const column_t  import_headless[9] = {
    COLUMN_NAME, COLUMN_NICKNAME, COLUMN_PEAK_TIER, COLUMN_TIER,
    COLUMN_POSITION, COLUMN_SUB_POSITION, COLUMN_CHAMPIONS,
    COLUMN_CHAMPIONS, COLUMN_CHAMPIONS
};


/* As the tables have it, with a bar before and behind. */

static void
header_plain(const char *text, char *plain)
{
    char  *p;

    p = plain;
    *p++ = '|';

    for ( /* void */ ; *text != '\0' && *text != '(' && *text != '['; text++) {

        if (p - plain == HEADER_MAX) {
            break;
        }

        if (strncmp(text, "\xc2\xa0", 2) == 0) {         /* no-break space */
            text++;

        } else if (*text >= 'A' && *text <= 'Z') {
            *p++ = *text | 0x20;

        } else if (strchr(" \t\r\n_-.*:?|\"'", *text) == NULL) {
            *p++ = *text;
        }
    }

    *p++ = '|';
    *p = '\0';
}


column_t
import_column(const char *text)
{
    size_t  i;
    char    plain[HEADER_MAX + 3];

    header_plain(text, plain);

    if (plain[1] == '|') {
        return COLUMN_NONE;
    }

    for (i = 0; columns[i].names; i++) {
        if (strstr(columns[i].names, plain)) {
            return columns[i].column;
        }
    }

    for (i = 0; words[i].word; i++) {
        if (strstr(plain, words[i].word)) {
            return words[i].column;
        }
    }

    return COLUMN_NONE;
}


const char *
import_column_name(column_t column)
{
    return names[column];
}
