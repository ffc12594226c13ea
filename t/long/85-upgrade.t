# Reload and a new binary while people bid and watch: old workers drain, new
# ones know the time at once, nothing is lost, and no lot closes early.

use strict;
use warnings;
use Test::More;
use Time::HiRes qw(time sleep);
use Gavel::Test;

my $t = Gavel::Test->new(daemon => 'on', http => 'gavel_drain 2s;',
                         main => 'worker_shutdown_timeout 20s;');

# One whose lot ends by itself in the middle of it all.

$t->auction('live', lots => 1, title => 'Short', duration => 6000,
            rules => { auto_next_ms => -1, clock => { preset => 'hard',
                                                      duration_ms => 6000 } });
my $short = $t->auction_id;

$t->auction('live', lots => 1, base => 1, title => 'Long',
    rules => { ladder => 1, auto_next_ms => -1,
               clock => { preset => 'hard', duration_ms => 600_000 } });
my $id = $t->auction_id;

my $load = Gavel::Load->new($t);
my @ws = map { $t->ws->subscribe } 1 .. 10;
my @sse = map { $t->sse } 1 .. 3;

sub follow {
    my ($what) = @_;

    for (@ws) {
        is $_->close_code(20), 4004, "$what: closed: draining";
        $_->resume;
        ok $_->{subscribed}{resumed}, "$what: and back where it was";
    }

    for (@sse) {
        1 while $_->recv(20);
        ok $_->{closed}, "$what: a stream ends";
        $_->resume;
    }
}

# The memory that workers share, by its inode.

sub memory {
    my ($pid) = @_;

    open my $f, '<', "/proc/$pid/maps" or return 'none';

    return (map { /(\d+) +\/memfd:gavel/ } <$f>)[0];
}


# --- reload ---

ok $load->more(20), 'bids before a reload';
$t->reload;
ok $load->more(20), 'bids behind it';
follow('reload');
ok $t->node->old_workers_gone(25), 'the old workers have gone';


# --- a new binary ---

my @old = $t->workers;
my $old = $t->node->upgrade;
ok $load->more(20), 'bids while both binaries serve';

is_deeply [ map { memory($_) } $t->workers ], [ (memory($old[0])) x 2 ],
    'its workers know what the old ones left';

kill 'WINCH', $old;
ok $load->more(20), 'bids while the old workers drain';
follow('upgrade');

ok eventually(sub { !grep { !Gavel::Node::ended($_) } @old }, 25),
    'the old workers have gone';
kill 'QUIT', $old;
ok Gavel::Node::gone($old, 10), 'and the old master';
ok $load->more(20), 'bids behind the upgrade';


# --- and what became of it ---

$load->end;
is_deeply [ $load->faults ], [], 'every bid was accepted, and is in the log';

my $length = $t->log_length;

for (@ws) {
    is_deeply [ $_->seqs(10) ], [ 1 .. $length ],
        'a watcher saw everything once, in order';
}

for (@sse) {
    my @seqs = $_->seqs(10);
    is_deeply \@seqs, [ $seqs[0] .. $length ], 'so did who read a stream';
}

ok eventually(sub { grep { $_->{type} eq 'lot.unsold' } $t->log_events($short)
    }, 10), 'the other lot ended';

my ($opened, $ended) = map { my $type = $_;
    grep { $_->{type} eq $type } $t->log_events($short) }
    'lot.opened', 'lot.unsold';
cmp_ok $ended->{ts}, 'ge', $opened->{data}{ends_at}, 'not early'
    or diag explain [ $opened, $ended ];
