package Gavel::Proxy;

# A TCP proxy in front of a Unix socket (on 127.0.0.1 and a free port, or on
# the options address and port), which misbehaves when it is told to:
#
#   pass     forwards
#   cut N    forwards N more bytes of the server's, then closes
#   mute     accepts, reads, and forwards nothing of the server's
#   split N  forwards the server's bytes in pieces of N
#   drop     has left clients' connections that were open, once; what they
#            asked of the server still runs there, and who comes now passes

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;
use POSIX ();
use Time::HiRes qw(sleep);

sub new {
    my ($class, $target, $mode, %o) = @_;

    my $port = $o{port} // Gavel::Test::port();
    my $address = $o{address} // '127.0.0.1';
    my $file = File::Temp::tmpnam();
    my $self = bless { port => $port, file => $file, owner => $$ }, $class;

    $self->mode($mode || 'pass');

    my $listen = IO::Socket::INET->new(Listen => 64, ReuseAddr => 1,
        LocalAddr => "$address:$port") or die "port $port: $!";

    $self->{pid} = fork // die "fork: $!";

    if ($self->{pid} == 0) {
        $SIG{TERM} = 'DEFAULT';
        $self->serve($listen, $target);
        POSIX::_exit(0);
    }

    return $self;
}

sub port { $_[0]{port} }

sub mode {
    my ($self, $mode) = @_;

    open my $f, '>', "$self->{file}.new" or die $!;
    print $f $mode;
    close $f;
    rename "$self->{file}.new", $self->{file} or die $!;
}

sub now {
    my ($self) = @_;

    open my $f, '<', $self->{file} or POSIX::_exit(0);
    return split ' ', <$f> // 'pass';
}

sub serve {
    my ($self, $listen, $target) = @_;

    my $select = IO::Select->new($listen);
    my (%peer, %server, @left);
    my $dropped = 0;

    while (1) {
        my @ready = $select->can_read(0.05);

        if (($self->now)[0] ne 'drop') {
            $dropped = 0;

        } elsif (!$dropped++) {
            for my $s (grep { $_ != $listen } $select->handles) {
                $select->remove($s);
                $server{$s} ? push @left, $s : close $s;
            }

            %peer = %server = @ready = ();
        }

        for my $s (@ready) {
            if ($s == $listen) {
                my $client = $listen->accept or next;
                my $server = IO::Socket::UNIX->new(Peer => $target)
                    or next;
                $client->blocking(1);
                $peer{$client} = $server;
                $peer{$server} = $client;
                $server{$server} = 1;
                $select->add($client, $server);
                next;
            }

            my $to = $peer{$s} or next;
            my $n = sysread $s, my $bytes, 65536;
            my ($mode, $arg) = $self->now;
            my $close = !$n;

            if ($n && $server{$s}) {
                if ($mode eq 'mute') {
                    next;
                } elsif ($mode eq 'cut') {
                    $bytes = substr $bytes, 0, $arg;
                    $close = 1;
                } elsif ($mode eq 'split') {
                    while (length $bytes > $arg) {
                        syswrite $to, substr $bytes, 0, $arg, '';
                        sleep 0.001;
                    }
                }
            }

            syswrite $to, $bytes if $n;

            if ($close) {
                $select->remove($s, $to);
                delete @peer{$s, $to};
                close $_ for $s, $to;
            }
        }
    }
}

# Nobody listens any more, and all connections are closed.
sub stop {
    my ($self) = @_;

    my $pid = delete $self->{pid} or return;

    kill 'TERM', $pid;
    waitpid $pid, 0;
}

sub DESTROY {
    my ($self) = @_;

    return if $self->{owner} != $$ || !$self->{pid};

    local $?;
    kill 'TERM', $self->{pid};
    waitpid $self->{pid}, 0;
    unlink $self->{file};
}

1;
