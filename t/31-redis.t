# Redis in the event loop: commands, channels, outages.

use strict;
use warnings;
use Test::More;
use Gavel::Probe;
use Gavel::Proxy;
use Gavel::Test;

my $p = Gavel::Probe->new(pg => 'off', redis => 'own');
my $redis = $p->the_test->redis;

sub redis { return $p->text('/redis?args=' . join ',', @_) }
sub ready { return $p->stats->{redis_ready} }

# Messages that come, until there are so many bytes.
sub messages {
    my ($wanted) = @_;
    my $text = '';
    eventually { length($text .= $p->text('/messages')) >= length $wanted };
    return $text;
}

ok eventually { ready() }, 'both connections come up';


# --- commands ---

is redis('SET', 'k', 'a%0D%0Ab%00c'), 'OK', 'arguments are binary';
is redis('GET', 'k'), "a\r\nb\0c", 'so are answers';
is redis('GET', 'none'), 'nil', 'nil';
is redis('INCR', 'n'), '1', 'a number';
like redis('INCR', 'k'), qr/^ERR/, 'an error is an answer';
$redis->cli('set', 'large', 'x' x 60_000);
is length redis('GET', 'large'), 60_000, 'a large answer comes in parts';


# --- channels ---

is $p->text('/publish?ch=a&m=one'), '0', 'nobody listens';
$p->get('/subscribe?ch=a');
$p->get('/subscribe?ch=b');
is $p->text('/publish?ch=a&m=two'), '1', 'one listens';
is $p->text('/publish?ch=b&m=three'), '1', 'to both';
is messages("two\nthree\n"), "two\nthree\n", 'messages come';
$redis->cli('publish', 'probe:c:a', 'four');
$redis->cli('publish', 'probe:c:none', 'five');
ok eventually { $p->text('/messages') eq "four\n" }, 'from anywhere';

$p->get('/unsubscribe?ch=a');
$p->get('/subscribe?ch=a');
is $p->text('/publish?ch=a&m=six'), '1', 'left and joined in one breath';
$p->get('/unsubscribe?ch=a');
is $p->text('/publish?ch=a&m=seven'), '0', 'left';
$p->get('/unsubscribe?ch=b');
$p->get('/unsubscribe?ch=b');
$p->get('/subscribe?ch=b');
$p->text('/messages');


# --- Redis goes and comes ---

my $before = $p->stats;
is "$before->{ups} $before->{downs}", '1 0', 'Redis came once';

$p->the_test->kill_redis;
ok eventually { !ready() }, 'it is seen to be gone';
is redis('PING'), 'refused', 'commands fail at once';
is $p->text('/publish?ch=b&m=lost'), 'refused', 'nothing is queued';
$p->get('/subscribe?ch=c');

my $cpu = $p->cpu;
select undef, undef, undef, 1;
cmp_ok $p->cpu - $cpu, '<=', 0.05, 'a lost Redis costs no time';

$p->the_test->restart_redis;
ok eventually(sub { ready() }, 8), 'it is back';
is $p->text('/publish?ch=b&m=eight'), '1', 'old channels are there again';
is $p->text('/publish?ch=c&m=nine'), '1', 'and those of meanwhile';
is messages("eight\nnine\n"), "eight\nnine\n",
    'nothing of the outage comes';
is join(' ', @{ $p->stats }{qw(ups downs)}), '2 1', 'it went once';


# --- Redis is slow ---

$redis->freeze;
is redis('PING'), 'away', 'a command that is not answered fails';
ok !ready(), 'the connection is given up';
$redis->thaw;
ok eventually(sub { ready() }, 8), 'and made anew';

# only the subscriptions hang
my ($id) = $redis->cli('client', 'list') =~ /^id=(\d+).*cmd=subscribe/m;
my $ups = $p->stats->{ups};
$redis->cli('client', 'kill', 'id', $id);
ok eventually(sub { $p->stats->{ups} > $ups && ready() }, 8),
    'a lost subscription is told, too';
is $p->text('/publish?ch=b&m=ten'), '1', 'and made anew';


# --- clients and workers that go ---

my $gone = $p->begin('/redis?args=BLPOP,empty,1');
select undef, undef, undef, 0.1;
close $gone;
ok eventually { $p->stats->{kept} == 1 }, 'a client leaves its command';
ok eventually { $p->stats->{redis_pending} == 0 }, 'which ends unheard';

my @old = $p->reload;
ok eventually { !kill 0, @old }, 'connections do not keep a worker alive';
ok eventually { ready() }, 'the new worker has its own';
$p->quit(5);
unlike $p->log_text, qr/open socket/, 'and are closed at the end';
is $redis->cli('get', 'probe:bye'), 2, 'the last words of both workers came';


# --- half a reply, silence, TCP, a password ---

$redis->cli('config', 'set', 'requirepass', 'it is secret');

my $proxy = Gavel::Proxy->new($redis->path);

$p->{probe} = ['redis_host 127.0.0.1', 'redis_port ' . $proxy->port,
               'redis_password "it is secret"', 'redis_db 3'];
$p->start;
ok eventually(sub { ready() }, 5), 'through TCP and a password';
is redis('SET', 'here', 'x' x 100), 'OK', 'it serves';
{
    local $ENV{REDISCLI_AUTH} = 'it is secret';
    is $redis->cli('-n', 3, 'get', 'here'), 'x' x 100, 'in its database';
}

$proxy->mode('cut 30');
is redis('GET', 'here'), 'away', 'half a reply is none';
$proxy->mode('pass');
ok eventually(sub { ready() }, 8), 'connected again';

$p->get('/subscribe?ch=a');
$proxy->mode('mute');
is redis('GET', 'here'), 'away', 'silence is none';
ok eventually { !ready() }, 'the subscriptions are given up, too';
$proxy->mode('pass');
ok eventually(sub { ready() }, 8), 'connected again';
is $p->text('/publish?ch=a&m=end'), '1', 'with its channels';
ok eventually { $p->text('/messages') eq "end\n" }, 'once each';
unlike $p->log_text, qr/is secret/, 'the password is not in the log';
$p->quit(5);

$p->{probe} = ['redis ' . $redis->path, 'redis_password wrong'];
$p->start;
ok eventually { $p->log_text =~ /\[error\].*WRONGPASS/ }, 'a wrong password';
ok !ready(), 'does not do';
is $p->get('/none')->{status}, 204, 'and the worker lives';
