# The calendar: when streamers hold auctions, how that is shown, and the
# points that pay for how it looks.

use strict;
use warnings;
use utf8;
use Test::More;
use Gavel::Test;
use Time::HiRes qw(time);

my $t = Gavel::Test->new;
my $host = $t->user('host', 'seller');
my $other = $t->user('other', 'seller');
my $member = $t->user('member', 'member');
my $boss = $t->user('boss', 'admin');
my $r;

sub code_is {
    my ($r, $status, $code, $name) = @_;

    is $r->{status}, $status, $name or diag $r->{body};
    is $r->{json}{code}, $code, "... $code" or diag $r->{body};
}

sub ok_is {
    my ($r, $status, $name) = @_;

    is $r->{status}, $status, $name or diag $r->{body};

    return $r->{json};
}

# A new auction of the host's, announced unless it is to be a draft.
sub auction {
    my (%o) = @_;

    my $who = delete $o{as} // $host;
    my $draft = delete $o{draft};
    my $a = $who->post('auctions', { mode => 'live', title => 'Show',
        lots => [{ title => 'x' }], %o });
    die $a->{body} if $a->{status} != 201;

    $who->post("auctions/$a->{json}{id}/publish")->{status} == 200
        or die 'not published' unless $draft;

    return $a->{json}{id};
}

sub calendar { return ok_is($t->get("calendar?$_[0]"), 200, $_[0]) }

sub titles { return [ map { $_->{title} } @{ $_[0]{results} } ] }

sub key { return (headers => { 'Idempotency-Key' => $_[0] }) }


# --- days have borders, and a zone says which ---

# The year is one that has not come for long, and in which summer time begins
# and ends on the days below.

my $night = auction(title => 'Night', starts_at => '2055-05-31T23:30:00Z');
my $noon = auction(title => 'Noon', starts_at => '2055-06-01T12:00:00Z',
    ends_at => '2055-06-01T14:00:00Z');
auction(title => 'Secret', starts_at => '2055-06-01T18:00:00Z', draft => 1);
auction(title => 'Theirs', starts_at => '2055-06-01T15:00:00Z',
    as => $other);
auction(title => 'Long', mode => 'timed',
    starts_at => '2055-05-20T00:00:00Z', ends_at => '2055-06-02T00:00:00Z');

my $day = 'from=2055-06-01&to=2055-06-01';

$r = calendar($day);
is $r->{tz}, 'UTC', 'UTC, if nothing else is said';
is_deeply titles($r), [qw(Long Noon Theirs)], 'a day in order';
is_deeply titles(calendar("$day&streamer=$host->{id}")), [qw(Long Noon)],
    "a streamer's";
is_deeply titles($host->get("calendar?$day")->{json}),
    [qw(Long Noon Theirs Secret)], 'his own drafts are his to see';
is_deeply titles($boss->get("calendar?$day")->{json}),
    [qw(Long Noon Theirs)], "... in nobody else's calendar";

$r = calendar("$day&tz=Asia/Seoul");
is_deeply titles($r), [qw(Long Night Noon)], 'a day in Seoul is another';
is $r->{from}, '2055-05-31T15:00:00.000Z', '... from its midnight';
is $r->{to}, '2055-06-01T15:00:00.000Z', '... to the next';

my ($entry) = grep { $_->{auction_id} == $night } @{ $r->{results} };

is $entry->{day}, '2055-06-01', 'an entry says its day';
is $entry->{local_start}, '2055-06-01T08:30:00+09:00', '... and its hour';
is $entry->{starts_at}, '2055-05-31T23:30:00.000Z', '... which is this time';
is $entry->{streamer}{id}, $host->{id}, '... and whose it is';
is $entry->{ends_at}, undef, '... and has no end';
is $r->{results}[0]{last_day}, '2055-06-02', 'one of many days to the last';
is calendar("$day")->{results}[0]{last_day}, '2055-06-01',
    '... which its midnight is not';

is_deeply titles(calendar('from=2055-06-01T12:00:00Z&to=2055-06-01T12:00:01Z')),
    [qw(Long Noon)], 'moments, too';
is_deeply titles(calendar('from=2055-06-01T14:00:00Z&to=2055-06-01T15:00:00Z')),
    [qw(Long)], 'the last one is not meant';
is_deeply titles(calendar('from=2055-06-01T21:00:00%2B09:00'
    . '&to=2055-06-01T21:00:01%2B09:00')), [qw(Long Noon)],
    '... of anywhere';
is calendar('')->{count}, 0, 'from today on';

