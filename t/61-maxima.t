#!/usr/bin/perl

# Hidden maxima from outside: whoever asks, by whatever way, learns of nobody
# else's maximum, nor that a pre-bid exists; and only a host knows a reserve.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use Test::More;

# Numbers that occur nowhere else: who sees one, sees a secret.
my ($PRE, $MAX, $RAISED, $OTHER, $RESERVE)
    = (770_001, 770_003, 770_005, 770_007, 770_009);

my $t = Gavel::Test->new->auction('live', lots => 3, until => 'draft',
    rules => { ladder => 10, retract => 'window', retract_ms => 600_000 });
my $id = $t->auction_id;
my ($lot, $next, $third) = $t->lots;

my ($host, $kim, $lee, $park) = ($t->host, map { $t->user($_) }
                                           qw(kim lee park));
my $admin = $t->user('boss', 'admin');
my $seller = $t->user('neighbour', 'seller');

sub code_is {
    my ($r, $status, $code, $name) = @_;
    is "$r->{status} " . ($r->{json}{code} // ''), "$status $code", $name
        or diag $r->{body};
}

sub maximum {
    my ($who, $amount, $lot, %o) = @_;
    return $who->put("auctions/$id/auto-bid", { max_amount => $amount,
        $lot ? (lot_id => 0 + $lot) : () }, %o);
}

is $host->patch("lots/$third", { reserve => $RESERVE })->{status}, 200,
    'a reserve';
$t->must("auctions/$id/publish");

my $overlay = $t->post('overlay-tokens', { auction_id => 0 + $id,
    name => 'scene' }, as => $host)->{json}{token};
ok $overlay, 'an overlay';


# --- eyes ---

my %eyes = (guest => undef, member => $park, bidder => $lee, host => $host,
            'other seller' => $seller, admin => $admin);
my %socket = map { $_ => $t->ws($eyes{$_} ? (as => $eyes{$_}) : ())->subscribe }
             keys %eyes;
my $stream = $t->sse;

# All that can be read about the auction, but for one's own.
sub sight {
    my ($who) = @_;
    my @as = $who ? (as => $who) : ();
    my @seen;

    for my $path ("auctions/$id/snapshot", "auctions/$id/events?limit=500",
        "auctions/$id/events?limit=500&hashes=true", "auctions/$id/lots",
        "auctions/$id/bids", "auctions/$id", "/api/auctions/$id/",
        "auctions/$id/teams", "bid-history?auction_id=$id",
        "auctions/$id/ledger", "auctions/$id/analytics",
        "overlay/$overlay", 'users/me/bids', 'auto-bids', 'users/me/events',
        'bids/winning', 'bids/losing', 'users/me/points',
        (map { "lots/$_" } $lot, $next, $third),
        map { my $what = $_; map { "auctions/$id/export?what=$what&format=$_" }
              qw(csv json) } qw(lots results rosters bids log))
    {
        my $r = $t->get($path, @as);
        push @seen, "$path: $r->{body}";
    }

    return @seen;
}

sub nobody_sees {
    my ($secret, $what, $owner) = @_;

    for my $eye (sort keys %eyes) {
        my @told = grep { /$secret/ } sight($eyes{$eye});
        @told = grep { !/^auto-bids:/ } @told
            if $owner && $owner == ($eyes{$eye} // 0);
        is_deeply [ map { substr $_, 0, 60 } @told ], [], "$what: $eye";

        my $ws = $socket{$eye};
        $ws->events;
        unlike join(' ', map { Gavel::Http::encode($_) } @{ $ws->{seen} }),
            qr/$secret/, "$what: ... on a socket";
    }

    1 while $stream->recv(0.2);
    unlike join(' ', map { $_->{data} } @{ $stream->{seen} }), qr/$secret/,
        "$what: a stream";
}


# --- pre-bids ---

my %key = (headers => { 'Idempotency-Key' => 'pre-1' });
my $pre = maximum($kim, $PRE, $lot, %key);
is $pre->{status}, 200, 'a maximum for a lot not yet open'
    or diag $pre->{body};

my ($hidden) = grep { $_->{seq} == $pre->{json}{seq} }
    @{ $t->get("auctions/$id/events?limit=500")->{json}{results} };
is_deeply [ $hidden->{type}, $hidden->{data} ], [ 'hidden', {} ],
    'others see that something was';
ok !exists $hidden->{actor} && !exists $hidden->{request_id}, 'and not whose';

for my $types ('auto_bid.set', 'auto_bid.*', 'auto_bid.cancelled') {
    is_deeply $t->get("auctions/$id/events?types=$types")->{json}{results}, [],
        "nor can it be asked for as $types";
}

is scalar @{ $t->get("auctions/$id/events?types=hidden")->{json}{results} }, 1,
    'but as hidden';

my ($event) = grep { $_->{seq} == $pre->{json}{seq} }
    map { $_->events } $socket{guest};
is_deeply [ sort keys %$event ], [ sort keys %$hidden ],
    'the same on a socket';

nobody_sees($PRE, 'a pre-bid');
nobody_sees('auto_bid', 'that it was a maximum');

is $kim->get('auto-bids')->{json}{results}[0]{max_amount}, $PRE,
    'its owner does';
is $kim->get('auto-bids')->{json}{results}[0]{state}, 'active', 'and its state';

my $rule = $kim->get('auto-bids')->{json}{results}[0]{id};
is $kim->get("auto-bids/$rule")->{json}{max_bid}, $PRE, 'one of them';
code_is $lee->get("auto-bids/$rule"), 404, 'not_found', "another's is not there";
code_is $host->get("auto-bids/$rule"), 404, 'not_found', '... nor for the host';
code_is $admin->get("auto-bids/$rule"), 404, 'not_found', '... nor an admin';
code_is $t->get("auto-bids/$rule"), 401, 'not_authenticated', 'a guest has none';
code_is $lee->put("auto-bids/$rule", { max_amount => 5000 }), 404, 'not_found',
    'nor can another raise it';
code_is $lee->delete("auto-bids/$rule"), 404, 'not_found', 'or cancel it';

my $again = maximum($kim, $PRE, $lot, %key);
is $again->{json}{seq}, $pre->{json}{seq}, 'a repeat has the first answer';
is $again->{json}{event}, $pre->{json}{event}, '... all of it';
code_is maximum($kim, $PRE + 1000, $lot, %key), 422, 'request_id_reused',
    'another maximum with its key has not';

$t->kill_a_worker for 1 .. 2;
eventually { $t->get('/readyz')->{status} == 200 } 10;
$_->resume for grep { eval { $_->{closed} } } values %socket;
is maximum($kim, $PRE, $lot, %key)->{json}{seq}, $pre->{json}{seq},
    'nor after all workers died';

code_is maximum($host, 5000, $lot), 403, 'own_auction', 'a host has no maximum';
code_is $t->put("auctions/$id/auto-bid", { max_amount => 1 }), 401,
    'not_authenticated', 'a guest neither';

for my $bad (0, -5, 9007199254740992) {
    code_is maximum($kim, $bad, $next), 422, 'invalid_amount', "of $bad";
}

is maximum($lee, 5000, $next)->{status}, 200, 'a second pre-bid';
my ($lees) = map { $_->{id} } @{ $lee->get('auto-bids')->{json}{results} };
is $lee->delete("auto-bids/$lees")->{status}, 204, 'is withdrawn';
is $lee->get("auto-bids/$lees")->{json}{state}, 'cancelled', 'and known so';
ok $lee->delete("auto-bids/$lees")->{status} >= 400, 'only once';


# --- by every name ---

my $n = 0;

for my $way ([ 'PUT', "auctions/$id/auto-bid" ],
             [ 'POST', "auctions/$id/auto-bid" ],
             [ 'POST', "auctions/$id/autobid" ],
             [ 'POST', 'auto-bids', { auction_id => 0 + $id } ],
             [ 'POST', '/api/auto-bids/', { auctionId => 0 + $id } ])
{
    my ($method, $path, $more) = @$way;
    my $r = $t->http($method, $path, as => $lee, json => {
        lot_id => 0 + $next, max_bid => 5000 + 10 * ++$n, %{ $more || {} } });
    like $r->{status}, qr/^20[01]$/, "$method $path" or diag $r->{body};
}

($lees) = map { $_->{id} } @{ $lee->get('auto-bids')->{json}{results} };

for my $method (qw(PUT PATCH)) {
    my $r = $t->http($method, "auto-bids/$lees", as => $lee,
                     json => { max_amount => 6000 + 10 * ++$n });
    is $r->{status}, 200, "$method of one" or diag $r->{body};
    is $r->{json}{max_amount}, 6000 + 10 * $n, 'says what it is now';
    ($lees) = map { $_->{id} } @{ $lee->get('auto-bids')->{json}{results} };
}

for my $state (qw(active exhausted won cancelled)) {
    my $r = $lee->get("auto-bids?state=$state&auction_id=$id")->{json};
    is $r->{count}, $state eq 'active' ? 1 : 0, "those that are $state";
}


# --- at work ---

$t->must("auctions/$id/start");
$t->must("auctions/$id/lots/$lot/open");

sub lot_now {
    my ($l) = grep { $_->{lot_id} == ($_[0] // $lot) }
              @{ $t->snapshot->{state}{lots} };
    return $l;
}

is lot_now()->{leader_id}, $kim->id, 'who alone wants it leads';
is lot_now()->{price}, 100, 'at the base price';
nobody_sees($PRE, 'a maximum that leads');

my $r = $lee->bid(200);
is $r->{status}, 201, 'another bid';
is lot_now()->{leader_id}, $kim->id, 'is outbid at once';
is lot_now()->{price}, 210, 'by one step';

my @bids = @{ $t->get("auctions/$id/bids?lot_id=$lot")->{json}{results} };
is_deeply [ map { [ @{$_}{qw(amount kind state)} ] } @bids ],
    [ [ 210, 'max', 'leading' ], [ 200, 'manual', 'outbid' ],
      [ 100, 'max', 'outbid' ] ], 'in rows of their own'
    or diag explain [ map { [ @{$_}{qw(amount kind state)} ] } @bids ];

code_is $lee->post("auctions/$id/bids", { amount => 210 }), 422, 'too_low',
    'a refusal tells the next price';
is maximum($kim, $RAISED)->{status}, 200, 'the leader raises his maximum';
is lot_now()->{price}, 210, 'at the same price';
is lot_now()->{bid_count}, 3, 'which is no bid';
nobody_sees($RAISED, 'a raise');
is maximum($kim, $MAX)->{status}, 200, 'he lowers it';
code_is maximum($kim, 150), 422, 'too_low', 'not below the price';
nobody_sees($MAX, 'a lowered one');
code_is maximum($kim, $MAX), 409, 'already_leading', 'nor to what it is';

($rule) = map { $_->{id} } grep { $_->{lot_id} == $lot }
          @{ $kim->get('auto-bids')->{json}{results} };
code_is $kim->delete("auto-bids/$rule"), 409, 'leading',
    'who leads cannot withdraw';
is $kim->get("auto-bids/$rule")->{json}{max_amount}, $MAX, 'nothing changed';

# equal maxima: the earlier one leads

$r = maximum($lee, $MAX);
is $r->{status}, 200, 'an equal maximum';
is lot_now()->{leader_id}, $kim->id, 'earlier leads';
is lot_now()->{price}, $MAX, 'at what both would give';
is $lee->get("auto-bids?auction_id=$id&state=exhausted")->{json}{count}, 1,
    'the later one is exhausted';
is $kim->get("auto-bids?auction_id=$id&state=active")->{json}{count}, 1,
    'the other is not';

is maximum($lee, $OTHER + 1000)->{status}, 200, 'a higher one';
is lot_now()->{leader_id}, $lee->id, 'leads';
nobody_sees($OTHER + 1000, 'a maximum that took the lead', $lee);
is $kim->get("auto-bids/$rule")->{json}{state}, 'exhausted',
    'and the first is exhausted';

$t->must("auctions/$id/lots/$lot/close");
is $lee->get("auto-bids?auction_id=$id&state=won")->{json}{count}, 1, 'won';
is $kim->get("auto-bids?auction_id=$id&state=won")->{json}{count}, 0,
    'not by both';
nobody_sees($OTHER + 1000, 'a maximum that won', $lee);


# --- over WebSocket ---

my $ws = $lee->ws;
$t->must("auctions/$id/lots/$next/open");
$ws->send({ type => 'auto_bid', request_id => 'm1', auction_id => 0 + $id,
            max_amount => $OTHER });
$r = $ws->expect('ack', request_id => 'm1');
ok $r->{ok}, 'a maximum over a socket' or diag explain $r;
my $seq = $r->{seq};
$ws->send({ type => 'auto_bid', request_id => 'm1', auction_id => 0 + $id,
            max_amount => $OTHER });
is $ws->expect('ack', request_id => 'm1')->{seq}, $seq, 'once';
nobody_sees($OTHER, 'a maximum of a socket', $lee);


# --- the reserve ---

my %knows = (host => 1, admin => 1);

for my $eye (sort keys %eyes) {
    my @as = $eyes{$eye} ? (as => $eyes{$eye}) : ();
    my ($listed) = grep { $_->{lot_id} == $third }
        @{ $t->get("auctions/$id/lots", @as)->{json}{results} };
    my $one = $t->get("lots/$third", @as)->{json};
    my $want = $knows{$eye} ? $RESERVE : undef;

    is $one->{reserve}, $want, "$eye: the reserve";
    is $listed->{reserve}, $want, '... in a list';
    ok $one->{has_reserve}, '... that there is one';
    ok !$one->{reserve_met}, '... and is not met';

    for my $format (qw(csv json)) {
        my $r = $t->get("auctions/$id/export?what=lots&format=$format", @as);
        if ($knows{$eye}) {
            like $r->{body}, qr/$RESERVE/, "... in a file ($format)";
        } else {
            unlike $r->{body}, qr/$RESERVE/, "... in no file ($format)";
        }
    }

    unlike $t->get($_, @as)->{body}, qr/$RESERVE/, "... never in $_"
        for "auctions/$id/snapshot", "auctions/$id/events?limit=500",
            "auctions/$id/bids", "overlay/$overlay";
}

$t->must("auctions/$id/lots/$next/close");
$t->must("auctions/$id/lots/$third/open");
ok !lot_now($third)->{reserve_met}, 'a reserve that is not met';
is $park->bid(100)->{status}, 201, 'a bid below it';
ok !lot_now($third)->{reserve_met}, 'does not meet it';
is maximum($kim, $RESERVE + 5000)->{status}, 200, 'a maximum above it';
is lot_now($third)->{price}, $RESERVE, 'jumps to it';
ok lot_now($third)->{reserve_met}, 'and meets it: everybody sees';
ok $t->get("lots/$third")->{json}{reserve_met}, 'of one lot too';

my ($met) = grep { $_->{data}{reserve_met} }
    @{ $t->get("auctions/$id/events?after=$seq&types=bid.*")->{json}{results} };
ok $met, 'in the events too';
nobody_sees($RESERVE + 5000, 'a maximum above a reserve');

$t->finish;
