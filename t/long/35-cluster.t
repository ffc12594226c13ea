# What workers know of each other: homes, inboxes, counters, time.  Two nodes
# of one worker each.

use strict;
use warnings;
use Test::More;
use Gavel::Probe;
use Gavel::Test;
use Time::HiRes qw(time sleep);

my $one = Gavel::Probe->new(redis => 'own', probe => ['cluster 1']);
my $two = $one->another;
my $t = $one->the_test;

sub now  { my ($p) = @_; return Gavel::Http::decode($p->text('/now')) }
sub id   { return now($_[0])->{id} }
sub got  { my ($p) = @_; return Gavel::Http::decode($p->text('/inbox/got')) }
sub got_so_far {
    my ($p, $n) = @_;

    my %all = (n => 0, ordered => 1, bytes => 0, lost => 0);

    eventually {
        my $some = got($p);
        $all{ordered} &= $some->{ordered} && (!$all{n} || !$some->{n});
        $all{$_} += $some->{$_} for qw(n bytes lost);
        $all{from} = $some->{from} if $some->{n};
        return $all{n} >= $n;
    };

    return \%all;
}

sub connected { return now($_[0])->{connected} }


# --- time ---

ok eventually { now($one)->{now} > 0 }, 'the time is known';

my @clock = ($one->the_pg->sql('select gavel.clock()'), now($one)->{now},
             $one->the_pg->sql('select gavel.clock()'));
ok $clock[0] - 2000 < $clock[1] && $clock[1] < $clock[2] + 2000,
    "it is the primary's" or diag "@clock";

ok eventually { connected($one) && connected($two) }, 'beats come back';
isnt id($one), id($two), 'each worker has a name of its own';


# --- one home only ---

my @claims = map { ($_ % 2 ? $one : $two)->begin('/home/claim?a=7') } 1 .. 100;
my %homes = map { $one->end($_)->{body} => 1 } @claims;
is keys %homes, 1, '100 claims, one home';
my ($home) = keys %homes;
ok $home eq id($one) || $home eq id($two), 'which is one of both';
is $one->text('/home/mine?a=7') + $two->text('/home/mine?a=7'), 1,
    'and only that one believes so';

my ($lord, $other) = $home eq id($one) ? ($one, $two) : ($two, $one);

sleep 3.5;
is $other->text('/home/read?a=7'), $home, 'a home is kept beyond its lease';
is $lord->text('/home/mine?a=7'), 1, 'and its worker knows';
is $other->text('/home/seize?a=7&silent=0123456789abcdef'), $home,
    'who names another as silent seizes nothing';
$lord->get('/home/release?a=7');
ok eventually { $other->text('/home/read?a=7') eq 'nobody' }, 'released';
is $other->text('/home/claim?a=7'), id($other), 'and taken by the other';
is $lord->text('/home/claim?a=7'), id($other), 'as the first one learns';

is $other->text('/home/seize?a=7&silent=' . id($other)), id($other),
    'oneself';
is $lord->text('/home/seize?a=7&silent=' . id($other)), id($lord), 'seized';
ok eventually { !$other->text('/home/mine?a=7') },
    'whose home was seized lets go';
is $t->redis->cli('get', 'probe:home:7'), id($lord), 'and Redis says so, too';


# --- many homes ---

my @many = map { $one->begin("/home/claim?a=$_") } 1000 .. 1299;
is_deeply [ grep { $_ ne id($one) } map { $one->end($_)->{body} } @many ], [],
    '300 homes';
sleep 4;
is $one->text('/home/mine?a=1000&n=300'), 300, 'are all kept';
is $two->text('/home/claim?a=1299'), id($one), 'to the last';


# --- inboxes ---

is $one->text('/inbox/send?n=1000&to=' . id($two)), 1000, '1,000 messages';
my $all = got_so_far($two, 1000);
is_deeply $all, { n => 1000, ordered => 1, bytes => 3890, lost => 0,
                  from => id($one) }, 'come in order, each once';
is got($one)->{lost}, 0, 'none is told as lost';

is $one->text('/inbox/send?n=3&to=' . id($one)), 3, 'to oneself';
is got_so_far($one, 3)->{n}, 3, 'they come, too';

is $one->text('/inbox/send?n=20&size=100000&to=' . id($two)), 20,
    'more than goes out at once';
$all = got_so_far($two, 20);
is "$all->{n} $all->{bytes}", '20 ' . (20 * 100001 + 30), 'comes whole';

is $one->text('/inbox/send?n=1&size=1048576&to=' . id($two)), 0,
    'what is too long is not taken';
is $one->text('/inbox/send?n=20&size=1000000&to=' . id($two)), 16,
    'and no more than 16 MiB under way';
is got_so_far($two, 16)->{n}, 16, 'what was taken comes';
is $one->text('/inbox/send?n=1&kind=8&to=' . id($two)), 1,
    'a kind that nobody hears';
is $one->text('/inbox/send?n=1&to=' . id($two)), 1, 'and another one';
is got_so_far($two, 1)->{n}, 1, 'does no harm';

$one->text('/inbox/got');
is $one->text('/inbox/send?n=5&to=0123456789abcdef'), 5, 'to nobody';
my $lost;
eventually { ($lost = got($one))->{lost} };
is "$lost->{lost} $lost->{lost_to}", '1 0123456789abcdef',
    'is told as lost, once for the parcel';

$t->redis->cli('publish', 'probe:inbox:' . id($two), $_)
    for 'short', id($one), id($one) . 'xxxxxx', id($one) . 'abc';
is $one->text('/inbox/send?n=1&to=' . id($two)), 1, 'broken messages';
is got_so_far($two, 1)->{n}, 1, 'are passed over';
like $two->log_text, qr/a message in the inbox is broken/, 'with a word';