for my $bad ('from=x', 'from=2055-02-30', 'to=2055-13-01',
             'from=2055-06-02&to=2055-06-01', 'from=2055-01-01&to=2056-12-31',
             'tz=KST', 'tz=Asia/Nowhere', 'tz=UTC%2B9', 'tz=x', 'tz=',
             'streamer=x')
{
    code_is $t->get("calendar?$bad"), 422, 'invalid_params', $bad;
}


# --- summer and winter ---

my %dst = (
    'Europe/Berlin' => [ '2055-03-28', '2055-03-27T23:00:00.000Z',
        '2055-03-28T22:00:00.000Z', '2055-10-31', '2055-10-30T22:00:00.000Z',
        '2055-10-31T23:00:00.000Z' ],
    'America/New_York' => [ '2055-03-14', '2055-03-14T05:00:00.000Z',
        '2055-03-15T04:00:00.000Z', '2055-11-07', '2055-11-07T04:00:00.000Z',
        '2055-11-08T05:00:00.000Z' ],
);

for my $zone (sort keys %dst) {
    my ($spring, $s1, $s2, $autumn, $a1, $a2) = @{ $dst{$zone} };

    $r = calendar("from=$spring&to=$spring&tz=$zone");
    is_deeply [ @{$r}{qw(from to)} ], [ $s1, $s2 ], "23 hours in $zone";
    $r = calendar("from=$autumn&to=$autumn&tz=$zone");
    is_deeply [ @{$r}{qw(from to)} ], [ $a1, $a2 ], "25 hours in $zone";
}

auction(title => $_->[0], starts_at => $_->[1], as => $other)
    for [ 'before', '2055-03-27T22:59:59Z' ], [ 'first', '2055-03-27T23:00:00Z' ],
        [ 'skipped', '2055-03-28T01:30:00Z' ], [ 'last', '2055-03-28T21:59:59Z' ],
        [ 'after', '2055-03-28T22:00:00Z' ];

$r = calendar('from=2055-03-28&to=2055-03-28&tz=Europe/Berlin');
is_deeply titles($r), [qw(first skipped last)], 'a short day, to the second';
is $r->{results}[0]{local_start}, '2055-03-28T00:00:00+01:00', 'in winter';
is $r->{results}[1]{local_start}, '2055-03-28T03:30:00+02:00', 'in summer';


# --- when it is to be ---

my $draft = auction(title => 'Plan', draft => 1);
my $path = "auctions/$draft/schedule";

code_is $t->put($path, { starts_at => '2055-07-01T10:00:00Z' }), 401,
    'not_authenticated', 'no guest sets a time';
code_is $member->put($path, { starts_at => '2055-07-01T10:00:00Z' }), 404,
    'not_found', 'nor does who does not see it';
code_is $member->put("auctions/$noon/schedule",
    { starts_at => '2055-07-01T10:00:00Z' }), 403, 'not_authorized',
    'nor does who does';
code_is $host->put($path, {}), 422, 'invalid_params', 'a start is needed';
code_is $host->put($path, { starts_at => undef }), 422, 'invalid_params',
    '... and not nothing';
code_is $host->put($path, { starts_at => 'noon' }), 422, 'invalid_params',
    '... and a time';
code_is $host->put($path, { starts_at => '2055-07-01T10:00:00Z',
    ends_at => '2055-07-01T10:00:00Z' }), 422, 'invalid_params',
    'an end comes after';
code_is $host->put($path, { starts_at => '2055-07-01T10:00:00Z',
    on_conflict => 'x' }), 422, 'invalid_params', 'warn or refuse';

$r = ok_is $host->put($path, { starts_at => '2055-07-01T10:00:00Z',
    ends_at => '2055-07-01T11:00:00Z', tz => 'Asia/Seoul' }), 200, 'a time';
is $r->{local_start}, '2055-07-01T19:00:00+09:00', '... told as asked';
is_deeply $r->{conflicts}, [], '... is free';
is $t->sql("select gavel.iso(starts_at) from gavel.auction where id = $draft"),
    '2055-07-01T10:00:00.000Z', 'the log has it';

my $length = $t->log_length($draft);

ok_is $host->put($path, { starts_at => '2055-07-01T10:00:00Z',
    ends_at => '2055-07-01T11:00:00Z' }), 200, 'the same again';
is $t->log_length($draft), $length, '... is no event';
is ok_is($host->put($path, { starts_at => '2055-07-01T10:00:00Z' }), 200,
    'without an end')->{ends_at}, undef, '... there is none';
is $t->log_length($draft), $length + 1, '... which is one';
ok_is $boss->put($path, { starts_at => '2055-07-01T10:30:00Z' }), 200,
    'an admin may, too';
