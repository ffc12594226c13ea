# An auction as files: what comes out can be read by spreadsheets, by
# programs, by our own import, and the log by who wants to check it.

use strict;
use warnings;
use utf8;
use Digest::SHA qw(sha256 sha256_hex);
use Encode qw(decode encode);
use Test::More;
use Gavel::Test;
use Time::HiRes qw(time sleep);

binmode $_, ':utf8' for Test::More->builder->output,
                        Test::More->builder->failure_output;

my $t = Gavel::Test->new->auction('draft', title => '봄 경매: "결승"',
                                  leaders => 2, lots => 2);
my $host = $t->host;
my $id = $t->auction_id;
my ($kim, $lee) = $t->leaders;
my $stranger = $t->user('stranger', 'member');
my $r;

sub file {
    my ($what, %o) = @_;

    my $as = delete $o{as};
    my $query = join '&', map { "$_=$o{$_}" } sort keys %o;

    return $t->get("auctions/$id/export?what=$what&$query", as => $as,
                   timeout => 60);
}

# A reader of CSV that knows nothing of ours.
sub table {
    my ($text) = @_;
    my @rows;

    while ($text =~ /\G((?:"(?:[^"]|"")*"|[^,\r\n]*))(,|\r\n|\z)/g) {
        my ($cell, $end) = ($1, $2);
        last if $cell eq '' && $end eq '' && pos $text == length $text;
        $cell =~ s/^"(.*)"$/$1/s and $cell =~ s/""/"/g;
        push @rows, [] if !@rows || $rows[-1][0];
        push @{ $rows[-1][1] }, $cell;
        $rows[-1][0] = $end ne ',';
    }

    @rows = map { $_->[1] } @rows;
    my $names = shift @rows;

    return map { my %row; @row{@$names} = @$_; \%row } @rows;
}

is $kim->bid(100)->{price}, 100, 'a bid';
is $lee->bid(150)->{price}, 150, 'another';
my ($lot, $second) = $t->lots;
$t->must("auctions/$id/lots/$lot/close");


# --- results and rosters ---

