# The calendar as a feed: RFC 5545 to the octet, and as another program reads
# it.

use strict;
use warnings;
use utf8;
use Test::More;
use Encode qw(decode_utf8 encode_utf8);
use Gavel::Test;
use Time::HiRes qw(time);

my $t = Gavel::Test->new;
my $host = $t->user('host', 'seller');
my $other = $t->user('other', 'seller');
my $boss = $t->user('boss', 'admin');
my $feed = "calendar.ics?streamer=$host->{id}";
my $june = (gmtime)[5] + 1901 . '-06';

sub auction {
    my ($who, %o) = @_;

    my $r = $who->post('auctions', { mode => 'live', lots => [{ title => 'x' }],
        title => 'Show', starts_at => Gavel::House::iso(int(time) + 86400),
        %o });
    die $r->{body} if $r->{status} != 201;

    return $r->{json}{id};
}

sub publish { die if $host->post("auctions/$_[0]/publish")->{status} != 200 }

# What ical.js makes of it.
sub parsed {
    my ($path) = @_;

    my $r = $t->get($path);
    is $r->{status}, 200, $path or diag $r->{body};

    my $file = $t->dir . '/calendar.ics';
    open my $f, '>:raw', $file or die $!;
    print $f $r->{body};
    close $f;

    my $said = `node $Gavel::Test::ROOT/t/lib/ical.mjs $file 2>&1`;
    is $?, 0, '... is a calendar' or diag $said;

    return Gavel::Http::decode($said) // {};
}


# --- nobody has announced anything ---

my $draft = auction($host, title => 'Secret');
my $r = parsed($feed);

is $r->{version}, '2.0', 'a version';
is $r->{name}, 'host', "the streamer's name";
is_deeply $r->{events}, [], 'drafts are not told';
is_deeply $host->get($feed)->{body}, $t->get($feed)->{body},
    '... not even to their owner: others have the address, too';


# --- one with everything ---

my $title = 'Finals; a, b \\ c: "팀장 경매" ' . '가나다라마바사' x 5;
my $text = "First line\r\nsecond, line\nthird; \\n is no newline\ttab";
my $id = auction($host, title => $title, description => $text,
    starts_at => "$june-01T10:00:00.000Z");

publish($id);

$r = $t->get($feed);
like $r->{headers}{'content-type'}, qr{^text/calendar; charset=utf-8$},
    'its type';
ok $r->{headers}{etag}, 'its etag';
is $t->get($feed, headers => { 'If-None-Match' => $r->{headers}{etag} })
    ->{status}, 304, '... spares the next';

my $raw = $r->{body};
utf8::encode($raw) if utf8::is_utf8($raw);

like $raw, qr/\ABEGIN:VCALENDAR\r\nVERSION:2\.0\r\nPRODID:[^\r]+\r\n/,
    'it begins so';
like $raw, qr/\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n\z/, '... and ends so';
unlike $raw, qr/[^\r]\n|\r[^\n]/, 'lines end in CRLF';
is scalar(grep { length > 75 } split /\r\n/, $raw), 0,
    'no line has more than 75 octets';
is scalar(grep { !eval { Encode::decode('UTF-8', my $copy = $_,
        Encode::FB_CROAK); 1 } } split /\r\n/, $raw), 0,
    'no character is taken apart';
ok +(grep { length == 75 } split /\r\n/, $raw), 'and lines are long';

$r = parsed($feed);
is scalar @{ $r->{events} }, 1, 'one event';

my $event = $r->{events}[0];

is $event->{summary}, $title, 'its title comes through';
is $event->{description}, "First line\nsecond, line\nthird; \\n is no newlinetab",
    '... and its text';
is $event->{status}, 'CONFIRMED', '... it takes place';
is $event->{dtstart}, "$june-01T10:00:00Z", '... then';
is $event->{dtend}, undef, '... with an open end';
like $event->{uid}, qr/^auction-$id\@[0-9a-f-]{36}$/, '... and a name';
like $event->{dtstamp}, qr/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, '... and stamp';
is $event->{url}, "http://localhost/auctions/$id",
    '... and an address, by the name that was asked';
