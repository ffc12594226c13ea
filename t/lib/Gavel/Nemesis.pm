package Gavel::Nemesis;

# What can happen to nodes, services and the links between them, by a schedule
# that a seed makes: the same seed, the same deeds at the same times.
#
# A deed is done for a while and then undone.  What one deed holds (a node, a
# link, PostgreSQL, Redis) no other one touches until it is undone.
#
# Two things are chosen by the seed for the whole run: whether Redis is one
# server or a pair that sentinels watch over, and whether PostgreSQL's standby
# is synchronous.  One that is not loses the tail of the log when it is
# promoted.

use strict;
use warnings;

use IPC::Open2 ();
use Time::HiRes qw(time sleep);

use Gavel::Pair;

my $FAKETIME = (glob '/usr/lib/*/faketime/libfaketime.so.1')[0];

# name => [weight, what it holds, least and most seconds, rest afterwards,
#          in which runs only]
my %deed = (
    worker_kill   => [3, 'node',     0.1, 0.1, 1],
    worker_pause  => [3, 'node',     0.3, 4,   1],
    node_kill     => [2, 'node',     0.5, 5,   3],
    node_pause    => [2, 'node',     0.3, 4,   2],
    reload        => [2, 'node',     0.1, 0.1, 4],
    upgrade       => [2, 'node',     1,   5,   8],
    clock         => [2, 'clock',    2,   8,   1],
    redis_kill    => [2, 'redis',    0.2, 4,   2],
    redis_pause   => [2, 'redis',    0.3, 4,   2],
    redis_move    => [2, 'redis',    1,   1,   6,  'sentinel'],
    sentinel_kill => [1, 'sentinel', 0.3, 4,   2,  'sentinel'],
    pg_kill       => [2, 'postgres', 0.2, 4,   4],
    pg_restart    => [1, 'postgres', 0.1, 0.1, 4],
    pg_pause      => [2, 'postgres', 0.3, 4,   4],
    pg_full       => [1, 'postgres', 1,   4,   6],
    standby_kill  => [1, 'postgres', 0.3, 3,   5],
    promote       => [2, 'postgres', 4,   4,   8],
    zombie        => [2, 'postgres', 4,   9,   8,  'synchronous'],
    cut           => [4, 'link',     0.2, 4,   1],
    mute          => [4, 'link',     0.3, 6,   1],
    delay         => [4, 'link',     1,   6,   1],
    half          => [2, 'clients',  0.2, 4,   1],
);

# new($test, seed => , seconds => ): a test of several nodes that do not run
# yet.
sub new {
    my ($class, $t, %o) = @_;

    my $self = bless { t => $t, done => [], outages => [], paused => {},
                       owner => $$, %o }, $class;

    $self->{sentinel} = $o{seed} % 2;
    $self->{synchronous} = $o{seed} % 4 < 2;

    srand $o{seed};
    $self->{schedule} = [ $self->plan ];

    return $self;
}

sub house {
    my ($self) = @_;

    return ($self->{sentinel} ? 'Redis with sentinels' : 'one Redis') . ', '
         . ($self->{synchronous} ? 'a ' : 'an a') . 'synchronous standby';
}


# --- the schedule ---

