# gavel-verify: good logs of every mode and format are found good, and
# whatever is changed in one is found, and named.

use strict;
use warnings;
use utf8;
use Test::More;
use Gavel::Test;
use Time::HiRes qw(time sleep);

my $t = Gavel::Test->new;
my $san = $ENV{GAVEL_SAN} ? 'san/' : '';
my $program = "$Gavel::Test::ROOT/build/${san}gavel-verify";
my $db = 'host=' . $t->pg->{host} . " dbname=$t->{the_pg}{name}"
         . ' user=gavel_operator';
my $host = $t->user('host', 'seller');
my @people = map { $t->user($_) } qw(kim lee park);
my ($kim, $lee, $park) = @people;
my $keys = 0;

# (exit status, text)
sub run {
    my (@arguments) = @_;

    open my $p, '-|', 'sh', '-c', '"$@" 2>&1', 'sh', $program, @arguments
        or die $!;
    my $text = do { local $/; <$p> } // '';
    close $p;

    return ($? >> 8, $text);
}

sub verify { return run('--db', $db, @_) }

sub good {
    my ($name, @arguments) = @_;
    my ($status, $text) = run(@arguments);
    is $status, 0, $name or diag $text;
    return $text;
}

sub good_db { my $name = shift; return good($name, '--db', $db, @_) }

sub call {
    my ($who, $path, $body, %o) = @_;

    my $method = $o{method} // 'post';
    my $r = $who->$method($path, $body // {},
        headers => { 'Idempotency-Key' => "v-$$-" . ++$keys });
    diag "$path: $r->{status} $r->{body}"
        if $r->{status} !~ /^2/ && !$o{may_fail};

    return $r->{json} // {};
}

sub act { my ($path, @more) = @_; return call($host, $path, @more) }

