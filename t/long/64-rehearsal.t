#!/usr/bin/perl

# A rehearsal: bots bid, it plays by itself, and nothing of it is real.  Its
# points are its own; who takes part is told that it is one, and finds none of
# it among his bids, wins and points.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use Test::More;

my $t = Gavel::Test->new;
my $kim = $t->user('kim');
my ($id, $host);

sub over {
    eventually { $t->snapshot->{state}{status} =~ /^(?:ended|settled)$/ } 120;
    return $t->snapshot->{state};
}

sub all_of { return @{ $_[0]->get($_[1])->{json}{results} } }


# --- a draft without leaders ---

$t->auction('draft', lots => 0, until => 'draft', rules => {
    rehearsal => \1, start_budget => 1000, roster_min => 1, roster_max => 2,
    auto_next_ms => 0, auto_end => \1, ladder => 50,
    clock => { preset => 'reset_to', duration_ms => 8000, window_ms => 800,
               extend_ms => 800 } });
($id, $host) = ($t->auction_id, $t->host);

my ($mine) = map { $_->{id} // $_->{team}{id} }
    map { $t->must("auctions/$id/teams", $_) }
    { name => 'Mine', leader_id => 0 + $kim->id },
    { name => 'Bot 1' }, { name => 'Bot 2' };
my @lots = map { $t->must("auctions/$id/lots", { title => "Player $_",
    kind => 'player', base_price => 100 })->{id} } 1 .. 3;
$t->must("auctions/$id/publish");

my $ws = $kim->ws->subscribe(channel => 'me');
$t->must("auctions/$id/start");

# The first player comes by himself, and is kim's: nobody can follow.

eventually { grep { $_->{lot_id} == $lots[0] && $_->{status} eq 'open' }
             @{ $t->snapshot->{state}{lots} } } 10;
is $kim->bid(900, lot_id => $lots[0])->{status}, 201, 'a person plays along';
my $end = over();
is $end->{status} =~ /^(?:ended|settled)$/ ? 1 : 0, 1, 'it comes to its end'
    or diag explain $end;
my @bots = grep { $_->{type} eq 'bid.accepted' && $_->{data}{kind} eq 'bot' }
           $t->log_events;
ok scalar @bots, 'bots have bid';
ok +(grep { $_->{type} eq 'lot.sold' && $_->{data}{team_id} != $mine }
     $t->log_events), 'and won';
is +(grep { $_->{status} eq 'open' } @{ $end->{lots} }) + 0, 0,
    'no lot was left open';

my ($teams) = $t->get("auctions/$id/teams")->{json}{results};
is_deeply [ grep { $_->{available} < 0 || $_->{held} } @$teams ], [],
    'purses hold';
is $t->get("auctions/$id/bids")->{status}, 200, 'its bids can be read';
is $t->get("auctions/$id/export?what=$_&format=csv")->{status}, 200,
    "and its $_" for qw(results rosters bids);


# --- nothing of it is real ---

sub nothing {
    my ($who, $name) = @_;

    for my $path ('users/me/bids', 'users/me/bids?state=won', 'my/bids',
                  'bids/winning', 'bids/losing', 'users/me/points')
    {
        is_deeply [ grep { $_->{auction_id} == $id } all_of($who, $path) ], [],
            "$name: nothing of it in $path";
    }
}

nothing($kim, 'a leader');
ok scalar all_of($kim, "users/me/bids?auction_id=$id"),
    'but when it is asked for';
is $kim->get('users/me/points')->{json}{icon}, 0, 'no icon points'
    if !ref $kim->get('users/me/points')->{json}{icon};

eventually { grep { $_->{type} eq 'me.won' }
             all_of($kim, 'users/me/events') };
ok +(grep { $_->{type} eq 'me.won' } all_of($kim, 'users/me/events')),
    'he is told what he won';
is_deeply [ grep { !$_->{rehearsal} } all_of($kim, 'users/me/events') ], [],
    '... in a rehearsal: each event says so';

is $t->sql("select count(*) from gavel.me_event e
             where not exists (select from gavel.account a
                                where a.id = e.user_id)"), 0,
    'bots are told nothing';


# --- a live one, and a real one beside it ---

$t->auction('live', lots => 0, until => 'draft', rules => {
    rehearsal => \1, bots => 3, auto_next_ms => 0, auto_end => \1,
    clock => { preset => 'hard', duration_ms => 3000 } });
($id, $host) = ($t->auction_id, $t->host);
$t->must("auctions/$id/lots", { title => "Thing $_", base_price => 100 })
    for 1 .. 2;
$t->must("auctions/$id/publish");
$t->must("auctions/$id/start");
$end = over();
like $end->{status}, qr/^(?:ended|settled)$/, 'a sale plays by itself too';
ok +(grep { $_->{type} eq 'lot.sold' } $t->log_events), 'and sells';
nothing($kim, 'somebody else');

$t->auction('live', rules => { ladder => 10 });
is $kim->bid(100)->{status}, 201, 'a real bid';
$t->must('auctions/' . $t->auction_id . '/lots/' . ($t->lots)[0] . '/close');
is scalar all_of($kim, 'users/me/bids?state=won'), 1, 'is a real win';
my $real = $t->auction_id;
my @told;
eventually { @told = grep { $_->{auction_id} == $real
    && $_->{type} eq 'me.won' } all_of($kim, 'users/me/events') };
is scalar @told, 1, 'which he is told';
ok !$told[0]{rehearsal}, '... as a real one';

# rules of a real one cannot have bots, nor become a rehearsal

is $t->post('auctions', { mode => 'live', title => 'Cheat',
    rules => { bots => 3 } }, as => $t->host)->{status}, 422,
    'no bots in a real auction';
is $t->patch("auctions/$real", { rules => { rehearsal => \1 } },
    as => $t->host)->{status} =~ /^4/ ? 1 : 0, 1,
    'a real one does not become a rehearsal';

$t->finish;
