# Players and lots from files: what Korean spreadsheets and the tools of team
# auctions write, twice without doubling anything, errors line by line.

use strict;
use warnings;
use utf8;
use Encode qw(encode);
use Test::More;
use Gavel::Test;

binmode $_, ':utf8' for Test::More->builder->output,
                        Test::More->builder->failure_output;

my $t = Gavel::Test->new;
my $host = $t->user('host', 'seller');
my $other = $t->user('other', 'seller');
my $boss = $t->user('boss', 'admin');
my $r;

sub auction {
    my ($mode, %o) = @_;
    return $host->post('auctions', { title => 'Import', mode => $mode, %o })
        ->{json}{id};
}

sub import_file {
    my ($id, $bytes, %o) = @_;

    my $type = delete $o{type} // 'text/csv';
    my $as = delete $o{as} // $host;
    my $query = join '&', map { "$_=$o{$_}" } sort keys %o;

    return $t->http('POST', "auctions/$id/lots/import?$query", as => $as,
        body => $bytes, headers => { 'Content-Type' => $type },
        timeout => 60);
}

sub utf8 { return encode('UTF-8', $_[0]) }

sub counts {
    my ($r) = @_;
    return join ' ', map { $r->{json}{$_} // '?' }
                     qw(added changed unchanged errors);
}

sub lots {
    my ($id) = @_;
    return @{ $t->get("auctions/$id/lots?page_size=1000", as => $host)
              ->{json}{results} };
}

sub queue {
    my ($id) = @_;
    return map { $_->{title} } sort { $a->{position} <=> $b->{position} }
           grep { $_->{status} eq 'queued' } lots($id);
}

sub lines { return map { $_->{status} } @{ $_[0]{json}{results} } }


# --- who ---

my $draft = auction('team_draft');
my $text = <<'CSV';
닉네임,태그,티어,주 포지션,부 포지션,모스트1,모스트2,한마디,시작가,팀장 여부,전화번호
페이커,KR1,챌린저,미드,탑/정글,아리,르블랑,"잘 부탁, 드립니다
두 번째 줄",100,,010-1234-5678
데프트,KR2,그마,원딜,,징크스,,,"1,000원",,
캡틴,KR3,마스터,정글,,,,,,O,
CSV
my $players = utf8($text);

is import_file($draft, $players, as => $other)->{status}, 404,
    'a draft of somebody else is not there';
is $t->http('POST', "auctions/$draft/lots/import", body => $players,
            headers => { 'Content-Type' => 'text/csv' })->{status}, 401,
    'nor may a guest';
is import_file($draft, $players, type => 'image/png')->{json}{code},
    'unsupported_type', 'a picture is no list';
is import_file($draft, '')->{status}, 400, 'nor is nothing';


# --- a dry run ---

$r = import_file($draft, $players, dry_run => 1, file_name => 'a.csv');
is $r->{status}, 200, 'a dry run' or diag $r->{body};
is counts($r), '2 0 0 0', 'it says what would be added';
is_deeply [ lines($r) ], [qw(added added skipped)], 'and that a leader is not';
is scalar lots($draft), 0, 'and adds nothing';
is $t->sql('select count(*) from gavel.item'), 0, 'not an item';
is $r->{json}{columns}{'전화번호'}, undef, 'a telephone number is not read';
is $r->{json}{columns}{'주 포지션'}, 'position', 'headers without spaces';


# --- players ---

$r = import_file($draft, $players, file_name => '%EC%84%A0%EC%88%98.csv');
is counts($r), '2 0 0 0', 'players' or diag $r->{body};

my @lots = lots($draft);
is $lots[0]{title}, '페이커#KR1', 'a name with its tag';
is $lots[0]{kind}, 'player', 'a player';
is $lots[0]{base_price}, 100, 'his base price';
is $lots[1]{base_price}, 1000, 'and one as people write it';
is $lots[0]{description}, "잘 부탁, 드립니다\n두 번째 줄",
    'a comma and a line break in quotes';
is_deeply $lots[0]{attributes}, { nickname => '페이커', tag => 'KR1',
    tier => '챌린저', position => '미드', positions => ['미드', '탑', '정글'],
    champions => ['아리', '르블랑'] }, 'what else is known of him';
is $r->{json}{results}[0]{lot_id}, $lots[0]{id}, 'the report names the lot';
is $r->{json}{results}[1]{line}, 4, 'and lines as an editor counts them';

$r = import_file($draft, $players);
is counts($r), '0 0 2 0', 'again: nothing';
is scalar lots($draft), 2, 'two lots';

(my $more = $text) =~ s/1,000원/2,000원/;
$more =~ s/\n데/\n케리아,KR4,챌린저,서포터,,,,,,,\n데/;
$more = "\x{feff}" . $more;
$r = import_file($draft, utf8($more));
is counts($r), '1 1 1 0', 'one more, one changed' or diag $r->{body};
is_deeply [ queue($draft) ], ['페이커#KR1', '케리아#KR4', '데프트#KR2'],
    'in the order of the file';
is +(grep { $_->{title} =~ /데프트/ } lots($draft))[0]{base_price}, 2000,
    'the log knows the new price';

$r = import_file($draft, utf8("닉네임#,태그\n케리아,KR4\n페이커,KR1\n"));
is_deeply [ queue($draft) ], ['케리아#KR4', '페이커#KR1', '데프트#KR2'],
    'a part of them: the others stay where they are';


# --- encodings, separators, headers ---

my $table = "이름;소환사명;티어\r\n김철수;똠방각하#KR1;다이아\r\n";

for my $case (['cp949', 'CP949'], ['UTF-16LE', 'UTF-16LE', "\x{feff}"],
              ['UTF-8', 'UTF-8', "\x{feff}"])
{
    my ($encoding, $name, $bom) = @$case;
    my $id = auction('team_draft');

    $r = import_file($id, encode($encoding, ($bom // '') . $table));
    is counts($r), '1 0 0 0', "$encoding with semicolons" or diag $r->{body};
    is $r->{json}{encoding}, $name, 'it is noticed';
    is +(lots($id))[0]{title}, '똠방각하#KR1', 'a name with a rare syllable';
}

my $bare = auction('team_draft');
$r = import_file($bare, utf8(
    "박,가나#1,다이아,플래,미드,원딜,아리,오리아나,제드\n"
    . "최,다라,골드,골드,탑,,,,\n"), type => 'text/plain');
is counts($r), '2 0 0 0', 'a file without a header' or diag $r->{body};
is_deeply +(lots($bare))[0]{attributes}, { name => '박', nickname => '가나#1',
    peak_tier => '다이아', tier => '플래', position => '미드',
    positions => ['미드', '원딜'], champions => ['아리', '오리아나', '제드'] },
    'its nine columns';

my $sheet = auction('team_draft');
$r = import_file($sheet, utf8(
    "타임스탬프\t본인의 닉네임을 적어주세요\t티어\t탑\t정글\t미드\t원딜\t서폿\t하고 싶은 말\n"
    . "2026\t표식\t마스터\t○\t●\t\t\t\t=HYPERLINK(1)\n"));
is counts($r), '1 0 0 0', 'a form with circles' or diag $r->{body};
is_deeply +(lots($sheet))[0]{attributes}{positions}, ['정글', '탑'],
    'a filled one comes first';

is import_file($bare, "a,b\n1,2\n")->{json}{code}, 'bad_request',
    'no column that is known';
is import_file($bare, "title\n\"x\n")->{json}{code}, 'bad_request',
    'a quote that does not end';
is import_file($bare, "title\n\xff\xff\n")->{json}{code}, 'bad_request',
    'bytes that are no text';
is import_file($bare, "title\nx\0y\n")->{json}{code}, 'bad_request',
    'nor with a NUL';


# --- goods, as JSON; errors by line ---

my $goods = auction('live', starts_at => '2030-01-01T00:00:00.000Z');
my @rows = (
    { title => 'A camera', base_price => 1000, external_id => 'c-1',
      image_url => '/demo/camera.svg', attributes => { color => 'black' } },
    { title => 'A camera', base_price => 2000, external_id => 'c-2' },
    { title => '' },
    { title => 'Bad', base_price => 'much' },
    { title => 'Worse', image_url => 'javascript:1' },
    { title => 'x' x 201 },
    { title => 'Again', external_id => 'c-1' },
    { title => "=1+1", base_price => 0 },
);
my $json = Gavel::Http::encode(\@rows);
$r = import_file($goods, $json, type => 'application/json');
is_deeply [ lines($r) ], [qw(added added error error error error error added)],
    'each line by itself' or diag $r->{body};
is_deeply [ map { $_->{code} // '' } @{ $r->{json}{results} } ],
    ['', '', ('invalid_params') x 4, 'already_exists', ''], 'with a code';
is_deeply [ map { $_->{field} // '' } @{ $r->{json}{results} } ],
    ['', '', 'title', 'base_price', 'image_url', 'title', 'title', ''],
    'and a field';

$rows[1]{title} = 'A lens';
$rows[0]{base_price} = 1500;
$r = import_file($goods, Gavel::Http::encode([ @rows[0, 1, 7] ]),
                 type => 'application/json');
is counts($r), '0 2 1 0', 'known by an id of their own' or diag $r->{body};
is_deeply [ map { "$_->{title} $_->{base_price}" } lots($goods) ],
    ['A camera 1500', 'A lens 2000', '=1+1 0'], 'changed';

is import_file($goods, 'x', type => 'application/json')->{json}{code},
    'invalid_json', 'not JSON';
is import_file($goods, '{"a":1}', type => 'application/json')->{json}{code},
    'bad_request', 'not a list';


# --- while it is going on ---

$host->post("auctions/$goods/publish");
$r = $host->post("auctions/$goods/start");
is $r->{status}, 200, 'it begins' or diag $r->{body};
my ($first) = lots($goods);
$r = $host->post("auctions/$goods/lots/$first->{id}/open");
is $r->{status}, 200, 'a lot is on the block' or diag $r->{body};
$t->user('buyer', 'member')->bid(5000, auction => $goods);

$rows[0]{base_price} = 1600;
$r = import_file($goods, Gavel::Http::encode([ @rows[0, 1] ]),
                 type => 'application/json');
is_deeply [ lines($r) ], ['error', 'unchanged'], 'its price is fixed';
$rows[0]{base_price} = 1500;
$rows[0]{title} = 'Another camera';
$r = import_file($goods, Gavel::Http::encode([ @rows[0, 1] ]),
                 type => 'application/json');
is $r->{json}{results}[0]{code}, 'illegal_transition', 'and its title';


# --- many, and again after a crash ---

my $many = auction('timed');
my $big = "title,base_price,external_id\n"
        . join '', map { "Lot $_,$_,e$_\n" } 1 .. 1000;

my $pid = fork // die;
if (!$pid) {
    eval { import_file($many, $big) };
    require POSIX;
    POSIX::_exit(0);
}

eventually { $t->sql("select count(*) from gavel.lot where auction_id = $many")
             > 20 };
$t->kill_a_worker for 1 .. 2;
waitpid $pid, 0;

my $before = $t->sql(
    "select count(*) from gavel.lot where auction_id = $many");
$r = import_file($many, $big);
is $r->{json}{errors}, 0, 'a thousand lines after a crash'
    or diag substr $r->{body}, 0, 500;
is $t->sql("select count(*) from gavel.lot where auction_id = $many"), 1000,
    "each once (there were $before)";
is $t->sql("select count(*) from (select i.title from gavel.lot l "
           . "join gavel.item i on i.id = l.item_id "
           . "where l.auction_id = $many group by 1) x"), 1000,
    'and each its own';
is_deeply [ queue($many) ], [ map { "Lot $_" } 1 .. 1000 ], 'in order';

$r = import_file($many, $big);
is counts($r), '0 0 1000 0', 'and once more nothing';

is import_file($many, "title\n" . "x\n" x 2001)->{json}{code},
    'limit_reached', 'more than 2,000 lines';
is import_file($many, "title\n" . "x" x 1100000)->{status}, 413,
    'more than a megabyte';


# --- the history ---

$r = $host->get("auctions/$draft/imports");
is $r->{json}{count}, 4, 'the history of imports' or diag $r->{body};
is $r->{json}{results}[-1]{file_name}, '선수.csv', 'with the name of the file';
is $r->{json}{results}[-1]{added}, 2, 'and what came of it';
is $other->get("auctions/$draft/imports")->{status}, 404, 'not for others';
is $boss->get("auctions/$goods/imports")->{json}{results}[-1]{errors}, 5,
    'lines with errors are kept';
is $other->get("auctions/$goods/imports")->{json}{code}, 'not_authorized', 'for the host alone';
