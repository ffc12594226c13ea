#!/usr/bin/perl

# Bids of several auctions share a commit; when one of them makes it fail, the
# batch is tried again in parts, and only that one is lost.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use Test::More;

my $t = Gavel::Test->new(workers => 1, pg => 'own');
my @ids;

for (1 .. 4) {
    $t->auction('live', lots => 1, base => 1, rules => { ladder => 1,
        auto_next_ms => -1, clock => { preset => 'hard',
                                       duration_ms => 600_000 } });
    push @ids, $t->auction_id;
}

$t->pg->psql(<<'SQL');
create function gavel.break() returns trigger language plpgsql as
    $$ begin raise exception 'no' using errcode = '23514'; end $$;
create constraint trigger break after insert on gavel.bid
    deferrable initially deferred for each row
    when (new.amount % 10 = 7) execute function gavel.break();
SQL

my @sockets = map { $t->user("bidder$_")->ws } 1 .. 12;
my ($stood, $internal) = (0, 0);

for my $round (1 .. 3) {
    for my $i (0 .. $#sockets) {
        $sockets[$i]->send({ type => 'bid', auction_id => $ids[$i % 4],
            amount => $round * 100 + $i, request_id => "r-$round-$i" });
    }

    for my $i (0 .. $#sockets) {
        my $ack = $sockets[$i]->expect('ack', request_id => "r-$round-$i");

        $ack->{ok} ? $stood++ : $ack->{code} eq 'internal' && $internal++;
    }
}

is $internal, 3, 'what cannot be written is told so';
is $stood, 33, 'all others stand';
is $t->sql('select count(*) from gavel.bid'), 33, 'as the log says';
is $t->sql("select count(*) from (select from gavel.event
             group by auction_id having count(*) <> max(seq)) x"), 0,
    'without a gap';

$t->finish;
