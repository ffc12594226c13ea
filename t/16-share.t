# What many ask at the same moment is asked once, and nobody is told what was
# read before he asked.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

use constant MANY => 20;

my $t = Gavel::Test->new(workers => 1, pg => 'own')
    ->auction('live', title => 'One', until => 'published',
              starts_at => Gavel::House::iso(time + 86_400));
my $id = $t->auction_id;

$t->sql($_) for q{alter system set track_functions = 'pl'},
                'select pg_reload_conf()';

# Requests that are sent, and answered when the list can be read again.

sub ask {
    my ($path, @headers) = @_;

    my $socket = Gavel::Http::open_socket($t->node->port);
    print $socket join "\r\n", "GET /api/v1/$path HTTP/1.1", 'Host: x',
        'Connection: close', @headers, '', '';
    $socket->flush;

    return $socket;
}

sub told {
    my $r = Gavel::Http::exchange(shift, '', 15);
    return "$r->{status} " . join ',', map { $_->{title} }
                                       @{ $r->{json}{results} || [] };
}

sub waiting {
    return $t->sql(q{select count(*) from pg_stat_activity
                     where wait_event_type = 'Lock'});
}

# Nobody else reads auctions meanwhile, as those do who tell of ends to come.

ok eventually { $t->sql('select count(*) from gavel.outbox') == 0 },
    'all is told';
my $still = $t->pg->hold('select from gavel.me_clock for update');

my $held = $t->pg->hold("update gavel.auction
    set card = replace(card, 'One', 'Two') where id = $id;
    lock table gavel.auction");

my $first = ask('auctions');
ok eventually { waiting() == 1 }, 'a list cannot be read yet';

my @same = map { ask('auctions') } 1 .. MANY;
my $other = ask('auctions?page_size=5');
my $host = ask('auctions', 'Authorization: Bearer ' . $t->host->{access});
my $gone = ask('auctions');
close $gone;

is $t->get('/healthz')->{status}, 200, 'the worker has heard of them all';

$t->pg->let_go($held, 'commit');

like told($_->[0]), qr/^200 (?:One|Two)$/, $_->[1]
    for [ $first, 'who asked first has an answer' ],
        [ $other, 'another question has its own' ],
        [ $host, 'and another asker' ];
is_deeply [ map { told($_) } @same ], [ ('200 Two') x MANY ],
    'who asked later is told what was then true';
is told(ask('auctions')), '200 Two', 'and later it is asked anew';


# --- an answer that cannot be had ---

$held = $t->pg->hold('lock table gavel.auction');
$first = ask('auctions');
ok eventually { waiting() == 1 }, 'again it cannot be read';
@same = map { ask('auctions') } 1 .. MANY;
is $t->get('/healthz')->{status}, 200, 'and many ask';

my $lost = $t->sql(q{select count(pg_cancel_backend(pid))
                     from pg_stat_activity where wait_event_type = 'Lock'});
is $lost, 1, 'one question is under way';
is told($first), '503 ', 'when it fails, who asked is told';

$t->pg->let_go($held);
is_deeply [ map { told($_) } @same ], [ ('200 Two') x MANY ],
    'the others are asked for';


# --- how often it was asked: sessions that end have counted what succeeded ---

$t->pg->let_go($still);
$t->stop;
eventually { $t->sql(q{select count(*) from pg_stat_activity
                       where usename <> 'postgres' and datname is not null})
             == 0 };
is $t->sql(q{select calls from pg_stat_user_functions
             where funcname = 'auction_list'}), 2 + 2 + 1 + 1,
    'the many were asked for once';

$t->finish;
