#!/usr/bin/perl

# A timed sale of 1,000 lots with hidden maxima and staggered closing: pre-bids
# before it starts, bids and maxima while it runs, and at its end every lot
# belongs to who would have given most.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use Test::More;

my $seed = $ENV{SEED} // int rand 1e9;
srand $seed;
diag "seed $seed";

my $lots = 1000;
my $t = Gavel::Test->new->auction('timed', lots => 0, until => 'draft',
    starts_at => Gavel::House::iso(time + 3600),
    rules => { ladder => 10, stagger_ms => 4, auto_end => \1,
               clock => { preset => 'extend_to', duration_ms => 9000,
                          window_ms => 300, extend_ms => 300,
                          max_extensions => 3 } });
my $id = $t->auction_id;

my $csv = "title,base_price\n" . join '', map { "Thing $_,100\n" } 1 .. $lots;
my $r = $t->http('POST', "auctions/$id/lots/import", as => $t->host,
    headers => { 'Content-Type' => 'text/csv' }, body => $csv);
is $r->{status}, 200, 'a file of lots' or diag $r->{body};

my @lot = map { $_->{lot_id} } @{ $t->snapshot(as => $t->host)->{state}{lots} };
is scalar @lot, $lots, 'all of them are queued';

$t->must("auctions/$id/publish");

my @people = $t->crowd(12);

# What each would give for a lot, as far as it was accepted, in log order.

my (%value, %when);

sub accepted {
    my ($who, $lot, $value, $seq, $type) = @_;
    my $had = $value{$lot}{$who};

    # only who leads may say less than before

    return if defined $had && $had >= $value && $type ne 'auto_bid.set';
    $value{$lot}{$who} = $value;
    $when{$lot}{$who} = $seq;
}


# --- before ---

my %pre;
my $ok = 0;

for my $n (1 .. 400) {
    my $who = $people[ rand @people ];
    my $lot = $lot[ rand 300 ];
    my $max = 100 + 10 * int rand 40;
    my $had = $pre{$lot}{ $who->id };
    my $r = $who->put("auctions/$id/auto-bid",
                      { lot_id => $lot, max_amount => $max });

    if ($had && $had->[0] == $max) {
        $ok += ($r->{json}{code} // '') eq 'already_exists';
        next;
    }

    $ok += $r->{status} == 200;
    $pre{$lot}{ $who->id } = [ $max, $r->{json}{seq} ];
}

is $ok, 400, 'maxima before the sale starts';

for my $lot (keys %pre) {
    accepted($_, $lot, @{ $pre{$lot}{$_} }, '') for keys %{ $pre{$lot} };
}

my $seen = join '', map { $_->{json} ? Gavel::Http::encode($_->{json}) : '' }
           $t->get("auctions/$id/snapshot"), $t->get("auctions/$id/events"),
           $t->get("auctions/$id/lots?page_size=1000");
unlike $seen, qr/max_amount|reserve":\d/, 'which nobody else can see';
is scalar @{ $people[0]->get('auto-bids?page_size=100')->{json}{results} },
   (grep { $pre{$_}{ $people[0]->id } } keys %pre) + 0, 'but their owner';

$t->must("auctions/$id/start");


# --- while it runs ---

my %refused;
my @ws = map { [ $_, $_->ws ] } @people;
my $n = 0;

for my $turn (1 .. 120) {
    my %asked;

    for my $w (@ws) {
        for (1 .. 2) {
            my $lot = $lot[ rand $lots ];
            my $max = rand() < .5;
            my $amount = 100 + 10 * int rand 60;
            my $key = 'r' . ++$n;

            $asked{$key} = [ $w, $lot, $amount ];
            $w->[1]->send({ type => $max ? 'auto_bid' : 'bid',
                request_id => $key, auction_id => $id, lot_id => $lot,
                $max ? 'max_amount' : 'amount', $amount });
        }
    }

    for my $w (@ws) {
        my @mine = grep { $asked{$_}[0] == $w } keys %asked;

        for (@mine) {
            my $a = $w->[1]->expect('ack') or die 'no answer';
            my (undef, $lot, $amount) = @{ $asked{ $a->{request_id} } };

            if ($a->{ok}) {
                accepted($w->[0]->id, $lot, $amount, $a->{seq},
                         $a->{event} // '');
            } else {
                $refused{ $a->{code} }++;
            }
        }
    }
}

is_deeply [ grep { !/^(?:too_low|below_base|already_leading|after_end
                      |invalid_amount)$/x } keys %refused ], [],
    'refused were bids that could not stand';

my $end;
eventually { ($end = $t->snapshot->{state})->{status} eq 'ended' } 60;
is $end->{status}, 'ended', 'the last lot ends the sale';


# --- who got what ---

my @wrong;

for my $l (@{ $end->{lots} }) {
    my $v = $value{ $l->{lot_id} } || {};
    my ($best, $second) = sort { $v->{$b} <=> $v->{$a}
        || $when{ $l->{lot_id} }{$a} <=> $when{ $l->{lot_id} }{$b} } keys %$v;

    if (!defined $best) {
        push @wrong, "$l->{lot_id}: nobody bid" if $l->{status} ne 'unsold';
        next;
    }

    push @wrong, "$l->{lot_id}: $l->{status}, to $l->{leader_id}, not $best"
        if $l->{status} ne 'sold' || $l->{leader_id} != $best;
    push @wrong, "$l->{lot_id}: for $l->{price} of $v->{$best}"
        if $l->{price} > $v->{$best}
           || (defined $second && $l->{price} < $v->{$second});
}

is_deeply \@wrong, [], 'each lot went to who would give most, earlier first'
    or diag join "\n", @wrong[0 .. ($#wrong < 5 ? $#wrong : 5)];

cmp_ok $t->sql("select count(*) from gavel.sale where auction_id = $id"),
    '==', (grep { $_->{status} eq 'sold' } @{ $end->{lots} }) + 0,
    'one sale a lot';

my %close = map { $_->{data}{lot_id} => $_->{ts} }
            grep { $_->{type} =~ /^lot\.(?:sold|unsold)$/ } $t->log_events;
is_deeply [ grep { $close{ $_->{lot_id} } lt $_->{ends_at} }
            @{ $end->{lots} } ], [], 'none was closed early';

is $t->verified($id), '', 'gavel-verify finds nothing wrong';

$t->finish;