ok_is $host->put("/api/$path/", { start_time => '2055-07-01T10:00:00Z' }), 200,
    'as S3 would write it';


# --- at the same time ---

my $second = auction(title => 'Second', draft => 1);
my $at = "auctions/$second/schedule";

$r = ok_is $host->put($at, { starts_at => '2055-07-01T11:59:59Z' }), 200,
    'another at the same time';
is_deeply [ map { $_->{auction_id} } @{ $r->{conflicts} } ], [ $draft ],
    '... is told';
is $r->{conflicts}[0]{title}, 'Plan', '... with its title';

$length = $t->log_length($second);
$r = $host->put($at, { starts_at => '2055-07-01T11:00:00Z',
    on_conflict => 'refuse' });
code_is $r, 409, 'conflict', '... or refused';
like $r->{json}{errors}{starts_at}, qr/\b$draft\b/, '... because of this one';
is $t->log_length($second), $length, '... nothing has changed';
is_deeply ok_is($host->put($at, { starts_at => '2055-07-01T12:00:00Z',
    on_conflict => 'refuse' }), 200, 'two hours are kept free')->{conflicts},
    [], '... not more';

ok_is $other->put('auctions/' . auction(as => $other, draft => 1)
    . '/schedule', { starts_at => '2055-07-01T10:00:00Z',
    on_conflict => 'refuse' }), 200, 'of another streamer: no conflict';
ok_is $host->put('auctions/' . auction(mode => 'timed', draft => 1)
    . '/schedule', { starts_at => '2055-07-01T10:00:00Z',
    ends_at => '2055-07-03T10:00:00Z', on_conflict => 'refuse' }), 200,
    'a timed one runs by itself';
ok_is $host->put($at, { starts_at => '2055-07-01T11:00:00Z' }), 200,
    'they meet';
($entry) = grep { $_->{auction_id} == $second }
    @{ $host->get('calendar?from=2055-07-01&to=2055-07-01')->{json}{results} };
is $entry->{conflicts}[0]{auction_id}, $draft, 'his calendar shows it';
is_deeply [ grep { exists $_->{conflicts} }
    @{ calendar('from=2055-06-01&to=2055-07-02')->{results} } ], [],
    "... nobody else's does";


# --- icon points ---

my $grant = 'admin/points/grants';
my %to_host = (user_id => 0 + $host->{id}, reason => 'a test');

code_is $t->post($grant, { %to_host, amount => 5 }), 401, 'not_authenticated',
    'guests grant nothing';
code_is $host->post($grant, { %to_host, amount => 5 }), 403, 'not_authorized',
    'nor do sellers';
code_is $boss->post($grant, { %to_host, amount => 0 }), 422, 'invalid_params',
    'nothing cannot be granted';
code_is $boss->post($grant, { %to_host, amount => 1.5 }), 422,
    'invalid_params', 'nor a half';
code_is $boss->post($grant, { user_id => 0 + $host->{id}, amount => 5 }), 422,
    'invalid_params', 'nor without a reason';
code_is $boss->post($grant, { user_id => 999999, amount => 5,
    reason => 'x' }), 404, 'not_found', 'nor to nobody';

my $before = $t->sql('select count(*) from gavel.audit');

$r = ok_is $boss->post($grant, { %to_host, amount => 100 }, key('grant-1')),
    201, 'a hundred';
is $r->{icon_points}, 100, '... are his';
is $t->sql('select count(*) from gavel.audit') - $before, 1,
    '... and in the audit log';
ok_is $boss->post($grant, { %to_host, amount => 100 }, key('grant-1')), 201,
    'told twice';
code_is $boss->post($grant, { %to_host, amount => 50 }, key('grant-1')), 422,
    'request_id_reused', 'the key of another';
is $host->get('users/me/points')->{json}{icon}{balance}, 100, 'once';
$t->sql("delete from gavel.idempotency");
code_is $boss->post($grant, { %to_host, amount => 100 }, key('grant-1')), 422,
    'request_id_reused', '... for ever';
is ok_is($boss->post($grant, { %to_host, amount => -40 }), 201, 'some back')
    ->{icon_points}, 60, '... are gone';
code_is $boss->post($grant, { %to_host, amount => -61 }), 422,
    'budget_exceeded', 'not more than there are';

$r = ok_is $host->get('users/me/points/icon?page_size=1'), 200, 'a history';
is $r->{balance}, 60, 'what is left';
is $r->{count}, 2, '... of two changes';
is_deeply [ @{ $r->{results}[0] }{qw(kind amount balance)} ],
    [ 'revoke', -40, 60 ], 'the last one';