# An auction with lots (their terms), live.
sub open_auction {
    my ($mode, $rules, $lots, %o) = @_;

    my $id = act('auctions', { mode => $mode, title => 'Verified',
        starts_at => Gavel::House::iso(time + 1),
        $mode eq 'timed' ? (ends_at => Gavel::House::iso(time + 3600)) : (),
        rules => { clock => { duration_ms => 600_000 }, %$rules } })->{id};

    my $n = 0;
    for my $leader (@{ $o{leaders} // [] }) {
        act("auctions/$id/teams", { name => 'Team ' . ++$n,
                                    leader_id => $leader->id });
    }

    my @ids = map {
        my $lot = act("auctions/$id/lots", { title => 'Lot', %$_ });
        $lot->{id} // $lot->{lot_id};
    } @$lots;

    act("auctions/$id/publish");
    act("auctions/$id/start");

    return ($id, @ids);
}

sub bid {
    my ($id, $who, $lot, $amount) = @_;
    return call($who, "auctions/$id/bids", { lot_id => $lot,
                                             amount => $amount });
}


# --- good logs ---

my (%log, @lots);

($log{draft}, @lots) = open_auction('team_draft',
    { start_budget => 1000, roster_min => 1, roster_max => 3 },
    [ map { { base_price => 100 } } 1 .. 4 ], leaders => \@people);
my $id = $log{draft};
my @draft_lots = @lots;
act("auctions/$id/lots/$lots[0]/open");
bid($id, $kim, $lots[0], 100);
bid($id, $lee, $lots[0], 150);
bid($id, $park, $lots[0], 180);
act("auctions/$id/lots/$lots[0]/close");
act("auctions/$id/lots/$lots[0]/undo", { ms => 60_000 });
bid($id, $lee, $lots[0], 200);
act("auctions/$id/pause");
act("auctions/$id/resume");
act("auctions/$id/lots/$lots[0]/close");
act("auctions/$id/lots/$lots[1]/open");
act("auctions/$id/lots/$lots[1]/pass");
act("auctions/$id/lots/$lots[2]/open");
bid($id, $kim, $lots[2], 300);
act("auctions/$id/lots/$lots[2]/close");

($log{timed}, @lots) = open_auction('timed', { buy_now => 'always' },
    [ { base_price => 100, reserve => 300 },
      { base_price => 100, buy_now => 900 }, { base_price => 50 } ]);
$id = $log{timed};
for ([ $kim, 250 ], [ $lee, 400 ], [ $park, 380 ], [ $kim, 1000 ]) {
    call($_->[0], "auctions/$id/auto-bid",
         { lot_id => $lots[0], max_amount => $_->[1] }, method => 'put');
}
bid($id, $lee, $lots[1], 150);
call($park, "auctions/$id/buy-now", { lot_id => $lots[1] });
bid($id, $kim, $lots[2], 60);
bid($id, $lee, $lots[2], 90);

($log{sealed}, @lots) = open_auction('live', { format => 'sealed' },
    [ { base_price => 100 }, { base_price => 100 } ]);
$id = $log{sealed};
act("auctions/$id/lots/$lots[0]/open");
bid($id, $kim, $lots[0], 500);
bid($id, $lee, $lots[0], 700);
bid($id, $kim, $lots[0], 650);
act("auctions/$id/lots/$lots[0]/close");
act("auctions/$id/lots/$lots[0]/reveal", {}, may_fail => 1);

($log{vickrey}, @lots) = open_auction('live', { format => 'vickrey' },
    [ { base_price => 100 } ]);
$id = $log{vickrey};
act("auctions/$id/lots/$lots[0]/open");
bid($id, $kim, $lots[0], 500);
bid($id, $lee, $lots[0], 700);
act("auctions/$id/lots/$lots[0]/close");
act("auctions/$id/lots/$lots[0]/reveal", {}, may_fail => 1);

($log{dutch}, @lots) = open_auction('live',
    { format => 'dutch', dutch_drop => 10, dutch_every_ms => 100 },
    [ { base_price => 100, ceiling => 1000 } ]);
$id = $log{dutch};
act("auctions/$id/lots/$lots[0]/open");
sleep 0.3;
my $price = $t->get("auctions/$id/snapshot")->{json}{state}{lots}[0]{min_next};
bid($id, $kim, $lots[0], $price);

good_db("a good log: $_", $log{$_}) for sort keys %log;

my $text = good_db('all of them at once, as JSON', '--all', '--json');
my @reports = map { Gavel::Http::decode($_) } split /\n/, $text;
is scalar @reports, scalar keys %log, 'a line for each';
is scalar(grep { $_->{status} eq 'ok' && $_->{events} > 5 } @reports),
    scalar keys %log, 'each is well';

my ($status) = verify(999_999);
is $status, 1, 'an auction that is not there fails';
is +(run())[0], 3, 'nothing asked for';
is +(run('--db', "$db port=1", '--all'))[0], 3, 'no database';
isnt +(run('--db', $db =~ s/gavel_operator/gavel_app/r, '--all'))[0], 0,
    'the server may not';


# --- what was changed ---

my $draft = $log{draft};

# Does SQL, looks for what is said of it, and undoes all.
sub tampered {
    my ($name, $sql, $says, %o) = @_;

    my $auction = $o{auction} // $draft;
    my @tables = qw(event log_head lot lot_terms team bid sale roster ledger
                    auto_bid sealed_bid auction snapshot due);

    $t->sql(join '', 'create schema if not exists kept; ',
            (map { "drop table if exists kept.$_; "
                   . "create table kept.$_ as select * from gavel.$_; " }
             @tables), $sql);

    my ($status, $text) = verify($o{rebuild} ? '--rebuild' : (), $auction);
    is $status, $o{rebuild} ? 0 : 1, $name;
    like $text, $says, "$name: named" or diag $text;

    if ($o{rebuild}) {
        good_db("$name: repaired", $auction);
    }

    $t->sql(join '', 'set session_replication_role = replica; ', map {
        "delete from gavel.$_; insert into gavel.$_ overriding system value "
        . "select * from kept.$_; " } @tables);
}

my $of = "where auction_id = $draft";
my $bid = $t->sql("select seq from gavel.event $of "
                  . "and public like '%bid.accepted%' limit 1");
my $last = $t->sql("select max(seq) from gavel.event $of");

tampered('an amount in an event', "update gavel.event set public = "
    . "replace(public, '\"amount\":150', '\"amount\":160') $of",
    qr/chain: .*\n.*invariant 7/);
tampered('a byte that means nothing', "update gavel.event set public = "
    . "replace(public, '\"data\":', '\"data\": ') $of and seq = $bid",
    qr/seq $bid: chain: .*\n.*seq $bid: unreadable/);
tampered('a hash', "update gavel.event set hash = set_byte(hash, 5, "
    . "255 - get_byte(hash, 5)) $of and seq = $bid", qr/seq $bid: chain/);
tampered('an event is gone', "delete from gavel.event $of and seq = $bid",
    qr/invariant 1: seq @{[ $bid + 1 ]} follows @{[ $bid - 1 ]}/);
tampered('the last event is gone', "delete from gavel.event $of "
    . "and seq = $last", qr/head: the log ends at 1:@{[ $last - 1 ]}/);
tampered('two events change places', "update gavel.event e set public = o.public, "
    . "hash = o.hash from gavel.event o where e.auction_id = $draft "
    . "and o.auction_id = $draft and (e.seq, o.seq) in (($bid, $bid + 1), "
    . "($bid + 1, $bid))", qr/seq $bid: (?:chain|invariant 1)/);
tampered('an actor', "update gavel.event set actor_id = actor_id + 1 $of "
    . "and seq = $bid", qr/seq $bid: columns/);
tampered('a time', "update gavel.event set ts = ts + 1 $of and seq = $bid",
    qr/seq $bid: columns/);
tampered('a type that nobody knows', "update gavel.event set public = "
    . "replace(public, 'bid.accepted', 'bid.expected') $of and seq = $bid",
    qr/seq $bid: unreadable/);
tampered('an engine that nobody knows', 'update gavel.log_head set '
    . "engine_rev = 99 $of", qr/engine: the log is of engine 99/);
tampered('the head', "update gavel.log_head set head = '\\x00' $of",
    qr/head: /);

my $secret = $t->sql("select min(seq) from gavel.event where auction_id = "
                     . "$log{timed} and private is not null");
tampered('a hidden maximum', "update gavel.event set private = "
    . "replace(private, '\"max_amount\":400', '\"max_amount\":401') "
    . "where auction_id = $log{timed}", qr/chain/, auction => $log{timed});
tampered('a nonce', "update gavel.event set nonce = set_byte(nonce, 0, "
    . "255 - get_byte(nonce, 0)) where auction_id = $log{timed} "
    . "and seq = $secret", qr/seq $secret: chain/, auction => $log{timed});

my $lot = $draft_lots[0];
my @wrong = (
    [ lot => "update gavel.lot set price = price + 1 where id = $lot" ],
    [ lot => "delete from gavel.lot where id = $lot" ],
    [ lot_terms => "update gavel.lot_terms set reserve = 5 where lot_id = $lot" ],
    [ team => "update gavel.team set spent = spent - 1 $of" ],
    [ team => "update gavel.team set joined = false $of" ],
    [ bid => "update gavel.bid set amount = amount + 1 $of" ],
    [ bid => "insert into gavel.bid (id, auction_id, lot_id, round, "
             . "bidder_id, amount, origin, at) values (($draft << 22) + 4000, "
             . "$draft, $lot, 1, 1, 1, 1, 1)" ],
    [ sale => "delete from gavel.sale $of" ],
    [ roster => "update gavel.roster set price = price + 1 $of" ],
    [ ledger => "delete from gavel.ledger $of and no = 0" ],
    [ ledger => "update gavel.ledger set amount = amount + 1 $of" ],
    [ auto_bid => "update gavel.auto_bid set max_amount = max_amount + 1 "
                  . "where auction_id = $log{timed}", $log{timed} ],
    [ sealed_bid => "update gavel.sealed_bid set amount = amount + 1 "
                    . "where auction_id = $log{sealed}", $log{sealed} ],
    [ auction => "update gavel.auction set status = 'ended' "
                 . "where id = $draft" ],
    [ auction => "update gavel.auction set rules = '{}' where id = $draft" ],
    [ due => "delete from gavel.due where auction_id = $log{timed}",
      $log{timed} ],
);

for (@wrong) {
    my ($table, $sql, $auction) = @$_;
    my $name = $sql =~ s/ where .*//sr;

    tampered($name, $sql, qr/table $table: /, auction => $auction // $draft);
    tampered("$name, --rebuild", $sql, qr/rebuilt/, rebuild => 1,
             auction => $auction // $draft);
}

# Nothing is rebuilt from a log that is not sound.
($status, $text) = (0, '');
tampered('a log that is not sound is not a source', "update gavel.event set "
    . "ts = ts + 1 $of and seq = $bid; update gavel.lot set price = 7 $of",
    qr/columns.*table lot/s);
$t->sql("update gavel.event set ts = ts + 1 $of and seq = $bid; "
        . "update gavel.lot set price = price + 1 where id = $lot");
($status, $text) = verify('--rebuild', $draft);
is $status, 1, 'it fails';
like $text, qr/not rebuilt/, 'and says so';
$t->sql("update gavel.event set ts = ts - 1 $of and seq = $bid; "
        . "update gavel.lot set price = price - 1 where id = $lot");
good_db('as before', $draft);


# --- files ---

sub file {
    my ($name, $text) = @_;
    my $path = "$t->{dir}/$name";
    open my $f, '>:raw', $path or die $!;
    print $f $text;
    close $f;
    return $path;
}

act("auctions/$log{timed}/end", {});
my $r = $t->get("auctions/$log{timed}/export?what=log", as => $host);
my $full = file('full.jsonl', $r->{body});
like $r->{body}, qr/"nonce"/, 'what was hidden is in the host\'s file now';
good('the complete file', '--file', $full);

$r = $t->get("auctions/$log{timed}/export?what=log");
my $public = file('public.jsonl', $r->{body});
($status, $text) = run('--file', $public);
is $status, 2, 'a file without hidden parts is checked in part' or diag $text;
like $text, qr/not checked: the state .*private part/, 'and it says so';

my @lines = split /^/, $r->{body};
($status, $text) = run('--file', file('a.jsonl', join '', @lines[0 .. 5, 7 .. $#lines]));
is $status, 1, 'a line is missing';
like $text, qr/invariant 1/, 'named';
($status, $text) = run('--file', file('b.jsonl',
    join '', @lines[0 .. 5], $lines[6] =~ s/auction_id/auction_iD/r, @lines[7 .. $#lines]));
is $status, 1, 'a byte';
like $text, qr/seq 7: chain/, 'named';
is +(run('--file', file('c.jsonl', $lines[0] . "{}\n")))[0], 1, 'no row';
is +(run('--file', file('d.jsonl', '')))[0], 1, 'an empty file';
is +(run('--file', "$t->{dir}/none"))[0], 1, 'no file';

# every byte of a short log, one at a time
my $short = join '', (split /^/, $t->get("auctions/$draft/export?what=log",
                                         as => $host)->{body})[0 .. 2];
my @copies;
for my $at (0 .. length($short) - 2) {
    next if substr($short, $at, 1) eq "\n";
    my $copy = $short;
    substr($copy, $at, 1) = substr($copy, $at, 1) eq '7' ? '8' : '7';
    push @copies, file("byte-$at.jsonl", $copy);
}
($status, $text) = run('--json', '--file', @copies);
my @found = grep { Gavel::Http::decode($_)->{status} eq 'failed' }
            split /\n/, $text;
cmp_ok scalar @copies, '>', 1000, scalar(@copies) . ' bytes of a log';
is scalar @found, scalar @copies, 'whichever byte is changed is found';

my ($ok, $state) = run('--state', $full);
is $ok, 0, 'the state of a file';
my $shown = $t->get("auctions/$log{timed}/snapshot")->{json}{state};
is_deeply Gavel::Http::decode($state), $shown, 'is what the server shows';


# --- into another database ---

my $other = Gavel::Pg->new;
my $there = "host=$other->{host} dbname=$other->{name} user=gavel_operator";
$text = good('loaded', '--db', $there, '--load', $full);
like $text, qr/, loaded/, 'it says so';
good('and verified there', '--db', $there, $log{timed});
is $other->sql("select string_agg(amount::text, ',' order by id) "
               . "from gavel.bid"),
    $t->sql("select string_agg(amount::text, ',' order by id) from gavel.bid "
            . "where auction_id = $log{timed}"), 'with its bids';
is +(run('--db', $there, '--load', $full))[0], 1, 'not twice';
is +(run('--db', $there, '--load', $public))[0], 1, 'nor without hidden parts';
is +(run('--db', $there, '--load',
         file('e.jsonl', $short =~ s/"seq":3/"seq":4/r)))[0],
    1, 'nor what is not sound';
is $other->sql('select count(*) from gavel.auction'), 1, 'nothing of it stays';


# --- what the unit tests play ---

mkdir "$t->{dir}/logs";
for my $test (qw(sealed sealed_money dutch offers voids draft hands)) {
    local $ENV{GAVEL_LOGS} = "$t->{dir}/logs";
    system("$Gavel::Test::ROOT/build/${san}unit/$test.t > /dev/null") == 0
        or diag "$test.t failed";
}
my @logs = glob "$t->{dir}/logs/*.jsonl";
cmp_ok scalar @logs, '>', 50, scalar(@logs) . ' logs of random commands';
good('all of them hold', '--file', @logs);
