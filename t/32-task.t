# Tasks: work in the thread pool, a bounded number of it.

use strict;
use warnings;
use Test::More;
use Gavel::Probe;
use Gavel::Test;
use IO::Select;

my $p = Gavel::Probe->new(pg => 'off', redis => 'off');

is $p->text('/task?ms=50'), '100', 'the argument goes in and comes back';

# Behind a loop that waits for a task, that is answered first, always.

my ($none, $slow);
ok eventually {
    $p->end($slow) if $slow;
    $slow = $p->begin('/task?ms=1500');
    $none = $p->text('/none');
    return !IO::Select->new($slow)->can_read(0);
}, 'the loop goes on before the task has ended';
is $none, '', 'and answers';
is $p->end($slow)->{body}, '3000', 'and the task ends';

my @many = map { $p->begin("/task?ms=$_") } 5000, (5) x 79;
my %status;
$status{ $p->end($_)->{status} }++ for @many;
is_deeply \%status, { 200 => 64, 503 => 16 }, 'a full queue is busy';
unlike $p->log_text, qr/queue overflow/, 'without a word in the log';

my $last = $p->begin('/task?ms=500');
select undef, undef, undef, 0.1;
my @old = $p->reload;
is $p->end($last)->{body}, '1000', 'a worker that goes finishes its tasks';
ok eventually { !kill 0, @old }, 'and goes';

SKIP: {
    skip 'nginx -t cannot load the sanitizer', 2 if $ENV{GAVEL_SAN};

    $p->the_test->{expect} = qr/unknown thread pool "gavel"/;

    my ($ok, $said) = $p->check($p->conf =~ s/^thread_pool.*$//mr);
    ok !$ok, 'no pool, no start';
    like $said, qr/unknown thread pool "gavel"/, 'and it is said why';
}
