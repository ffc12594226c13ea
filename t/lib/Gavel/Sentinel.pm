package Gavel::Sentinel;

# Redis with a replica and three sentinels on loopback, in place of a
# Gavel::Redis:  Gavel::Test->new(redis => 'sentinel').
#
# new(servers => [PORTS], known => [PORTS]): all others know the servers by
# the second ports, which are links to the first.

use strict;
use warnings;

use File::Temp ();
use IO::Socket::INET;
use POSIX ();

my $count = 0;

sub new {
    my ($class, %o) = @_;

    my $self = bless { owner => $$, prefix => "t$$." . ++$count . ':',
        dir => File::Temp::tempdir('gavel-rs-XXXXXX', TMPDIR => 1),
        servers => [ map { Gavel::Test::port() } 1 .. 2 ],
        sentinels => [ map { Gavel::Test::port() } 1 .. 3 ], %o }, $class;

    my ($master, $replica) = $self->servers;
    my @known = @{ $o{known} || $self->{servers} };

    @{ $self->{known} = {} }{$self->servers} = @known;
    $self->start($master);
    $self->start($replica, '--replicaof', '127.0.0.1', $known[0]);

    for my $port ($self->sentinels) {
        mkdir "$self->{dir}/$port";
        open my $f, '>', "$self->{dir}/$port.conf" or die $!;
        print $f <<"CONF";
port $port
bind 127.0.0.1
dir $self->{dir}/$port
sentinel monitor gavel 127.0.0.1 $known[0] 2
sentinel down-after-milliseconds gavel 1000
sentinel failover-timeout gavel 4000
CONF
        close $f;
        $self->start_sentinel($port);
    }

    # Only who knows the others and the replica can fail over.
    Gavel::Test::eventually(sub {
        for ($self->sentinels) {
            my $text = $self->cli($_, 'sentinel', 'master', 'gavel');
            return 0 if $text !~ /^num-slaves\n1$/m
                     || $text !~ /^num-other-sentinels\n2$/m;
        }
        return $self->cli($replica, 'role') =~ /connected/;
    }, 30) or die 'the sentinels do not find each other';

    return $self;
}

sub prefix    { $_[0]{prefix} }
sub servers   { @{ $_[0]{servers} } }
sub sentinels { @{ $_[0]{sentinels} } }

# What gavel_redis says.
sub conninfo {
    my ($self) = @_;
    return join ' ', 'master=gavel',
                     map { "sentinel=127.0.0.1:$_" } $self->sentinels;
}

sub start {
    my ($self, $port, @more) = @_;

    $self->spawn($port, '--port', $port, '--bind', '127.0.0.1', '--save', '',
                 '--appendonly', 'no', '--dir', $self->{dir},
                 '--repl-diskless-sync-delay', 0,
                 '--replica-announce-ip', '127.0.0.1',
                 '--replica-announce-port', $self->{known}{$port}, @more);
}

sub start_sentinel {
    my ($self, $port) = @_;
    $self->spawn($port, "$self->{dir}/$port.conf", '--sentinel');
}

# The server that most sentinels send clients to.
sub master {
    my ($self) = @_;

    my %server = reverse %{ $self->{known} };
    my %said;

    for my $port (grep { $self->{pids}{$_} } $self->sentinels) {
        my ($known) = $self->cli($port, 'sentinel', 'get-master-addr-by-name',
                                 'gavel') =~ /^(\d+)$/m or next;
        $said{$server{$known}}++;
    }

    return (sort { $said{$b} <=> $said{$a} } keys %said)[0];
}

sub spawn {
    my ($self, $port, @args) = @_;

    my $pid = fork // die "fork: $!";

    if ($pid == 0) {
        POSIX::setsid();
        open STDOUT, '>>', "$self->{dir}/$port.log";
        open STDERR, '>&', \*STDOUT;
        exec 'redis-server', @args or POSIX::_exit(127);
    }

    $self->{pids}{$port} = $pid;

    Gavel::Test::eventually(sub {
        IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port");
    }, 10) or die "Redis does not start on port $port";
}

# As a crash.
sub kill {
    my ($self, $port) = @_;

    my $pid = delete $self->{pids}{$port} or return;
    CORE::kill 'KILL', $pid;
    waitpid $pid, 0;
}

# Stops for a while without going away, and goes on.
sub freeze { my ($self, $port) = @_; CORE::kill 'STOP', $self->{pids}{$port} }
sub thaw   { my ($self, $port) = @_; CORE::kill 'CONT', $self->{pids}{$port} }

sub cli {
    my ($self, $port, @words) = @_;

    open my $p, '-|', 'sh', '-c', '"$@" 2>&1', 'sh', 'redis-cli', '-p', $port,
        @words or die $!;
    my $text = do { local $/; <$p> } // '';
    close $p;
    chomp $text;

    return $text;
}

# How many connections of Gavel a server or sentinel has.
sub clients {
    my ($self, $port) = @_;
    return scalar grep { / name=gavel / }
           split /\n/, $self->cli($port, 'client', 'list');
}

sub stop {
    my ($self) = @_;

    $self->kill($_) for keys %{ $self->{pids} };
    system 'rm', '-rf', $self->{dir};
}

sub DESTROY {
    my ($self) = @_;

    return if $self->{owner} != $$;

    local $?;
    $self->stop;
}

1;
