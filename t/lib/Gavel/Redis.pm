package Gavel::Redis;

# Redis for one test: a prefix in the run's server, or a server of its own
# that the test may kill and start again.

use strict;
use warnings;

use File::Temp ();
use IO::Socket::UNIX;
use POSIX ();

my $count = 0;

sub new {
    my ($class, %o) = @_;

    my $self = bless { %o, prefix => "t$$." . ++$count . ':' }, $class;

    if ($o{own} || !$ENV{GAVEL_TEST_REDIS}) {
        $self->{own} = 1;
        $self->{dir} = File::Temp::tempdir('gavel-rd-XXXXXX', TMPDIR => 1);
        $self->{path} = "$self->{dir}/redis.sock";
        $self->start;

    } else {
        $self->{path} = $ENV{GAVEL_TEST_REDIS};
    }

    return $self;
}

# What gavel_redis says.
sub conninfo { $_[0]{conninfo} // 'unix:' . $_[0]{path} }

sub path   { $_[0]{path} }
sub prefix { $_[0]{prefix} }
sub pid    { $_[0]{pid} }

sub start {
    my ($self) = @_;

    return if !$self->{own} || $self->{pid};

    my $pid = fork // die "fork: $!";

    if ($pid == 0) {
        POSIX::setsid();
        open STDOUT, '>>', "$self->{dir}/redis.log";
        open STDERR, '>&', \*STDOUT;
        exec 'redis-server', '--port', 0, '--unixsocket', $self->{path},
            '--save', '', '--appendonly', 'no', '--dir', $self->{dir}
            or POSIX::_exit(127);
    }

    $self->{pid} = $pid;

    Gavel::Test::eventually(sub {
        IO::Socket::UNIX->new(Peer => $self->{path});
    }, 5) or die 'Redis does not start';
}

# As a crash.
sub kill {
    my ($self) = @_;

    die 'only a Redis of its own can be killed' if !$self->{own};

    my $pid = delete $self->{pid} or return;
    CORE::kill 'KILL', $pid;
    waitpid $pid, 0;
    unlink $self->{path};
}

# Stops for a while without going away, and goes on.
sub freeze { CORE::kill 'STOP', $_[0]{pid} }
sub thaw   { CORE::kill 'CONT', $_[0]{pid} }

# redis-cli's answer.
sub cli {
    my ($self, @words) = @_;

    open my $p, '-|', 'redis-cli', '-s', $self->{path}, @words or die $!;
    my $text = do { local $/; <$p> } // '';
    chomp $text;

    return $text;
}

sub stop {
    my ($self) = @_;

    return if !$self->{own};

    $self->kill if $self->{pid};
    system 'rm', '-rf', $self->{dir};
}

1;
