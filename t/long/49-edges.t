#!/usr/bin/perl

# The protocol at its edges: a close that comes too early, a home that goes
# away, an append that still runs when its connection is lost.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Proxy;
use Gavel::Test;
use Test::More;

sub metric {
    my ($t, $name, $node) = @_;
    my $text = $t->get('/metrics', node => $node)->{body};
    return $text =~ /^gavel_auction_${name}_total\S* (\d+)/m ? $1 : -1;
}

sub bid_later {
    my ($ws, $id, $amount, $request) = @_;
    return $ws->send({ type => 'bid', auction_id => $id, amount => $amount,
                       request_id => $request });
}

my %quiet = (ladder => 1, auto_next_ms => -1,
             clock => { preset => 'hard', duration_ms => 600_000 });


# --- the clock of a worker goes before the primary's ---

{
    my $t = Gavel::Test->new(workers => 1);

    $t->pg->psql('create or replace function gavel.clock(out now_ms bigint)
        language sql volatile security definer as $$
            select floor(extract(epoch from clock_timestamp()) * 1000)::bigint
                   + 3000 $$');

    my $kim = $t->user('kim');

    $t->auction('live', lots => 1, rules => { %quiet,
        clock => { preset => 'hard', duration_ms => 5000 } });
    my $id = $t->auction_id;
    is $kim->bid(100)->{status}, 201, 'early: a bid';

    my ($early, $status, $ahead) = (0);

    # One statement has one snapshot, and asks the clock behind it.

    ok eventually(sub {
        ($status, $ahead) = @{ ($t->sql_rows("select status, ends_at
            - extract(epoch from clock_timestamp()) * 1000
              from gavel.lot where auction_id = $id"))[0] };
        $early++ if $status ne 'open' && $ahead > 0;
        return $status ne 'open';
    }, 25), 'the lot closes';
    is $status, 'sold', 'as sold';
    is $early, 0, "not before the primary's clock says so ($ahead ms)";
    cmp_ok metric($t, 'early'), '>', 0, 'though it was tried';
    is $t->sql("select count(*) from gavel.event where auction_id = $id
                   and type = 22"), 1, 'once';

    $t->finish;
}


# --- the home goes away ---

{
    my $t = Gavel::Test->new(nodes => 2, workers => 1);
    my ($kim, $lee) = map { $t->user($_) } qw(kim lee);

    $t->auction('live', lots => 1, base => 1, rules => \%quiet);
    my $id = $t->auction_id;

    # Its worker has to shut down with a bid in its hands.

    my $here = $kim->ws(node => 0);
    my $there = $lee->ws(node => 1);

    is $kim->bid(1, node => 0)->{status}, 201, 'moved: a bid at the home';
    is $lee->bid(2, node => 1)->{status}, 201, 'a bid by way of the home';
    cmp_ok metric($t, 'forwarded', 1), '>', 0, 'which is on node 0';

    my $held = $t->pg->hold("select from gavel.log_head
                              where auction_id = $id for update");
    bid_later($here, $id, 3, 'r-3');
    ok eventually(sub { metric($t, 'busy', 0) > 0 }), 'it cannot be written';

    my ($old) = $t->workers(0);
    kill HUP => $t->node(0)->pid;
    ok eventually(sub { my @now = $t->workers(0);
                        return @now && $now[0] != $old }),
        'it shuts down';

    bid_later($there, $id, 4, 'r-4');
    ok eventually(sub { metric($t, 'moved', 1) > 0 }),
        'a home that drains says that it is none';
    $t->pg->let_go($held);

    ok eventually(sub {
        my $ack = $there->expect('ack', request_id => 'r-4', timeout => 6);
        return 1 if $ack && $ack->{ok};
        bid_later($there, $id, 4, 'r-4');
        return 0;
    }, 20), 'the bid stands by the next home';

    is metric($t, 'fallbacks', 1), 0, 'nobody had to wait for silence';
    is $t->sql("select count(*) = max(seq) from gavel.event
                 where auction_id = $id"), 't', 'no gap';
    is $t->sql("select count(*) from gavel.bid
                 where auction_id = $id and amount <> 3"), 3,
        'each bid is there once';

    $t->finish;
}


# --- an append whose connection is gone still runs ---

for my $end ('commits', 'is rolled back') {
    my $t = Gavel::Test->new(workers => 1, redis => 'off', pg => 'own',
        database => 'statement_timeout=30s');
    my $proxy = Gavel::Proxy->new($t->pg->{host} . '/.s.PGSQL.5432');

    $t->pg->{conninfo} = 'host=127.0.0.1 port=' . $proxy->port
                       . ' dbname=' . $t->pg->{name};
    $t->auction('live', lots => 1, base => 1, rules => \%quiet);
    my $id = $t->auction_id;
    my $kim = $t->user('kim');
    my $ws = $kim->ws;

    # The row of the auction is the append's, and it waits for a table.

    my $held = $t->pg->hold('lock table gavel.bid in exclusive mode');
    bid_later($ws, $id, 10, 'r-10');

    sub waiting {
        my ($t, $function) = @_;
        return $t->sql("select pid from pg_stat_activity
                         where wait_event_type = 'Lock'
                           and query like '%$function%'");
    }

    my $old;
    ok eventually(sub { $old = waiting($t, 'append') }),
        "$end: an append waits";
    $proxy->mode('drop');

    my $load;
    ok eventually(sub { $load = waiting($t, 'log_load') }, 8),
        'the connection is lost: who loads anew waits for it';
    is waiting($t, 'append'), $old, 'it still runs';
    is metric($t, 'lost'), 1, 'the worker knows that it does not know';

    # At most that it takes too long, if it does.

    my $ack = $ws->expect('ack', request_id => 'r-10', timeout => 0.2);
    ok !$ack || ($ack->{code} // '') eq 'busy',
        'nobody was told what became of it' or diag explain $ack;

    $t->pg->psql("select pg_terminate_backend($old)") if $end ne 'commits';
    $t->pg->let_go($held);

    # Who was told to come again does, under the same name.

    $ack ||= $ws->expect('ack', request_id => 'r-10', timeout => 10);

    if (!$ack->{ok}) {
        is $ack->{code}, 'busy', 'it took too long';
        $ack = undef;
        ok eventually(sub {
            bid_later($ws, $id, 10, 'r-10');
            $ack = $ws->expect('ack', request_id => 'r-10');
            return $ack && $ack->{ok};
        }, 15), 'again';
    }

    is $ack->{ok}, 1, 'the bid stands';
    is $t->sql("select count(*) from gavel.event where auction_id = $id
                   and request_id = 'r-10'"), 1, 'it is in the log, once';
    is $t->sql("select count(*) from gavel.bid where auction_id = $id"), 1,
        'and nowhere twice';
    is $t->sql("select count(*) = max(seq) from gavel.event
                 where auction_id = $id"), 't', 'no gap';
    is $t->user('lee')->bid(11)->{status}, 201, 'the next bid stands on it';

    $t->finish;
}