is $host->get("users/me/points/icon?cursor=$r->{next_cursor}")->{json}
    {results}[0]{kind}, 'grant', 'the one before';
is $member->get('users/me/points/icon')->{json}{balance}, 0, 'others have none';
code_is $host->get('users/me/points/icon?cursor=x'), 422, 'invalid_params',
    'no cursor';
code_is $host->get("admin/points/$host->{id}"), 403, 'not_authorized',
    'for admins';
is ok_is($boss->get("admin/points/$host->{id}"), 200, 'who see all')
    ->{balance}, 60, '... of anybody';
code_is $boss->get('admin/points/999999'), 404, 'not_found', 'but nobody';


# --- decorations ---

my $shop = ok_is $t->get('calendar/decorations'), 200, 'a price list';
is $shop->{icons}{star}{price}, 10, '... with prices';

sub decorate {
    my ($who, $auction, %o) = @_;
    return $who->post('calendar/decorations', { auction_id => 0 + $auction,
        %o });
}

code_is $t->post('calendar/decorations', { auction_id => $noon }), 401,
    'not_authenticated', 'no guest decorates';
code_is decorate($member, $noon, icon => 'star'), 403, 'not_authorized',
    "nor anybody another's";
code_is decorate($member, $draft, icon => 'star'), 404, 'not_found',
    '... or what is not seen';
code_is decorate($host, $noon), 422, 'invalid_params', 'with what?';
code_is decorate($host, $noon, icon => 'moon'), 422, 'invalid_params',
    'an icon that is none';
code_is decorate($host, $noon, color => 'red;'), 422, 'invalid_params',
    'a color that is none';
code_is decorate($host, $noon, label => "a\nb"), 422, 'invalid_params',
    'a label of two lines';
code_is decorate($host, $noon, icon => 'star', max_points => 9), 409,
    'conflict', 'dearer than thought';
code_is decorate($host, auction(draft => 1), icon => 'star'), 409,
    'illegal_transition', 'what has no time is in no calendar';

$r = ok_is decorate($host, $noon, icon => 'star', color => 'gold'), 200,
    'a golden star';
is $r->{paid}, 20, '... costs this';
is $r->{icon_points_left}, 40, '... and leaves that';
($entry) = grep { $_->{auction_id} == $noon } @{ calendar($day)->{results} };
is_deeply [ @{$entry}{qw(icon glyph color icon_points)} ],
    [ 'star', '⭐', 'gold', 20 ], 'all see it';

is ok_is(decorate($host, $noon, icon => 'star'), 200, 'the same')->{paid}, 0,
    '... is paid already';
is ok_is(decorate($host, $noon, color => undef), 200, 'no color')->{paid}, 0,
    '... is free';
is $r->{version} + 1, calendar($day)->{results}[1]{version}, '... and new';
is ok_is(decorate($host, $noon, label => '결승'), 200, 'a label')->{paid}, 20,
    '... has its price';
code_is decorate($host, $noon, icon => 'crown'), 422, 'budget_exceeded',
    'a crown is too dear';
$r = $host->put($path, { starts_at => '2055-07-02T10:00:00Z',
    icon => 'crown' });
code_is $r, 422, 'budget_exceeded', '... at a new time, too';
is $host->get("auctions/$draft")->{json}{starts_at},
    '2055-07-01T10:00:00.000Z', '... which it is not';

$r = ok_is $host->put($path, { starts_at => '2055-07-02T10:00:00Z',
    icon => 'fire' }, key('put-1')), 200, 'time and fire at once';
is_deeply [ @{$r}{qw(glyph paid icon_points_left starts_at)} ],
    [ '🔥', 10, 10, '2055-07-02T10:00:00.000Z' ], '... paid once';
is_deeply ok_is($host->put($path, { starts_at => '2055-07-02T10:00:00Z',
    icon => 'fire' }, key('put-1')), 200, 'told twice'), $r,
    '... the same answer';
is $host->get('users/me/points/icon')->{json}{balance}, 10, '... paid once';


# --- the price list is a setting ---

my %list = (icons => { star => { glyph => '★', price => 1 } },
            colors => { tomato => 2 }, label => 3);

code_is $host->put('admin/calendar/decorations', \%list), 403,
    'not_authorized', 'for admins only';

for my $bad ({ icons => [] }, { icons => { 'a b' => { glyph => 'x',
             price => 1 } } }, { icons => { a => { glyph => 'x' } } },
             { icons => { a => { glyph => '<b>', price => 1 } } },
             { icons => { a => { glyph => 'x', price => -1 } } },
             { colors => { 'red;x' => 1 } }, { colors => { red => '1' } },
             { label => -1 })
{
    code_is $boss->put('admin/calendar/decorations', { %list, %$bad }), 422,
        'invalid_params', Gavel::Http::encode($bad);
}

