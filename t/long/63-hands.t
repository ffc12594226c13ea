#!/usr/bin/perl

# The host's hands, over the interface: who may do what, what an undo, a void
# and a pause leave behind, by which word each bid is refused, and what
# happens when something cannot be written.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use Test::More;

my $t = Gavel::Test->new(pg => 'own');
my ($kim, $lee, $park) = map { $t->user($_) } qw(kim lee park);
my $admin = $t->user('boss', 'admin');
my $seller = $t->user('neighbour', 'seller');
my ($id, $lot, $host);

sub code_is {
    my ($r, $status, $code, $name) = @_;
    is "$r->{status} " . ($r->{json}{code} // ''), "$status $code", $name
        or diag $r->{body};
}

sub sale {
    my ($kind, %o) = @_;

    $t->auction($kind, base => 100, %o, rules => { ladder => 10,
        auto_next_ms => -1, %{ $o{rules} || {} } });
    ($id, $host) = ($t->auction_id, $t->host);
    ($lot) = $t->lots;
}

sub host_does {
    my ($what, %body) = @_;
    return $host->post("auctions/$id/lots/$lot/$what", \%body);
}

sub now {
    my ($l) = grep { $_->{lot_id} == ($_[0] // $lot) }
              @{ $t->snapshot->{state}{lots} };
    return $l;
}

# All that is kept of an auction but its log: an undo must bring it back.
sub kept {
    return { map {
        $_ => [ $t->sql_rows("select * from gavel.$_ where $_.auction_id = $id
                              order by 1") ] } qw(team sale bid lot_terms) };
}

sub purses {
    return [ map { [ @{$_}{qw(team_id budget held spent available
                              roster max_bid)} ] }
             @{ $t->snapshot->{state}{teams} } ];
}


# --- who may do what ---

sale('draft', leaders => 2, lots => 4);
my ($red, $blue) = $t->leaders;
my ($reds, $blues) = $t->teams;
my ($lots) = [ $t->lots ];

my @hands = (
    map({ [ 'POST', "lots/$lot/$_" ] } qw(open close pass accept warn reveal
        requeue undo offer offer/close hold resume withdraw)),
    [ 'POST', "lots/$lot/ask", { amount => 200 } ],
    [ 'POST', "lots/$lot/assign", { team_id => 0 + $reds } ],
    [ 'POST', "lots/$lot/void", { bid_id => 0 + $lot + 1 } ],
    [ 'POST', 'lots', { title => 'More', base_price => 1 } ],
    [ 'POST', 'lots/reorder', { lots => [ map { 0 + $_ } @$lots[1 .. 3] ] } ],
    [ 'POST', 'bids/behalf', { user_id => 0 + $red->id, amount => 100 } ],
    [ 'POST', 'teams', { name => 'More' } ],
    [ 'POST', 'points/grants', { team_id => 0 + $reds, amount => 5 } ],
    [ 'POST', 'extend', { ms => 1000 } ],
    map({ [ 'POST', $_ ] } qw(publish unpublish lobby start end pause resume
        cancel next)),
    [ 'DELETE', "/api/v1/lots/$lot" ],
    [ 'PATCH', "/api/v1/lots/$lot", { title => 'Mine' } ],
    [ 'PATCH', "/api/v1/teams/$reds", { name => 'Mine' } ],
    [ 'POST', "/api/v1/teams/$reds/leader", { user_id => 0 + $kim->id } ],
    [ 'POST', "/api/v1/teams/$reds/move", { position => 1 } ],
    [ 'DELETE', "/api/v1/teams/$reds" ],
    [ 'POST', 'abort' ],
);

my $log = $t->log_length;

for my $hand (@hands) {
    my ($method, $path, $body) = @$hand;
    my $name = $path =~ s/\d+/N/gr;
    my $full = $path =~ m{^/} ? $path : "auctions/$id/$path";

    my @got = map {
        my $r = $t->http($method, $full, json => $body // {},
                         $_ ? (as => $_) : ());
        $r->{json}{code} // $r->{status}
    } undef, $kim, $red, $seller;

    is_deeply \@got, [ 'not_authenticated', ('not_authorized') x 3 ],
        "$method $name: nobody but the host" or diag explain \@got;
}

code_is $host->post("auctions/$id/abort"), 403, 'not_authorized',
    'an abort is for admins only';
is $t->log_length, $log, 'and nothing came of it';
is $admin->post("auctions/$id/pause")->{status}, 200, 'an admin may';
is $admin->post("auctions/$id/resume")->{status}, 200, 'all of it';


# --- pause is total ---

$red->bid(100);
$t->must("auctions/$id/pause");
my $was = now();
code_is $blue->post("auctions/$id/bids", { amount => 110 }), 409,
    'auction_paused', 'no bid in a pause';

for my $what ([ 'auto-bid', { max_amount => 500 }, 'PUT' ],
              [ "lots/$lot/fold" ],
              [ 'buy-now' ], [ 'bids/retract' ])
{
    my $r = $t->http($what->[2] // 'POST', "auctions/$id/$what->[0]",
                     as => $blue, json => $what->[1] // {});
    like $r->{json}{code}, qr/^(?:auction_paused|illegal_transition|not_found)$/,
        "nor $what->[0]" or diag $r->{body};
}

for my $what (qw(close pass warn hold)) {
    is host_does($what)->{status}, 409, "nor the host's $what";
}

is_deeply now(), $was, 'nothing moved';
$t->must("auctions/$id/resume");
cmp_ok now()->{ends_at}, 'gt', $was->{ends_at}, 'the pause is given back';


# --- undo, requeue, assign ---

sale('draft', leaders => 2, lots => 4, points => 1000);
($red, $blue) = $t->leaders;
($reds, $blues) = $t->teams;

$red->bid(100);
$blue->bid(200);
my ($purses, $kept) = (purses(), kept());
is host_does('close')->{status}, 200, 'sold';
isnt $t->sql("select count(*) from gavel.roster where lot_id = $lot"), 0,
    'on a roster';
is host_does('undo', ms => 60_000)->{status}, 200, 'and not';
is_deeply purses(), $purses, 'undo gives back every point';
is_deeply kept(), $kept, 'and every row';
is $t->sql("select count(*) from gavel.roster where lot_id = $lot"), 0,
    'and the roster';
is_deeply [ @{ now() }{qw(status price leader_team_id)} ],
    [ 'open', 200, $blues ], 'the lot goes on';
is $red->bid(210)->{status}, 201, 'with more bids';
host_does('close');
$t->must("auctions/$id/lots/" . ($t->lots)[1] . '/open');
is host_does('undo')->{status}, 409, 'not once the next lot is open';

$lot = ($t->lots)[1];
is host_does('pass')->{status}, 200, 'passed';
is host_does('requeue', base_price => 50)->{status}, 200, 'queued again';
is_deeply [ @{ now() }{qw(status base_price)} ], [ 'queued', 50 ], '... at less';
$lot = ($t->lots)[2];
is host_does('assign', team_id => 0 + $blues, amount => 40)->{status}, 200,
    'assigned';
is now()->{status}, 'assigned', '... it is';
my ($team) = grep { $_->{id} == $blues }
             @{ $t->get("auctions/$id/teams")->{json}{results} };
is $team->{spent}, 40, 'for its price';
is_deeply [ map { [ @{$_}{qw(lot_id price)} ] } @{ $team->{roster} } ],
    [ [ $lot, 40 ] ], 'on the roster';


# --- void and retract ---

sale('live', rules => { retract => 'window', retract_ms => 600_000,
                        clock => { duration_ms => 600_000 } });
my $ws = $t->ws->subscribe(fresh => 1);
$kim->put("auctions/$id/auto-bid", { max_amount => 500 });
$lee->bid(200);
$park->bid(300);
is now()->{price}, 310, 'a maximum at work';
my @bids = reverse @{ $t->get("auctions/$id/bids")->{json}{results} };
my @kims = map { $_->{id} } grep { $_->{bidder}{id} == $kim->id } @bids;
is scalar @kims, 3, 'three bids for it';

is host_does('void', bid_id => 0 + $kims[1], reason => 'slip')->{status}, 200,
    'one is voided';
my $e = $ws->event('bid.voided');
is_deeply [ @{ $e->{data} }{qw(bid_id first_bid_id last_bid_id reason how
                               leader_id leader_bid_id price bid_count)} ],
    [ @kims[1, 0, 2], 'slip', 'host', $park->id,
      (map { $_->{id} } grep { $_->{bidder}{id} == $park->id } @bids),
      300, 2 ], 'the room is told which go with it, and what is left'
    or diag explain $e;
is_deeply [ sort map { $_->{id} } grep { $_->{state} eq 'voided' }
            @{ $t->get("auctions/$id/bids")->{json}{results} } ],
    [ sort @kims ], 'all of the maximum is void';
is $e->{data}{min_next}, now()->{min_next}, 'and the next price';
code_is host_does('void', bid_id => 0 + $kims[0]), 409, 'illegal_transition',
    'only once';

code_is $lee->post("auctions/$id/bids/retract", { bid_id => 0 + $kims[0] }),
    409, 'illegal_transition', "another's bid";
is $park->post("auctions/$id/bids/retract", { reason => 'typo' })->{status},
    200, 'one takes his back';
$e = $ws->event('bid.voided');
is_deeply [ @{ $e->{data} }{qw(how reason leader_id price bid_count)} ],
    [ 'retract', 'typo', $lee->id, 200, 1 ], 'which the room is told'
    or diag explain $e;
ok !exists $e->{data}{first_bid_id}, 'a bid alone';
is now()->{leader_id}, $lee->id, 'the next best leads';

is $host->post("auctions/$id/bids/behalf", { user_id => 0 + $kim->id,
    amount => 400 })->{status}, 201, 'a bid from the room';
$e = $ws->event('bid.accepted');
is_deeply [ $e->{actor}, @{ $e->{data} }{qw(bidder_id kind amount)} ],
    [ $host->id, $kim->id, 'behalf', 400 ], 'flagged, and whose hand it was';
is $t->get("auctions/$id/bids")->{json}{results}[0]{kind}, 'behalf',
    'in the list too';
code_is $host->post("auctions/$id/bids/behalf", { user_id => 0 + $host->id,
    amount => 500 }), 403, 'own_auction', 'not for himself';


# --- an end with awards ---

sale('timed', lots => 3, rules => { award_wait_ms => 600_000,
    auto_end => \1, clock => { duration_ms => 600_000 } },
    ends_at => undef);
$_->bid(100, lot_id => $lot) for $kim;
$lee->bid(100, lot_id => ($t->lots)[1]);
$t->must("auctions/$id/end", { award => \0 });
is $t->snapshot->{state}{status}, 'ending', 'a soft end';
is $lee->bid(200, lot_id => $lot)->{status}, 409, 'no more bids';
is $host->post("auctions/$id/lots/$lot/award")->{status}, 200, 'an award';
is now()->{status}, 'sold', 'it is sold';
is $host->post("auctions/$id/lots/" . ($t->lots)[1] . '/pass')->{status}, 200,
    'another is not';
is $host->post("auctions/$id/lots/" . ($t->lots)[2] . '/pass')->{status}, 200,
    'nor the last';
eventually { $t->snapshot->{state}{status} =~ /^(?:ended|settled)$/ };
like $t->snapshot->{state}{status}, qr/^(?:ended|settled)$/, 'over';


# --- each refusal, over both ways, by the same word ---

# A bid (or another message) by REST and by WebSocket.
sub both {
    my ($who, $code, $name, %bid) = @_;

    my $amount = delete $bid{amount};
    my $rest = $t->post("auctions/$id/bids", { amount => $amount, %bid },
                        as => $who);
    is $rest->{json}{code} // "accepted", $code, "$name" or diag $rest->{body};

    my $ack = $who->ws->bid($amount, %bid);
    is $ack->{code} // 'accepted', $code, '... over a socket'
        or diag explain $ack;

    for (qw(min_next max_bid)) {
        is $ack->{$_}, $rest->{json}{$_}, "... with the same $_"
            if defined $rest->{json}{$_} || defined $ack->{$_};
    }
}

sale('draft', leaders => 3, lots => 6, points => 1000, until => 'started',
     rules => { roster_min => 2, roster_max => 2, min_price => 100,
                on_grid => \1,
                quotas => { top => [ 0, 1 ], mid => [ 0, 2 ] },
                clock => { preset => 'hard', duration_ms => 600_000 } });
($red, $blue, my $green) = $t->leaders;
($reds, $blues, my $greens) = $t->teams;

both($red, 'lot_not_open', 'no lot is open', amount => 100);
$t->must("auctions/$id/lots/$lot/open");
both($red, 'wrong_lot', 'another lot', amount => 100,
     lot_id => 0 + ($t->lots)[1]);
both($kim, 'not_authorized', 'who has no team', amount => 100);
$host->patch("teams/$greens", { suspended => \1 });
both($green, 'team_suspended', 'a suspended team', amount => 100);
$host->patch("teams/$greens", { suspended => \0 });
both($host, 'not_authorized', 'a host without a team', amount => 100);
both($red, 'below_base', 'less than the base', amount => 90);
is $green->post("auctions/$id/lots/$lot/fold")->{status}, 200, 'a fold';
both($green, 'folded', 'who has folded', amount => 100);
is $red->bid(100)->{status}, 201, 'a bid';
both($red, 'already_leading', 'who leads', amount => 200);
both($blue, 'invalid_amount', 'no amount', amount => 0);
both($blue, 'too_low', 'less than the next', amount => 105);
both($blue, 'invalid_increment', 'beside the ladder', amount => 115);
both($blue, 'budget_exceeded', 'more than there is', amount => 5000);
both($blue, 'reserve_violation', 'what the roster needs', amount => 950);
$t->must("auctions/$id/pause");
both($blue, 'auction_paused', 'a pause', amount => 110);
$t->must("auctions/$id/resume");
$t->must("auctions/$id/lots/$lot/close");

for my $n (1, 2) {
    $t->must("auctions/$id/lots/" . ($t->lots)[$n]
             . '/' . ($n == 1 ? 'assign' : 'open'),
             $n == 1 ? { team_id => 0 + $reds, amount => 0 } : {});
}

both($red, 'roster_full', 'a full roster', amount => 100);

sale('draft', leaders => 2, lots => 0, until => 'draft',
     rules => { roster_max => 3, roster_min => 0,
                quotas => { top => [ 0, 1 ] },
                clock => { preset => 'hard', duration_ms => 600_000 } });
($red, $blue) = $t->leaders;
($reds, $blues) = $t->teams;
my @tops = map { $t->must("auctions/$id/lots", { title => "Top $_",
    base_price => 100, role => 'top' })->{id} } 1 .. 2;
$t->must("auctions/$id/publish");
$t->must("auctions/$id/start");
$t->must("auctions/$id/lots/$tops[0]/assign", { team_id => 0 + $reds });
$t->must("auctions/$id/lots/$tops[1]/open");
both($red, 'role_limit', 'a position that is taken', amount => 100);

sale('live', lots => 0, until => 'draft', rules => { buy_now => 'always',
     over_cap_refused => \1, clock => { preset => 'hard',
                                        duration_ms => 600_000 } });
$lot = $t->must("auctions/$id/lots", { title => 'Capped', base_price => 100,
                                       buy_now => 1000 })->{id};
$t->must("auctions/$id/publish");
$t->must("auctions/$id/start");
$t->must("auctions/$id/lots/$lot/open");
both($host, 'own_auction', 'the host', amount => 100);
both($kim, 'over_cap', 'more than the cap', amount => 1001);

sale('live', rules => { clock => { preset => 'hard', duration_ms => 1500 } });
eventually { now()->{status} eq 'unsold' };
both($kim, 'lot_not_open', 'behind the end', amount => 100);

my $socket = $kim->ws;
$socket->send({ type => 'no_such_thing', request_id => 'x1' });
is $socket->recv->{code}, 'unknown_command', 'a word that nobody knows';


# --- what cannot be written ---

$t->pg->psql(<<'SQL');
create function gavel.break() returns trigger language plpgsql as
    $$ begin raise exception 'no' using errcode = '23514'; end $$;
SQL

sub broken {
    my ($on, $when, $what) = @_;

    $t->pg->psql("create trigger break before insert or update on gavel.$on
                  for each row when ($when) execute function gavel.break()");
    my $r = $what->();
    $t->pg->psql("drop trigger break on gavel.$on");

    return $r;
}

# A maximum waits for its lot: it has bid there before time can run out.
sub maximum {
    my $r = $kim->put("auctions/$id/auto-bid", { lot_id => 0 + $lot,
                                                 max_amount => 200 });
    die "$r->{status} $r->{body}" if $r->{status} != 200;
}

sub complaints_about {
    my $n = () = $t->log_text =~ /auction $id: command \d+ cannot be appended/g;
    return $n;
}

# a close: its lot is frozen, the auction goes on

sale('live', lots => 3, until => 'started', rules => { one_at_a_time => \0,
     clock => { preset => 'hard', duration_ms => 1500 } });
my $other = ($t->lots)[1];
maximum();
broken('sale', "new.lot_id = $lot", sub {
    $t->must("auctions/$id/lots/$_/open") for $lot, $other;
    eventually { now()->{status} eq 'frozen' };
});
is now()->{status}, 'frozen', 'a close that cannot be written freezes its lot';
is $t->snapshot->{state}{status}, 'live', 'the auction goes on';
eventually { now($other)->{status} eq 'unsold' };
is now($other)->{status}, 'unsold', '... with the other lot';
is complaints_about(), 1, 'the log says so, once';
is host_does('resume')->{status}, 200, 'later it can be';
eventually { now()->{status} eq 'sold' };
is now()->{status}, 'sold', '... sold';

# a reveal, the end of a reserve's wait, an advance: the auction waits

for my $case (
    [ 'a reveal', { format => 'sealed', reveal_ms => 300,
                    clock => { preset => 'hard', duration_ms => 600_000 } },
      {}, 'bid', 'sold' ],
    [ 'the end of a wait', { reserve_wait_ms => 1000 }, { reserve => 5000 },
      'lot', 'unsold', "new.status = 'unsold'" ],
    [ 'an advance', { auto_next_ms => 500 }, {},
      'lot', 'open', "new.status = 'open' and new.number = 2" ])
{
    my ($name, $rules, $terms, $on, $then, $when) = @$case;

    sale('live', lots => 0, until => 'draft', rules => { auto_next_ms => -1,
        clock => { preset => 'hard', duration_ms => 1500 }, %$rules });
    ($lot, $other) = map { $t->must("auctions/$id/lots",
        { title => "Lot $_", base_price => 100, %$terms })->{id} } 1 .. 2;
    $t->must("auctions/$id/publish");

    if ($rules->{format}) {
        $t->must("auctions/$id/start");
        $t->must("auctions/$id/lots/$lot/open");
        $kim->bid(200, lot_id => $lot);
    } else {
        maximum();
    }

    broken($on, $when // "new.auction_id = $id", sub {
        $t->must("auctions/$id/start") if !$rules->{format};
        host_does($rules->{format} ? 'close' : 'open');
        eventually { $t->snapshot->{state}{status} eq 'paused' };
        select undef, undef, undef, 1.5;
    });

    is $t->snapshot->{state}{status}, 'paused',
        "$name that cannot be written pauses the auction";
    is complaints_about(), 1, 'the log says so, once';
    $t->must("auctions/$id/resume");
    my $which = $then eq 'open' ? $other : $lot;
    eventually { now($which)->{status} eq $then };
    is now($which)->{status}, $then, 'and later it is done';
}

$t->finish;