sub plan {
    my ($self) = @_;

    my @names = grep { $_ ne 'clock' || $FAKETIME && !$ENV{GAVEL_SAN} }
                grep { !$deed{$_}[5] || $self->{$deed{$_}[5]} }
                sort keys %deed;
    my @bag = map { ($_) x $deed{$_}[0] } @names;
    my @first = @names;            # each of them once, then as it comes
    my (%busy, @plan);
    my $at = 2;

    for my $i (reverse 1 .. $#first) {
        my $k = int rand $i + 1;
        @first[$i, $k] = @first[$k, $i];
    }

    while ($at < $self->{seconds} - 3) {
        my $once = @first;
        my $name = shift @first // $bag[rand @bag];
        my (undef, $holds, $least, $most, $rest) = @{ $deed{$name} };
        my $node = int rand @{ $self->{t}{node} };
        my $arg = rand;
        my $link = $holds eq 'clients' ? 'clients'
                 : ('pg', 'redis', 'clients')[rand 3];
        my $seconds = $least + ($most - $least) * rand() ** 2;
        my @held = $holds eq 'node'  ? ("node$node", "clock$node")
                 : $holds eq 'clock' ? ("clock$node")
                 : $holds =~ /link|clients/ ? $self->link_name($node, $link)
                 : ($holds);

        if (!grep { ($busy{$_} // 0) > $at } @held) {
            my $end = $at + $seconds;
            my $deed = { name => $name, node => $node, arg => $arg,
                         link => $link, seconds => $seconds };
            push @plan, { %$deed, at => $at, how => 'do' },
                        { %$deed, at => $end, how => 'undo' };
            $busy{$_} = $end + $rest for @held;

        } elsif ($once) {
            push @first, $name;
        }

        $at += 0.4 + rand 2.2;
    }

    return sort { $a->{at} <=> $b->{at} } @plan;
}


# All nodes share those to a pair of Redis.
sub link_name {
    my ($self, $node, $link) = @_;
    return $link . ($link eq 'redis' && $self->{sentinel} ? $node % 2 : $node);
}


# --- the stage: links, clocks ---

# Nodes reach PostgreSQL and Redis through links of their own, clients that
# are far away reach nodes through some.  With sentinels each server of Redis
# has a link instead, through which all others reach it.
sub prepare {
    my ($self) = @_;

    my $t = $self->{t};
    my $pair = $self->{pair} = Gavel::Pair->new($t->pg,
        synchronous => $self->{synchronous});
    my @servers = map { Gavel::Test::port() } 1 .. 2;

    $self->{links} = [];
    my @known = $self->{sentinel}
        ? map { $self->link("redis$_", $servers[$_]) } 0, 1 : ();

    for my $node (@{ $t->{node} }) {
        my $n = $node->{n};
        my ($one, $two) = map { $self->link("pg$n", $pair->socket_of($_)) }
                          $pair->primary, $pair->standby;

        $node->{database} = "host=127.0.0.1:$one host=127.0.0.1:$two"
                          . ' dbname=' . $t->pg->{name};
        $node->{redis} = '127.0.0.1:'
                       . $self->link("redis$n", $t->redis->path)
            if !$self->{sentinel};
        push @{ $self->{far} }, $self->link("clients$n", $node->port);

        $self->clock_of($node);
    }

    $t->{main} .= join '', map { "env $_;\n" }
        qw(LD_PRELOAD FAKETIME_TIMESTAMP_FILE FAKETIME_CACHE_DURATION
           FAKETIME_DONT_FAKE_MONOTONIC DONT_FAKE_MONOTONIC);

    $self->{links_pid} = IPC::Open2::open2(my $out, my $in,
        Gavel::Test::built('chaos/links'),
        map { @$_[1, 2] } @{ $self->{links} });
    $in->autoflush;
    $self->{links_in} = $in;
    <$out> // die 'no links';

    $t->{the_redis} = Gavel::Sentinel->new(servers => \@servers,
        known => \@known) if $self->{sentinel};
}

# One more link: its port.
sub link {
    my ($self, $name, $target) = @_;

    my $port = Gavel::Test::port();
    push @{ $self->{links} }, [$name, $port, $target];

    return $port;
}

sub link_mode {
    my ($self, $deed, $mode) = @_;

    my $name = $self->link_name(@{$deed}{qw(node link)});

    print { $self->{links_in} } "$_ $mode\n"
        for grep { $self->{links}[$_][0] eq $name } 0 .. $#{ $self->{links} };
}

# A node has a clock of its own.
sub clock_of {
    my ($self, $node) = @_;

    return if !$FAKETIME || $ENV{GAVEL_SAN};

    $node->{env} = { LD_PRELOAD => $FAKETIME,
        FAKETIME_TIMESTAMP_FILE => "$node->{dir}/clock",
        FAKETIME_CACHE_DURATION => 1,
        FAKETIME_DONT_FAKE_MONOTONIC => 1, DONT_FAKE_MONOTONIC => 1 };
    $self->clock($node, 0);
}

sub clock {
    my ($self, $node, $seconds) = @_;

    open my $f, '>', "$node->{dir}/clock.new" or die $!;
    printf $f "%+d\n", $seconds;
    close $f;
    rename "$node->{dir}/clock.new", "$node->{dir}/clock" or die $!;
}


# --- doing ---

# Does what is due now.  False when all is done.
sub turn {
    my ($self, $now) = @_;

    while (my $deed = $self->{schedule}[0]) {
        return 1 if $deed->{at} > $now;
        shift @{ $self->{schedule} };
        $self->act($deed, $deed->{how});
    }

    return 0;
}

sub act {
    my ($self, $deed, $how) = @_;

    my $what = "$deed->{name}_$how";
    my $code = $self->can($what) or return;
    my $start = time;
    my $said = eval { $self->$code($deed) };
    my $error = $@;

    push @{ $self->{done} }, { at => $start, for => time - $start,
        text => sprintf '%s %s%s%s', $how, $deed->{name},
            $deed{$deed->{name}}[1] =~ /node|clock|link|clients/
                ? " of node $deed->{node}" : '',
            defined $said && length $said && $said ne '1' ? ": $said" : '' };

    return if !$error;

    chomp $error;
    $self->{done}[-1]{text} .= " FAILED: $error";
    push @{ $self->{failures} }, $self->{done}[-1]{text};
}

sub node { my ($self, $deed) = @_; return $self->{t}{node}[$deed->{node}] }

sub pick { my ($deed, @from) = @_; return $from[$deed->{arg} * @from] }

sub worker_kill_do {
    my ($self, $deed) = @_;

    my $pid = pick($deed, $self->node($deed)->workers) // return 'nobody';
    $self->{t}->forgive($pid);
    kill 'KILL', $pid;

    return $pid;
}

sub worker_pause_do {
    my ($self, $deed) = @_;

    my $pid = pick($deed, $self->node($deed)->workers) // return 'nobody';
    $deed->{pids} = $self->{paused}{$deed->{node}} = [$pid];
    kill 'STOP', $pid;

    return sprintf '%d for %.1f s', $pid, $deed->{seconds};
}

sub worker_pause_undo {
    my ($self, $deed) = @_;
    kill 'CONT', @{ delete $self->{paused}{$deed->{node}} || [] };
}

sub node_pause_do {
    my ($self, $deed) = @_;

    my $node = $self->node($deed);
    my @pids = ($node->pid, Gavel::Node::children($node->pid));
    $self->{paused}{$deed->{node}} = \@pids;
    kill 'STOP', @pids;

    return sprintf 'for %.1f s', $deed->{seconds};
}

sub node_pause_undo { goto &worker_pause_undo }

sub node_kill_do {
    my ($self, $deed) = @_;

    $self->node($deed)->crash;

    return sprintf 'for %.1f s', $deed->{seconds};
}

sub node_kill_undo { my ($self, $deed) = @_; $self->node($deed)->start }

sub reload_do { my ($self, $deed) = @_; kill 'HUP', $self->node($deed)->pid }

# A new binary; one of four is taken back, when the old one's workers drain
# already.
sub upgrade_do {
    my ($self, $deed) = @_;

    my $old = $self->node($deed)->upgrade;
    kill 'WINCH', $old;

    return sprintf '%d by %d', $old, $self->node($deed)->pid;
}

sub upgrade_undo {
    my ($self, $deed) = @_;

    my $node = $self->node($deed);

    return 'nothing' if !$node->{leaving};

    if ($deed->{arg} < 0.25) {
        $node->take_back;
        return 'taken back';
    }

    kill 'QUIT', $node->{leaving};

    return 1;
}

sub clock_do {
    my ($self, $deed) = @_;

    my $seconds = int(40 * $deed->{arg}) - 20;
    $self->clock($self->node($deed), $seconds);

    return sprintf '%+d s for %.1f s', $seconds, $deed->{seconds};
}

sub clock_undo { my ($self, $deed) = @_; $self->clock($self->node($deed), 0) }

sub cut_do     { $_[0]->link_mode($_[1], 'cut');  return $_[1]{link} }
sub cut_undo   { $_[0]->link_mode($_[1], 'pass'); return $_[1]{link} }
sub mute_do    { $_[0]->link_mode($_[1], 'mute'); return $_[1]{link} }
sub mute_undo  { goto &cut_undo }
sub half_do    { $_[0]->link_mode($_[1], 'half'); return $_[1]{link} }
sub half_undo  { goto &cut_undo }
sub delay_undo { goto &cut_undo }

sub delay_do {
    my ($self, $deed) = @_;

    my $ms = 5 + int 200 * $deed->{arg} ** 2;
    $self->link_mode($deed, "delay $ms");

    return "$deed->{link} by $ms ms";
}


# --- Redis ---

# The server that is the master; alone it has no name.
sub redis_server {
    my ($self) = @_;
    return $self->{sentinel} ? $self->{t}->redis->master // die 'no master' : ();
}

sub redis_kill_do {
    my ($self) = @_;

    my @server = $self->redis_server;
    $self->{killed} = $server[0];
    $self->{t}->redis->kill(@server);

    return "@server";
}

# It does not know that it may be no master any more.
sub redis_kill_undo {
    my ($self) = @_;
    $self->{t}->redis->start($self->{killed} // ());
    return 1;
}

sub redis_pause_do {
    my ($self, $deed) = @_;

    my @server = $self->redis_server;
    $self->{redis_paused} = \@server;
    $self->{t}->redis->freeze(@server);

    return "@server for " . sprintf '%.1f s', $deed->{seconds};
}

sub redis_pause_undo {
    my ($self) = @_;

    my $server = delete $self->{redis_paused} or return 'nothing';
    $self->{t}->redis->thaw(@$server);

    return 1;
}

# The other server shall be the master.
sub redis_move_do {
    my ($self, $deed) = @_;

    my $redis = $self->{t}->redis;

    return $redis->cli(pick($deed, $redis->sentinels), 'sentinel', 'failover',
                       'gavel');
}

sub sentinel_kill_do {
    my ($self, $deed) = @_;

    $self->{t}->redis->kill(pick($deed, $self->{t}->redis->sentinels));

    return sprintf 'for %.1f s', $deed->{seconds};
}

sub sentinel_kill_undo {
    my ($self, $deed) = @_;

    $self->{t}->redis->start_sentinel(
        pick($deed, $self->{t}->redis->sentinels));

    return 1;
}


# --- PostgreSQL ---

# From now on nobody can write, until `back`.
# What is surely an outage: it begins when nobody answers any more, and ends
# before somebody is told to.
sub away { my ($self) = @_; $self->{away} = time }

sub back {
    my ($self) = @_;
    push @{ $self->{outages} }, [ delete $self->{away}, time ] if $self->{away};
}

sub pg { return $_[0]{pair}->primary }

sub pg_kill_do   { my ($self) = @_; $self->pg->kill; $self->away; 1 }
sub pg_kill_undo { my ($self) = @_; $self->back; $self->{pair}->start('primary'); 1 }

sub pg_restart_do {
    my ($self) = @_;
    $self->pg->halt;
    $self->{pair}->start('primary');
    return 1;
}

sub pg_pause_do {
    my ($self, $deed) = @_;

    kill 'STOP', @{ $self->{paused}{postgres} = [ $self->pg->pids ] };
    $self->away;

    return sprintf 'for %.1f s', $deed->{seconds};
}

sub pg_pause_undo {
    my ($self) = @_;
    $self->back;
    kill 'CONT', @{ delete $self->{paused}{postgres} || [] };
}

# No file may grow beyond what the next write of WAL needs: it panics and
# recovers; half of the times it finds no space for that either.
sub pg_full_do {
    my ($self, $deed) = @_;

    my ($master, @pids) = $self->pg->pids;
    push @pids, $master if $deed->{arg} < 0.5;
    limit('65536', @pids) or die 'prlimit cannot';

    return $deed->{arg} < 0.5 ? 'to the end' : 'it recovers';
}

sub pg_full_undo {
    my ($self) = @_;

    limit('unlimited', eval { $self->pg->pids });
    $self->up('primary');

    return 1;
}

# How far files of these processes may grow; for how many it could be said.
# Some have ended meanwhile.
sub limit {
    my ($size, @pids) = @_;

    my $user = $ENV{GAVEL_USER} // 'nobody';
    my $as = $> == 0 ? "setpriv --reuid=$user --regid=\$(id -g $user) "
                       . '--clear-groups' : '';

    return scalar grep {
        system("$as prlimit --pid $_ --fsize=$size:unlimited 2> /dev/null")
            == 0;
    } @pids;
}

# Starts a server that has ended by itself.
sub up {
    my ($self, $which) = @_;

    return if Gavel::Test::eventually(sub {
        eval { $self->{pair}{$which}->psql('select 1', 'postgres') };
    }, 3);

    $self->{pair}->start($which);
}

# No commit is done without one that is synchronous.
sub standby_kill_do {
    my ($self) = @_;
    $self->{pair}->standby->kill;
    $self->away if $self->{synchronous};
    return 1;
}

sub standby_kill_undo {
    my ($self) = @_;
    $self->back;
    $self->{pair}->start('standby');
    return 1;
}

# The primary is gone for good.  Half of the times it hangs before it is shot;
# or, if nobody asks the standby, that has heard nothing for a while.
sub promote_do {
    my ($self, $deed) = @_;

    my $pair = $self->{pair};
    my $lags = $deed->{arg} < 0.5;

    return 'not now: the standby lags' if !$pair->caught_up;

    if ($lags && $self->{synchronous}) {
        kill 'STOP', $self->pg->pids;
        sleep 0.5;
        kill 'CONT', $self->pg->pids;

    } elsif ($lags) {
        $pair->cut_off;
        sleep 0.5 + 3 * $deed->{arg};
    }

    $self->pg->kill;
    $self->away;
    sleep 2.5 * $deed->{arg};
    $self->back;
    $pair->fail_over;
    $self->promoted;

    return 'of ' . $self->pg->{host} . ($lags ? ', late' : '');
}

sub promoted {
    my ($self) = @_;

    $self->{t}{the_pg} = $self->{pair}->primary;
    $self->{copy} = 1;
}

sub promote_undo {
    my ($self) = @_;
    return 'nothing' if !delete $self->{copy};
    $self->{pair}->follow;
    return 'a new standby';
}

# The primary hangs, its standby is promoted, and then it goes on: it takes
# connections and commands, and knows nothing of the other.
sub zombie_do {
    my ($self, $deed) = @_;

    return 'not now: the standby lags' if !$self->{pair}->caught_up;

    my $old = $self->pg;

    kill 'STOP', @{ $self->{paused}{postgres} = [ $old->pids ] };
    $self->away;
    sleep 2 * $deed->{arg};
    $self->back;
    $self->{pair}->fail_over(undead => 1);
    $self->promoted;
    sleep 2 * $deed->{arg};
    kill 'CONT', @{ delete $self->{paused}{postgres} };
    $self->{zombie} = $old;

    return sprintf '%s for %.1f s', $old->{host}, $deed->{seconds};
}

# What it took waits for ever to be acknowledged, and is in no log.
sub zombie_undo {
    my ($self) = @_;

    my $old = delete $self->{zombie} or return 'nothing';
    my ($here, $waits) = map { $old->sql("select count(*) from pg_stat_activity
        where usename = 'gavel_app' and $_") } 'true', "wait_event = 'SyncRep'";

    $old->kill;

    return "it had $here connections, $waits waited; " . $self->promote_undo;
}


# --- the end ---

# Everything that was begun is undone.
sub heal {
    my ($self) = @_;

    for my $deed (grep { $_->{how} eq 'undo' } @{ $self->{schedule} }) {
        $self->act($deed, 'undo');
    }

    $self->{schedule} = [];
    print { $self->{links_in} } "$_ pass\n" for 0 .. $#{ $self->{links} };
    $self->up('primary');
    $_->start for grep { !$_->pid } @{ $self->{t}{node} };
}

# What was done last before a time, as lines.
sub before {
    my ($self, $at, $n) = @_;

    my @deeds = grep { $_->{at} <= $at } @{ $self->{done} };
    splice @deeds, 0, -($n // 6) if @deeds > ($n // 6);

    return map { sprintf '%7.2f s before (took %.2f s): %s', $at - $_->{at},
                         $_->{for}, $_->{text} } @deeds;
}

sub DESTROY {
    my ($self) = @_;

    return if $self->{owner} != $$;

    local $?;
    kill 'CONT', map { @{ $_ || [] } } values %{ $self->{paused} || {} };
    $self->redis_pause_undo;
    close $self->{links_in} if $self->{links_in};
    waitpid $self->{links_pid}, 0 if $self->{links_pid};
}

1;