ok_is $boss->put('admin/calendar/decorations', \%list), 200, 'new prices';
is_deeply $t->get('calendar/decorations')->{json}, \%list, '... hold';
is ok_is(decorate($host, $noon, icon => undef), 200, 'away')->{paid}, 0,
    '... for nothing';
is ok_is(decorate($host, $noon, icon => 'star'), 200, 'and back')->{paid}, 1,
    '... for less';
is $t->sql("select count(*) from gavel.audit "
    . "where action = 'setting.icon_prices'"), 1, 'it is audited';
ok_is $boss->put('admin/calendar/decorations', $shop), 200, 'as it was';


# --- the books ---

# 9 points are left: of many who spend 5 at once, one can.

my @many = map { auction(starts_at => "2055-08-0${_}T10:00:00Z") } 1 .. 8;
my @pids;

for my $n (0 .. $#many) {
    my $pid = fork // die $!;

    if (!$pid) {
        my $s = eval { decorate($host, $many[$n], color => 'tomato')
            ->{status} } // 0;
        require POSIX;
        POSIX::_exit($s == 200 ? 1 : $s == 422 ? 2 : 3);
    }

    push @pids, $pid;
}

my %exit;
waitpid($_, 0), $exit{ $? >> 8 }++ for @pids;

is_deeply \%exit, { 1 => 1, 2 => 7 }, 'nobody spends what he has not';
is $host->get('users/me/points/icon')->{json}{balance}, 4, '... four are left';
is $t->sql('select count(*) from (select txn_id from gavel.icon_entry '
    . 'group by txn_id having sum(amount) <> 0 or count(*) <> 2) x'), 0,
    'every transaction sums to zero';
is $t->sql('select count(*) from gavel.icon_txn x where not exists '
    . '(select from gavel.icon_entry e where e.txn_id = x.id)'), 0,
    '... and has entries';
is $t->sql('select sum(balance) from gavel.icon_account'), 0,
    'so do the balances';

# grants and purchases side by side: none waits for ever, none is lost

my $written = $t->sql('select count(*) from gavel.icon_txn');

@pids = ();

for my $n (0 .. 7) {
    my $pid = fork // die $!;

    if (!$pid) {
        my $s = eval { ($n % 2 ? $boss->post($grant, { %to_host, amount => 10 })
            : decorate($host, $many[$n], icon => 'star'))->{status} } // 0;
        require POSIX;
        POSIX::_exit($s =~ /^20[01]$/ ? 0 : $s == 422 ? 1 : 2);
    }

    push @pids, $pid;
}

my $paid = 0;
for (@pids) { waitpid $_, 0; $paid++ if !$?; $paid = -99 if $? >> 8 == 2 }

is $t->sql('select count(*) from gavel.icon_txn') - $written, $paid,
    'each of them is in the books or was refused';

my $left = $host->get('users/me/points/icon')->{json}{balance};

is $left, 4 + 40 - 10 * ($paid - 4), '... and the balance is what is left';
is $t->sql('select sum(balance) from gavel.icon_account'), 0, '... of nothing';

# what cannot be done, not even by the owner of the tables

for my $sql ('update gavel.icon_entry set amount = amount + 1',
             'delete from gavel.icon_entry', 'truncate gavel.icon_entry',
             "update gavel.icon_txn set note = 'x'", 'delete from gavel.icon_txn',
             'update gavel.icon_account set balance = -1 '
             . "where kind = 'person'",
             'insert into gavel.icon_entry (txn_id, account_id, amount, '
             . 'balance) select max(t.id), max(a.id) - 1, 1, 1 '
             . 'from gavel.icon_txn t, gavel.icon_account a')
{
    ok !eval { $t->sql($sql); 1 }, "not possible: $sql";
}

$r = ok_is $boss->post('admin/points/recount'), 200, 'a recount';
is_deeply $r->{wrong}, [], '... finds nothing';
is $r->{sum}, 0, '... and zero';

$t->sql("update gavel.icon_account set balance = balance + 7 "
        . "where owner_id = $host->{id}");
$r = ok_is $boss->post('admin/points/recount', { repair => \1 }), 200,
    'a wrong balance';
is $r->{wrong}[0]{user_id}, $host->{id}, '... is found';
is $host->get('users/me/points/icon')->{json}{balance}, $left,
    '... and set right';
code_is $host->post('admin/points/recount'), 403, 'not_authorized',
    'for admins';
