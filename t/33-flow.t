# Flows: steps, waits, their end, clients that leave.

use strict;
use warnings;
use Test::More;
use Gavel::Probe;
use Gavel::Test;

my $p = Gavel::Probe->new(pg => 'off', redis => 'off');

my $r = $p->get('/none');
is "$r->{status}$r->{body}", '204', 'no steps: an empty outcome';

is $p->text('/steps?n=1000000'), '1000000 steps',
    'waits that end at once do not nest';

$r = $p->get('/fail');
is "$r->{status} $r->{body}", '409 conflict', 'a wait that fails at once';

$r = $p->get('/error');
is "$r->{status} $r->{body}", '500 internal', 'a step that fails';

is $p->text('/early'), 'early', 'an answer in spite of a wait';
is $p->text('/task?ms=1'), '2', 'whose completion comes to nobody';

my $gone = $p->begin('/task?ms=4000');
ok eventually { $p->stats->{kept} == 3 }, 'a flow and its task keep the worker';
close $gone;
ok eventually { $p->stats->{kept} == 2 }, 'a flow ends with its client';
ok eventually { $p->stats->{kept} == 1 }, 'its task when it is done';

SKIP: {
    skip 'the sanitizer keeps what is freed', 1 if $ENV{GAVEL_SAN};

    my ($pid) = $p->workers;
    $p->get('/early') for 1 .. 200;
    my $rss = rss($pid);
    $p->get('/early') for 1 .. 500;
    cmp_ok rss($pid), '<', $rss + 512, 'no memory stays behind';
}
