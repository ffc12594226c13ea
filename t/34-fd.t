# A foreign descriptor in the event loop: level-triggered, idle, detached.

use strict;
use warnings;
use Test::More;
use Gavel::Probe;
use Gavel::Test;

my $p = Gavel::Probe->new(pg => 'off', redis => 'off', workers => 1);

is $p->text('/fd'), '7 calls, 102400 bytes',
    'what a handler leaves is reported again (16 KB of 100 KB at a time)';

my ($pid) = $p->workers;
my $fds = fds($pid);
$p->text('/fd') for 1 .. 3;
ok eventually { fds($pid) <= $fds }, 'nothing stays open';

my $gone = $p->begin('/fd');
select undef, undef, undef, 0.1;
close $gone;
ok eventually { fds($pid) <= $fds }, 'nor when the client leaves';

is $p->get('/idle')->{status}, 204, 'an idle descriptor';
my @old = $p->reload;
ok eventually { !kill 0, @old }, 'does not keep a worker alive';
like $p->log_text, qr/probe: idle fd: 8/, 'it is told that the worker goes';
unlike $p->log_text, qr/open socket/, 'and is closed by its owner';
