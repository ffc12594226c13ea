#!/usr/bin/perl

# Formats and what lots may be sold at, over the interface: sealed bids, Dutch
# clocks, reserves, buy-now, units, second chances.  After each, what the
# database keeps is what the log says.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use Test::More;
use Time::HiRes qw(sleep);

my $t = Gavel::Test->new;
my ($kim, $lee, $park) = map { $t->user($_) } qw(kim lee park);
my $admin = $t->user('boss', 'admin');
my ($id, $lot, $more, $host);

sub code_is {
    my ($r, $status, $code, $name) = @_;
    is "$r->{status} " . ($r->{json}{code} // ''), "$status $code", $name
        or diag $r->{body};
}

# An auction with a lot on the block, of such terms.
sub sale {
    my ($kind, $terms, $rules, %o) = @_;

    $t->auction($kind, lots => 0, until => 'draft', rules => {
        ladder => 10, auto_next_ms => -1,
        $kind eq 'draft' ? (roster_max => 2) : (), %$rules }, %o);
    ($id, $host) = ($t->auction_id, $t->host);
    ($lot, $more) = map {
        $t->must("auctions/$id/lots", { title => "Lot $_", base_price => 100,
                                        %$terms })->{id} } 1 .. 2;

    $t->must("auctions/$id/publish");
    $t->must("auctions/$id/start");
    $t->must("auctions/$id/lots/$lot/open") if $kind ne 'timed';
}

sub host_does {
    my ($what, %body) = @_;
    return $host->post("auctions/$id/lots/$lot/$what", \%body);
}

sub bids { my ($who, $amount) = @_; return $who->bid($amount, lot_id => $lot) }

sub now {
    my ($l) = grep { $_->{lot_id} == $lot } @{ $t->snapshot->{state}{lots} };
    return $l;
}

sub status_is {
    my ($status, $name, $seconds) = @_;
    eventually { now()->{status} eq $status } $seconds;
    is now()->{status}, $status, $name;
}

sub rows { return [ map { [ map { $_ // '' } @$_ ] } $t->sql_rows(@_) ] }

# The projections of this auction, against its log.
sub agrees {
    my ($what) = @_;

    my (%bid, %sale, %roster, %voided);

    for my $e ($t->log_events) {
        my $d = $e->{data};

        if ($e->{type} =~ /^(?:bid\.accepted|bid\.reactive|sealed\.revealed)$/
            && !$d->{kept})
        {
            $bid{ $d->{bid_id} } = [ $d->{bid_id}, $d->{lot_id}, $d->{round},
                $d->{bidder_id}, $d->{team_id} // '', $d->{amount} ];

        } elsif ($e->{type} eq 'lot.sold') {
            delete $sale{"$d->{lot_id}.$d->{supersedes}"} if $d->{supersedes};
            $sale{"$d->{lot_id}.$d->{round}"} = [ $d->{lot_id}, $d->{round},
                $d->{winner_id}, $d->{team_id} // '', $d->{price} ];
            $roster{ $d->{lot_id} } = [ $d->{lot_id}, $d->{team_id},
                $d->{price} ] if $d->{team_id};

        } elsif ($e->{type} eq 'lot.assigned') {
            $roster{ $d->{lot_id} } = [ $d->{lot_id}, $d->{team_id},
                                        $d->{price} ];

        } elsif ($e->{type} eq 'lot.reopened'
                 || ($e->{type} eq 'lot.requeued' && $d->{how} eq 'host'))
        {
            delete $sale{"$d->{lot_id}.$d->{round}"};
            delete $roster{ $d->{lot_id} };
        }
    }

    is_deeply rows("select id, lot_id, round, bidder_id, team_id, amount
        from gavel.bid where auction_id = $id order by id"),
        [ map { $bid{$_} } sort { $a <=> $b } keys %bid ], "$what: bids";
    is_deeply rows("select lot_id, round, winner_id, team_id, price
        from gavel.sale where auction_id = $id order by lot_id, round"),
        [ sort { $a->[0] <=> $b->[0] || $a->[1] <=> $b->[1] } values %sale ],
        "$what: sales";
    is_deeply rows("select lot_id, team_id, price from gavel.roster
        where (lot_id >> 22) = $id
        order by lot_id"),
        [ map { $roster{$_} } sort { $a <=> $b } keys %roster ],
        "$what: rosters";
    is_deeply rows("select id, status, round, price, leader_id, bid_count
        from gavel.lot where auction_id = $id order by id"),
        [ map { [ map { $_ // '' } @{$_}{qw(lot_id status round price
                                           leader_id bid_count)} ] }
          sort { $a->{lot_id} <=> $b->{lot_id} }
          @{ $t->snapshot->{state}{lots} } ], "$what: lots";
    is_deeply rows("select lot_id, units from gavel.lot_terms
        where auction_id = $id and quantity > 1 order by 1"),
        [ map { [ $_->{lot_id}, $_->{units} // 0 ] }
          grep { ($_->{quantity} // 1) > 1 }
          @{ $t->snapshot->{state}{lots} } ], "$what: units";
}

# What this looks like to each of them.
sub unseen {
    my ($secret, $name, @who) = @_;

    for my $who (undef, $park, $host, $admin, @who) {
        my @as = $who ? (as => $who) : ();
        my @told = grep { $t->get($_, @as)->{body} =~ /$secret/ }
            "auctions/$id/snapshot", "auctions/$id/events?limit=500",
            "auctions/$id/bids", "auctions/$id/lots", "lots/$lot",
            "auctions/$id/teams", "auctions/$id/ledger", 'users/me/bids',
            map { ("auctions/$id/export?what=$_&format=json",
                   "auctions/$id/export?what=$_&format=csv") }
                qw(bids log lots results);
        is_deeply \@told, [], "$name: "
            . ($who ? $who->{name} : 'a guest');
    }
}


# --- sealed, first price ---

sale('live', {}, { format => 'sealed', clock => { duration_ms => 600_000 } });
my $ws = $t->ws->subscribe;

my $r = bids($kim, 770_001);
is $r->{status}, 201, 'a sealed bid';
is bids($lee, 770_002)->{status}, 201, 'another';
is bids($kim, 770_003)->{status}, 201, 'one is replaced';
is bids($park, 770_004)->{status}, 201, 'a third';
is $park->post("auctions/$id/bids/pass", { lot_id => 0 + $lot })->{status}, 201,
    'takes it back';
is bids($kim, 50)->{code}, 'below_base', 'there is a floor';
is now()->{submissions}, 3, 'how many there are is known';
is now()->{price}, 0, 'no price is';
unseen('77000\d', 'sealed', $kim);
$ws->events;
unlike Gavel::Http::encode($ws->{seen}), qr/77000\d|"actor":(?!@{[$host->id]})/,
    'sealed: nor on a socket, nor who it was';

my ($mine) = grep { $_->{seq} == $r->{seq} }
    @{ $t->get("auctions/$id/events?limit=500")->{json}{results} };
is_deeply [ sort keys %{ $mine->{data} } ], [ qw(lot_id round submissions) ],
    'the event says only that there is one';

code_is host_does('reveal'), 409, 'illegal_transition', 'not while it is open';
is host_does('close')->{status}, 200, 'locked';
status_is('locked', 'it is locked');
is bids($lee, 770_009)->{status}, 409, 'too late';
unseen('77000\d', 'locked');
code_is $kim->post("auctions/$id/lots/$lot/reveal"), 403, 'not_authorized',
    'a bidder cannot open them';
is host_does('reveal')->{status}, 200, 'revealed';
status_is('sold', 'sold');
is_deeply [ @{ now() }{qw(leader_id price)} ], [ $kim->id, 770_003 ],
    'to the highest';
is_deeply [ map { [ @{$_}{qw(amount kind state)} ] }
            @{ $t->get("auctions/$id/bids")->{json}{results} } ],
    [ [ 770_003, 'sealed', 'won' ], [ 770_002, 'sealed', 'lost' ] ],
    'now all bids are seen; what was replaced, never'
    or diag $t->get("auctions/$id/bids")->{body};
unlike $t->get("auctions/$id/export?what=log&format=json")->{body},
    qr/77000[14]/, 'not even in the log';
agrees('sealed');


# --- Vickrey, by the clock ---

sale('live', {}, { format => 'vickrey', reveal_ms => 300,
                   clock => { preset => 'hard', duration_ms => 6000 } });
bids($kim, 500);
bids($lee, 300);
bids($park, 400);
status_is('sold', 'Vickrey: revealed by the clock', 20);
is_deeply [ @{ now() }{qw(leader_id price)} ], [ $kim->id, 400 ],
    'the highest pays the second price';
agrees('Vickrey');


# --- a tie, in a draft ---

sale('draft', {}, { format => 'sealed', tie => 'rebid',
                    clock => { duration_ms => 600_000 } }, leaders => 3);
my @leaders = $t->leaders;
is bids($leaders[0], 300)->{status}, 201, 'a tie';
is bids($leaders[1], 300)->{status}, 201, '... of two';
is bids($leaders[2], 200)->{status}, 201, '... and one below';
status_is('locked', 'all have bid: it is locked');
host_does('reveal');
status_is('open', 'the tied bid again');
is bids($leaders[2], 400)->{code}, 'not_authorized', 'only they';
is bids($leaders[0], 299)->{code}, 'below_base', 'not less';
is bids($leaders[0], 310)->{status}, 201, 'one more';
is $leaders[1]->post("auctions/$id/bids/pass", { lot_id => 0 + $lot })
    ->{status}, 201, 'the other not';
status_is('locked', 'locked again');
host_does('reveal');
status_is('sold', 'decided');
is_deeply [ @{ now() }{qw(leader_id price)} ], [ $leaders[0]->id, 310 ],
    'by the second round';
agrees('tie');
is $t->sql("select sum(held) from gavel.team where auction_id = $id"), 0,
    'nothing is held';


# --- Dutch ---

sale('live', { ceiling => 2000 }, { format => 'dutch', dutch_drop => 100,
        dutch_every_ms => 500, clock => { duration_ms => 600_000 } });
my $first = now();
is $first->{ceiling}, 2000, 'Dutch: where it begins';
ok $first->{falls_from}, 'and since when it falls';
is bids($kim, 500)->{code}, 'too_low', 'less is not enough yet';
eventually { bids($lee, 1800)->{status} == 201 } 5;
is_deeply [ @{ now() }{qw(status leader_id)} ], [ 'sold', $lee->id ],
    'who takes it has it';
cmp_ok now()->{price}, '<=', 1800, 'at the price of that moment';
is $kim->bid(1500, lot_id => $lot)->{status}, 409, 'once';
agrees('Dutch');

sale('live', { ceiling => 2000 }, { format => 'dutch', dutch_drop => 100,
        dutch_every_ms => 500, clock => { duration_ms => 600_000 } });

my $slow = Gavel::Http::open_socket($t->node->port);
my $body = Gavel::Http::encode({ amount => 1800, lot_id => $lot });
print $slow "POST /api/v1/auctions/$id/bids HTTP/1.1\r\nHost: x\r\n"
    . 'Authorization: Bearer ' . $t->token_of($lee) . "\r\n"
    . 'Content-Length: ' . length($body) . "\r\n\r\n";
eventually { (bids($kim, 500)->{min_next} // 2000) <= 1700 } 5;
is Gavel::Http::exchange($slow, $body, 5)->{status}, 201,
    'a bid comes when all of it is there';


# --- reserves ---

for my $way (qw(accept pass)) {
    sale('live', { reserve => 5000 }, { reserve_wait_ms => -1,
         clock => { preset => 'hard', duration_ms => 5000 } });
    is bids($kim, 200)->{status}, 201, 'a bid below the reserve';
    is $host->post("auctions/$id/lots/$lot/close")->{json}{code} // '',
        'reserve_not_met', 'a hammer asks' if $way eq 'accept';
    status_is('reserve_not_met', 'the clock leaves it to the host', 20);
    is bids($lee, 300)->{status}, 409, 'no more bids';
    code_is $kim->post("auctions/$id/lots/$lot/$way"), 403, 'not_authorized',
        "a bidder does not $way";
    is host_does($way)->{status}, 200, $way;
    is now()->{status}, $way eq 'accept' ? 'sold' : 'unsold', "... it is";
    agrees("reserve, $way");
}

sale('live', { reserve => 5000 }, { clock => { duration_ms => 600_000 } });
bids($kim, 200);
is host_does('close', below_reserve => \1)->{status}, 200, 'sold all the same';
is now()->{price}, 200, 'below';
agrees('below the reserve');


# --- buy-now ---

sale('live', { buy_now => 1000 }, { clock => { duration_ms => 600_000 } });
is now()->{buy_now}, 1000, 'a price to buy at';
is $host->post("auctions/$id/buy-now", { lot_id => 0 + $lot })->{json}{code},
    'own_auction', 'not for its host';
is $kim->post("auctions/$id/buy-now", { lot_id => 0 + $lot })->{status}, 201,
    'bought';
is_deeply [ @{ now() }{qw(status price leader_id)} ],
    [ 'sold', 1000, $kim->id ], 'at once';
is $lee->post("auctions/$id/buy-now", { lot_id => 0 + $lot })->{status}, 409,
    'and gone';
is $t->get("auctions/$id/bids")->{json}{results}[0]{kind}, 'buy_now',
    'a bid of its kind';
agrees('buy-now');

sale('live', { buy_now => 1000 }, { buy_now => 'until_bid',
                                    clock => { duration_ms => 600_000 } });
bids($lee, 100);
is $kim->post("auctions/$id/buy-now", { lot_id => 0 + $lot })->{status}, 409,
    'not behind a bid';
is bids($kim, 5000)->{status}, 201, 'nor is it a cap any more';
is_deeply [ @{ now() }{qw(status price leader_id)} ],
    [ 'open', 5000, $kim->id ], 'a bid as others';

sale('live', { buy_now => 1000 }, { buy_now => 'always',
                                    clock => { duration_ms => 600_000 } });
bids($lee, 100);
is bids($kim, 5000)->{status}, 201, 'a bid above the cap';
is_deeply [ @{ now() }{qw(status price leader_id)} ],
    [ 'sold', 1000, $kim->id ], 'buys at the cap';
agrees('cap');


# --- units ---

sale('live', { quantity => 3 }, { clock => { duration_ms => 600_000 } });

for my $n (1 .. 3) {
    is now()->{round}, $n, "unit $n" or diag explain now();
    is bids(($kim, $lee, $kim)[$n - 1], 100 * $n)->{status}, 201, 'a bid';
    is host_does('close')->{status}, 200, 'sold';
    is $t->get("lots/$lot")->{json}{units}, $n, 'and counted';
    host_does('open') if $n < 3 && now()->{status} eq 'queued';
}

is now()->{status}, 'sold', 'all are sold';
is $t->sql("select sum(price) from gavel.sale where lot_id = $lot"), 600,
    'each for itself';
my @lines = grep { /^1,/ } split /\r\n/,
    $t->get("auctions/$id/export?what=results&format=csv")->{body};
is scalar @lines, 3, 'each in the results' or diag explain \@lines;
agrees('units');


# --- a second chance ---

for my $way (qw(accept decline withdraw expire)) {
    sale('live', {}, { clock => { duration_ms => 600_000 },
                       offer_ms => $way eq 'expire' ? 6000 : 600_000 });
    bids($kim, 300);
    bids($lee, 200);
    bids($lee, 400);
    host_does('close');

    if ($way eq 'accept') {
        $t->must("auctions/$id/end");
        is $t->snapshot->{state}{status}, 'ended', 'after the end';
    }

    code_is $lee->post("auctions/$id/lots/$lot/offer"), 403, 'not_authorized',
        'a bidder does not offer';
    is host_does('offer')->{status}, 200, 'the underbidder is asked';
    is_deeply [ @{ now() }{qw(status offered_to offer_price)} ],
        [ 'offered', $kim->id, 300 ], 'at his own bid';
    code_is $lee->post("auctions/$id/lots/$lot/offer/accept"), 403,
        'not_authorized', 'only he can take it';
    code_is $host->post("auctions/$id/lots/$lot/offer/decline"), 403,
        'not_authorized', 'or not';
    agrees("an offer to $way");

    if ($way eq 'expire') {
        status_is('sold', 'in time', 20);
    } elsif ($way eq 'withdraw') {
        is host_does('offer/close')->{status}, 200, 'the host thinks again';
    } else {
        is $kim->post("auctions/$id/lots/$lot/offer/$way")->{status}, 200,
            $way;
    }

    is_deeply [ @{ now() }{qw(status leader_id price)} ],
        $way eq 'accept' ? [ 'sold', $kim->id, 300 ]
                         : [ 'sold', $lee->id, 400 ], 'whose it is'
        or diag explain now();
    like $kim->post("auctions/$id/lots/$lot/offer/accept")->{status}, qr/^40/,
        'once';
    agrees("offer, $way");

    my $won = $kim->get("users/me/bids?state=won&auction_id=$id")->{json};
    is $won->{count}, $way eq 'accept' ? 1 : 0, 'and among what he won';
}


# --- a second chance behind a void ---

# 310 were bid for kim, but against a bid that was void; his maximum became
# 150, and for more he is not asked.

sale('live', {}, { clock => { duration_ms => 600_000 } });
$kim->put("auctions/$id/auto-bid", { lot_id => 0 + $lot, max_amount => 500 });
$r = bids($lee, 300);
is now()->{price}, 310, 'a reaction';
is host_does('void', bid_id => $r->{bid}{id})->{status}, 200, 'to a void';
is now()->{price}, 100, 'the price is found again';
is $kim->put("auctions/$id/auto-bid", { lot_id => 0 + $lot,
    max_amount => 150 })->{status}, 200, 'the maximum becomes less';
is bids($park, 140)->{status}, 201, 'another bidder';
is bids($park, 160)->{status}, 201, 'wins';
is now()->{leader_id}, $park->id, '... he leads';
host_does('close');
is host_does('offer')->{status}, 200, 'the underbidder is asked';
is_deeply [ @{ now() }{qw(offered_to offer_price)} ], [ $kim->id, 150 ],
    'for what he stands for';
is $kim->post("auctions/$id/lots/$lot/offer/accept")->{status}, 200, 'taken';
is now()->{price}, 150, 'at that price';
agrees('a void before');

$t->finish;
