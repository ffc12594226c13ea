#!/usr/bin/perl

# Two nodes of two workers, 200 bidders on one hot lot, with Redis and
# without: the log is gapless, every acknowledged bid is in it once, one wins,
# and everybody who replays it comes to the same hash.

use strict;
use warnings;

use lib 't/lib';

use Digest::SHA qw(sha256);
use Gavel::Test;
use JSON::PP ();
use Test::More;

my $seconds = $ENV{GAVEL_HOT_SECONDS} || 10;

hot($_) for qw(shared off);


sub hot {
    my ($redis) = @_;

    my $t = Gavel::Test->new(nodes => 2, redis => $redis);
    my $with = $redis eq 'off' ? 'without Redis' : 'with Redis';

    $t->auction('live', lots => 1, base => 1, rules => {
        currency => 'KRW', ladder => 1, auto_next_ms => -1,
        clock => { preset => 'hard', duration_ms => 600_000 } });

    my $id = $t->auction_id;
    my ($lot) = $t->lots;
    my $result = load($t, $id, $lot);

    ok $result->{accepted} > 100,
        "$with: $result->{accepted} bids of $result->{bidders} bidders stand";
    is $result->{unanswered}, 0, "$with: everybody got an answer";

    my $sold = $t->post("auctions/$id/lots/$lot/close", as => $t->host);
    is $sold->{status}, 200, "$with: the hammer falls";

    acknowledged($t, $id, $with);
    gapless($t, $id, $with);
    chained($t, $id, $with);
    won($t, $id, $lot, $with);
    agreed($t, $id, $with);

    unlike $t->log_text($_), qr/stale \d+ times in a row/,
        "$with: no decider of node $_ was starved" for 0, 1;

    $t->finish;
}


# The record of what the bidders were told is left in $t->dir.

sub load {
    my ($t, $id, $lot) = @_;

    my $input = $t->dir . '/bidders';
    open my $f, '>', $input or die $!;

    my $n = 0;
    printf $f "%d %s\n", $t->node($n++ % 2)->port, $t->token_of($_)
        for $t->crowd(200);

    close $f;

    my $out = qx(build/bench/load bids $id $lot $seconds 1 1 @{[ $t->dir ]}/record < $input);
    is $?, 0, 'the load ran';

    return JSON::PP::decode_json($out || '{}');
}


sub acknowledged {
    my ($t, $id, $with) = @_;

    my %log = map { $_->[0] => $_ } $t->sql_rows(
        "select request_id, seq, public::json->'data'->>'amount'
           from gavel.event
          where auction_id = $id and request_id like 'load-%'");

    open my $f, '<', $t->dir . '/record' or die $!;

    my ($lost, $told) = (0, 0);

    while (my $line = <$f>) {
        my ($request, $amount, $code, $seq) = split ' ', $line;
        my $event = $log{$request};

        if ($code eq 'ok') {
            $told++;
            $lost++ if !$event || $event->[1] != $seq || $event->[2] != $amount;
        }
    }

    is $lost, 0, "$with: all $told acknowledged bids are in the log as told";
    is scalar(keys %log), $t->sql("select count(*) from gavel.event
        where auction_id = $id and request_id like 'load-%'"),
        "$with: no request is there twice";
}


sub gapless {
    my ($t, $id, $with) = @_;

    is $t->sql("select count(*) = max(seq) and min(seq) = 1
                  from gavel.event where auction_id = $id"),
        't', "$with: seq has no gap";
    is $t->sql("select count(*) from (select amount, lag(amount)
                  over (order by id) as before from gavel.bid
                 where auction_id = $id) b where amount <= before"),
        0, "$with: amounts only rise";
}


sub chained {
    my ($t, $id, $with) = @_;

    my $hash = "\0" x 32;
    my $broken = 0;

    for my $row ($t->sql_rows(
        "select public, coalesce(private, ''),
                encode(coalesce(nonce, ''), 'hex'), encode(hash, 'hex')
           from gavel.event where auction_id = $id order by seq"))
    {
        my ($public, $private, $nonce, $stored) = @$row;

        $hash = sha256($hash . $public . sha256(pack('H*', $nonce) . $private));
        $broken++ if unpack('H*', $hash) ne $stored;
    }

    is $broken, 0, "$with: the chain of hashes holds";
    is unpack('H*', $hash),
        $t->sql("select encode(head, 'hex') from gavel.log_head
                  where auction_id = $id"),
        "$with: its head is the log's";
}


sub won {
    my ($t, $id, $lot, $with) = @_;

    my ($sale) = $t->sql_rows("select winner_id, price from gavel.sale
                                where auction_id = $id");
    my ($best) = $t->sql_rows("select bidder_id, amount from gavel.bid
                                where lot_id = $lot order by amount desc limit 1");

    is_deeply $sale, $best, "$with: the highest bid won";
    is $t->sql("select count(*) from gavel.sale where auction_id = $id"), 1,
        "$with: there is one winner";
}


# Both nodes hold the state that the log leads to.

sub agreed {
    my ($t, $id, $with) = @_;

    my $head = $t->sql("select encode(head, 'hex') from gavel.log_head
                         where auction_id = $id");

    for my $n (0, 1) {
        ok eventually(sub {
            my $s = $t->get("auctions/$id/snapshot", node => $n)->{json};
            return $s->{state}{head} eq $head;
        }), "$with: node $n came to the same hash";
    }
}