like $t->get($feed, headers => { Host => 'auctions.test:8080',
        'X-Forwarded-Proto' => 'https', 'X-Forwarded-Host' => 'evil.test' })
    ->{body}, qr{\r\nURL:http://auctions\.test:8080/auctions/$id\r\n},
    '... with its port, whatever else is said';
for my $bad ('a"><;x', "a\xff\xfeb") {
    $r = $t->get($feed, headers => { Host => $bad });
    is $r->{status}, 200, 'a host that is none';
    unlike $r->{body}, qr/\r\nURL/, '... is not told';
}


# --- it changes ---

my $uid = $event->{uid};
my $sequence = $event->{sequence};

$host->put("auctions/$id/schedule", { starts_at => "$june-02T10:00:00.000Z",
    ends_at => "$june-02T12:30:00.000Z" });
($event) = @{ parsed($feed)->{events} };

is $event->{uid}, $uid, 'the same event';
is $event->{dtstart}, "$june-02T10:00:00Z", '... at another time';
is $event->{dtend}, "$june-02T12:30:00Z", '... with an end';
cmp_ok $event->{sequence}, '>', $sequence, '... is newer';
$sequence = $event->{sequence};

$boss->post('admin/points/grants', { user_id => 0 + $host->{id},
    amount => 100, reason => 'a test' });
$host->post('calendar/decorations', { auction_id => $id, icon => 'star',
    color => 'gold', label => 'NEW' });
$t->sql("insert into gavel.setting (key, value) "
        . "values ('public_url', '\"https://gavel.example/\"')");
($event) = @{ parsed($feed)->{events} };

is $event->{summary}, "⭐ $title [NEW]", 'decorations are seen';
is $event->{color}, 'gold', '... and the color';
is $event->{url}, "https://gavel.example/auctions/$id", '... and an address';
cmp_ok $event->{sequence}, '>', $sequence, '... it is newer';
$sequence = $event->{sequence};

$host->post("auctions/$id/cancel", { reason => 'rain' });
($event) = @{ parsed($feed)->{events} };

is $event->{uid}, $uid, 'the same event';
is $event->{status}, 'CANCELLED', '... does not take place';
cmp_ok $event->{sequence}, '>', $sequence, '... which is news';


# --- whose, and which ---

my $second = auction($host, title => 'Second');
publish($second);
my $theirs = auction($other, title => 'Theirs');
$other->post("auctions/$theirs/publish");

is scalar @{ parsed($feed)->{events} }, 2, 'all of a streamer';
is scalar @{ parsed('calendar.ics')->{events} }, 3, 'all of all';
$r = parsed("calendar.ics?auction=$second");
is $r->{name}, 'Second', 'one auction';
is_deeply [ map { $_->{summary} } @{ $r->{events} } ], [ 'Second' ],
    '... alone';

is $t->get("calendar.ics?auction=$theirs&streamer=$host->{id}")->{status}, 404,
    'not of this streamer';
is $t->get("calendar.ics?auction=$draft")->{status}, 404, 'a draft';
is $host->get("calendar.ics?auction=$draft")->{status}, 404, '... for its owner';
is $t->get('calendar.ics?streamer=999999')->{status}, 404, 'nobody';
is $t->get('calendar.ics?streamer=x')->{status}, 422, 'no number';
like $t->get('calendar.ics?streamer=x')->{headers}{'content-type'},
    qr{^application/problem\+json}, '... is a problem';

$t->sql("update gavel.auction set starts_at = now() - interval '91 days', "
        . "ends_at = null where id = $second");
is scalar @{ parsed($feed)->{events} }, 1, 'what is long ago is left out';


# --- behind a proxy that ends TLS ---

my $behind = Gavel::Test->new(http => 'gavel_cookie_secure on;')
    ->auction('live', until => 'published');
like $behind->get('calendar.ics?auction=' . $behind->auction_id)->{body},
    qr{\r\nURL:https://localhost/auctions/}, 'pages are where cookies are';