$r = file('results');
is $r->{status}, 200, 'results for everybody' or diag $r->{body};
like $r->{headers}{'content-type'}, qr{^text/csv}, 'CSV';
is $r->{headers}{'content-disposition'},
    "attachment; filename=\" _ __-results.csv\"; filename*=UTF-8''"
    . join('', map { /[A-Za-z0-9._-]/ ? $_ : sprintf '%%%02X', ord }
               split //, encode('UTF-8', '봄 경매: "결승"-results.csv')),
    'its name, in Korean and for those who cannot';
like $r->{body}, qr/^number,lot_id,title,status,.*\r\n/, 'a header';

my @rows = table($r->{body});
is scalar @rows, 2, 'a line for each lot';
is_deeply [ @{ $rows[0] }{qw(title status price team winner)} ],
    ['Lot 1', 'sold', 150, 'Team 2', $t->sql(
        "select display_name from gavel.account where id = $lee->{id}")],
    'who got it';
is $rows[1]{price}, '', 'nobody yet';

$r = file('results', format => 'json');
is $r->{json}[0]{price}, 150, 'as JSON' or diag $r->{body};
is scalar @{ $r->{json} }, 2, 'a list';

@rows = table(file('rosters')->{body});
is_deeply [ map { "$_->{team} $_->{player} $_->{remaining}" } @rows ],
    ['Team 1  1000', 'Team 2 Lot 1 850'], 'rosters and what is left';

$r = file('rosters', bom => 1, header => 'ko');
is substr($r->{body}, 0, 3), "\xef\xbb\xbf", 'a mark for Excel';
like decode('UTF-8', $r->{body}), qr/잔여포인트/, 'and a header in Korean';

@rows = table(file('bids')->{body});
is_deeply [ map { "$_->{amount} $_->{state}" } @rows ],
    ['100 lost', '150 won'], 'bids';


# --- the log ---

sub chain {
    my ($text) = @_;
    my $head = "\0" x 32;
    my ($n, $open) = (0, 0);

    for my $line (split /\n/, $text) {
        my $e = Gavel::Http::decode($line) or return "line $n is no JSON";
        my $hidden = defined $e->{private}
            ? sha256(pack('H*', $e->{nonce}) . encode('UTF-8', $e->{private}))
            : $e->{private_hash} ? pack 'H*', $e->{private_hash} : sha256('');

        $open += defined $e->{private};
        return "seq after $n" if $e->{seq} != ++$n;
        $head = sha256($head . encode('UTF-8', $e->{public}) . $hidden);
        return "hash of $n" if unpack('H*', $head) ne $e->{hash};
    }

    return ($n, $open);
}

$r = file('log');
like $r->{headers}{'content-type'}, qr{^application/x-ndjson}, 'the log';
is_deeply [ (chain($r->{body}))[0] ], [ $t->log_length ],
    'a stranger can follow its chain';
unlike $r->{body}, qr/"nonce"/, 'and sees nothing hidden';
unlike file('log', as => $host)->{body}, qr/"nonce"/,
    'the host neither, while it goes on';
is scalar(table(file('log', format => 'csv')->{body})), $t->log_length,
    'as CSV';

# A hidden part of an event is shown by its digest.
my $nonce = 'ab' x 16;
my $private = '{"max":500}';
my $seq = $t->log_length;
my $public = $t->sql("select public from gavel.event "
                     . "where auction_id = $id and seq = $seq");
my $prev = $t->sql("select encode(hash, 'hex') from gavel.event "
                   . "where auction_id = $id and seq = $seq - 1");
my $hash = sha256_hex(pack('H*', $prev) . encode('UTF-8', $public)
                      . sha256(pack('H*', $nonce) . $private));
$t->sql("update gavel.event set private = '$private', "
        . "nonce = decode('$nonce', 'hex'), hash = decode('$hash', 'hex') "
        . "where auction_id = $id and seq = $seq");
is_deeply [ chain(file('log')->{body}) ], [ $seq, 0 ], 'its digest is there';
$t->sql("update gavel.auction set status = 'ended' where id = $id");
is_deeply [ chain(file('log', as => $stranger)->{body}) ], [ $seq, 0 ],
    'when it has ended, too';
is_deeply [ chain(file('log', as => $host)->{body}) ], [ $seq, 1 ],
    'but the host sees it then';


# --- who ---

my $draft = $host->post('auctions', { title => 'Hidden', mode => 'timed' })
    ->{json}{id};
for my $what (qw(lots results rosters bids log)) {
    is $stranger->get("auctions/$draft/export?what=$what")->{status}, 404,
        "$what of a draft";
}
is $host->get("auctions/$draft/export?what=log")->{status}, 200,
    'its host sees it';
is $t->get("auctions/$id/export?what=all")->{status}, 422, 'an unknown file';


# --- out and in again ---

my @strange = (
    { title => '=HYPERLINK("x")', description => "+1\nand \"more\"",
      base_price => 5, external_id => '-7' },
    { title => "'=quoted", description => '@all', base_price => 0 },
    { nickname => '가, 나', tag => 'KR1', positions => ['탑', '미드'],
      champions => ['아리'], tier => '다이아', stats => { wins => 3 },
      base_price => 7 },
    { title => ' plain ', attributes => { a => [1, 2], tier => 4 } },
);
my $from = $draft;
$r = $t->http('POST', "auctions/$from/lots/import", as => $host,
    body => Gavel::Http::encode(\@strange),
    headers => { 'Content-Type' => 'application/json' });
is $r->{json}{added}, 4, 'strange things' or diag $r->{body};

$r = $host->get("auctions/$from/lots/export?bom=1");
is $r->{status}, 200, 'out' or diag $r->{body};
like $r->{body}, qr/"'=HYPERLINK\(""x""\)"/, 'no cell is a formula';
like $r->{body}, qr/"'\@all"/, 'in no column';
unlike $r->{body}, qr/[,\n]"?[=+\@]/, 'none';

my $out = $r->{body};
$r = $t->http('POST', "auctions/$from/lots/import", as => $host,
    body => $out, headers => { 'Content-Type' => 'text/csv' });
is_deeply [ map { $_->{status} } @{ $r->{json}{results} } ],
    [ ('unchanged') x 4 ], 'and in again: nothing has changed'
    or diag $r->{body};

my $to = $host->post('auctions', { title => 'Other', mode => 'timed' })
    ->{json}{id};
$r = $t->http('POST', "auctions/$to/lots/import", as => $host,
    body => $out, headers => { 'Content-Type' => 'text/csv' });
is $r->{json}{added}, 4, 'into another auction' or diag $r->{body};

my %same;
for my $auction ($from, $to) {
    push @{ $same{$auction} }, map { [ @$_{qw(title description base_price
                                              attributes kind)} ] }
        @{ $t->get("auctions/$auction/lots", as => $host)->{json}{results} };
}
is_deeply $same{$to}, $same{$from}, 'the same lots';


# --- long ---

$t->sql("insert into gavel.event (auction_id, seq, epoch, type, ts, public, "
        . "hash) select $draft, 1000 + i, 1, 1, 1, "
        . "'{\"seq\":' || 1000 + i || ',\"pad\":\"' || repeat('x', 300) "
        . "|| '\"}', '\\x00' from generate_series(1, 40000) i");

my @workers = $t->workers;
my $rss = sub {
    my $all = 0;
    for my $pid (@workers) {
        open my $f, '<', "/proc/$pid/status" or next;
        local $/;
        $all += $1 if <$f> =~ /^VmRSS:\s+(\d+)/m;
    }
    return $all;
};

my $before = $rss->();
my $start = time;
$r = $t->get("auctions/$draft/export?what=log", as => $host, timeout => 120);
my $lines = () = $r->{body} =~ /\n/g;
cmp_ok $lines, '>', 40000, 'forty thousand events';
note sprintf 'in %.1f s', time - $start;
like substr($r->{body}, -2000), qr/"seq":41000,/, 'to the last';
SKIP: {
    skip 'a sanitizer keeps what was freed', 1 if $ENV{GAVEL_SAN};
    cmp_ok $rss->() - $before, '<', 20000, 'in little memory (kB)';
}
is $r->{headers}{'transfer-encoding'}, 'chunked', 'part by part';

# One who reads slowly, and one who leaves.
my $socket = Gavel::Http::open_socket($t->node->port);
print $socket "GET /api/v1/auctions/$draft/export?what=log HTTP/1.1\r\n"
    . "Host: x\r\nAuthorization: Bearer $host->{access}\r\n"
    . "Connection: close\r\n\r\n";
my ($got, $slow) = (0, time + 1);
while (sysread $socket, my $part, 65536) {
    $got += length $part;
    sleep 0.01 if time < $slow;
}
cmp_ok $got, '>', length $r->{body}, 'a slow reader gets all of it';

for (1 .. 5) {
    $socket = Gavel::Http::open_socket($t->node->port);
    print $socket "GET /api/v1/auctions/$draft/export?what=log HTTP/1.1\r\n"
        . "Host: x\r\nAuthorization: Bearer $host->{access}\r\n\r\n";
    sysread $socket, my $part, 1000;
    close $socket;
}

my $head = $t->http('HEAD', "auctions/$id/export?what=results");
is $head->{status}, 200, 'HEAD';
is $t->get("auctions/$id")->{status}, 200, 'all goes on';