# --- counters ---

# How many hits of others a node knows of, by hits of its own: so many at
# last, as they are told in parts.
sub others {
    my ($p, $key, $n, $seconds) = @_;

    my ($others, $mine) = (0, 0);
    eventually {
        ($others = $p->text("/counter?key=$key") - ++$mine) >= $n;
    } $seconds;

    return $others;
}

# A new minute begins with a part of the old one's count.
my $left = 60 - time % 60;
sleep $left if $left < 10;

is $one->text('/counter?key=k&n=10'), 10, 'counted at once';
is others($two, 'k', 10), 10, 'and on the other node';
is others($two, 'k2', 1, 1.5), 0, 'but not by another name';
$two->text('/counter?key=k3&n=20');
is others($one, 'k3', 20), 20, 'both ways';
is $one->text('/counter?key=' . 'x' x 200), 1, 'a long key';
is $one->text('/counter?key=' . 'x' x 200), 2, 'is one key';

$one->text('/counter?key=many&keys=300') for 1 .. 5;
is others($two, 'many0', 5), 5, 'of many keys the first';
is others($two, 'many299', 5), 5, 'and the last';


# --- Redis goes and comes ---

is $one->text('/home/claim?a=8'), id($one), 'a home';
$t->kill_redis;
ok eventually { !connected($one) && !connected($two) }, 'the beat is lost';
is $one->text('/home/claim?a=8'), 'nobody', 'no home without Redis';
is $one->text('/home/seize?a=8&silent=' . id($two)), 'nobody', 'nor seized';
is $one->text('/home/read?a=8'), 'nobody', 'nor read';
is $one->text('/inbox/send?n=1&to=' . id($two)), 0, 'nothing is sent';
is $one->text('/counter?key=away&n=3'), 3, 'it counts';
sleep 0.5;
cmp_ok $one->text('/counter?key=away&n=2'), '>=', 4, 'alone';
ok now($one)->{now} > 0, 'the time needs no Redis';
sleep 3.5;
is $one->text('/home/mine?a=8'), 0, 'a lease ends';

$t->restart_redis;
ok eventually(sub { connected($one) && connected($two) }, 8), 'it is back';
is $one->text('/home/claim?a=8'), id($one), 'homes are to be had again';
cmp_ok others($two, 'away', 1), '>', 0, 'what was counted meanwhile is told';

my $lease = $t->redis->cli('pttl', 'probe:home:8');
cmp_ok $lease, '>', 0, 'a home has an end';
cmp_ok $lease, '<=', 3000, 'of 3 s';

got($one);
$t->redis->freeze;
is $one->text('/inbox/send?n=3&to=' . id($two)), 3, 'on the way to Redis';
my $asked = time;
is $one->text('/home/read?a=8'), 'nobody', 'a silent Redis';
cmp_ok time - $asked, '>', 0.2, 'is waited for';
ok eventually { $lost = got($one)->{lost} }, 'what it did not take is lost';
is $lost, 1, 'and told once';
$t->redis->thaw;
ok eventually(sub { connected($one) && connected($two) }, 8), 'goes on';


# --- a home that dies ---

my $old = id($one);
is $one->text('/home/claim?a=9'), $old, 'a home';
is $two->text('/home/claim?a=9'), $old, 'known to the other';
$t->kill_a_worker(0);
is $two->text('/home/claim?a=9'), $old, 'is remembered when it died';
$two->text('/inbox/got');
is $two->text("/inbox/send?n=1&to=$old"), 1, 'a message';
ok eventually { got($two)->{lost} }, 'finds nobody';
is $two->text("/home/seize?a=9&silent=$old"), id($two), 'so it is seized';

ok eventually { id($one) ne $old && connected($one) },
    'the successor has another name';
is $one->text('/home/claim?a=9'), id($two), 'and sees the new home';


# --- a reload ---

$old = id($one);
is $one->text('/home/claim?a=10'), $old, 'a home';
$two->text('/home/claim?a=10');

# so that it lives longer than its homes
my $busy = $one->begin('/task?ms=2500');
sleep 0.1;

my ($back, $unknown, $last, $given) = (0, 0, {});
my $before = time;
my @pids = $one->reload;

while (time < $before + 1) {
    $given //= time if $two->text('/home/read?a=10') eq 'nobody';

    my $now = now($one);
    $unknown++, next if $now->{now} == -1;

    my $step = ($last->{now} // 0) - $now->{now};
    $back = $step if $step > $back;
    $last = $now;
}

isnt id($one), $old, 'a new worker';
is $unknown, 0, 'which knows the time from the first moment';
cmp_ok $back, '<=', 1, 'the time does not step back from old to new';
is $two->text('/home/read?a=10'), 'nobody',
    'the old worker has given its home up';
cmp_ok +($given // time) - $before, '<', 2, 'well before its lease ended';
is $two->text('/home/claim?a=10'), id($two), 'so the other may be it';
is $one->end($busy)->{body}, 5000, 'though it still had work';
ok eventually(sub { !grep { kill 0, $_ } @pids }, 5), 'and goes';


# --- the end ---

is $two->text('/home/claim?a=11'), id($two), 'a home';
$one->begin('/home/claim?a=' . (2000 + $_)) for 1 .. 50;
$two->begin("/counter?key=end$_"), $two->begin("/home/read?a=$_") for 1 .. 50;
kill 'TERM', $two->pid;
delete $two->{pid};
ok eventually { $one->text('/home/read?a=11') eq 'nobody' },
    'who is stopped at once gives its homes up, too';
unlike $t->log_text($_), qr/exited on signal 11/, 'no crash' for 0, 1;
