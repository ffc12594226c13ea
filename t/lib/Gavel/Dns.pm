package Gavel::Dns;

# A DNS server on loopback that knows one address for all names, and another
# one when it is told so.

use strict;
use warnings;

use File::Temp ();
use IO::Socket::INET;
use POSIX ();

sub new {
    my ($class, @addresses) = @_;

    # The port of the UDP socket that holds it is this server's own.
    my $socket = IO::Socket::INET->new(Proto => 'udp',
        LocalAddr => '127.0.0.1') or die "UDP: $!";

    my $self = bless { port => $socket->sockport, owner => $$,
                       file => scalar File::Temp::tmpnam() }, $class;

    $self->say(@addresses);
    $self->{pid} = fork // die "fork: $!";

    if ($self->{pid} == 0) {
        $SIG{TERM} = 'DEFAULT';

        while (my $peer = $socket->recv(my $query, 512)) {
            my $answer = $self->answer($query) // next;
            $socket->send($answer, 0, $peer);
        }

        POSIX::_exit(0);
    }

    return $self;
}

sub port { $_[0]{port} }

sub say {
    my ($self, @addresses) = @_;

    open my $f, '>', "$self->{file}.new" or die $!;
    print $f "@addresses";
    close $f;
    rename "$self->{file}.new", $self->{file} or die $!;
}

# A record of type A, good for a second; nothing of other types.
sub answer {
    my ($self, $query) = @_;

    my ($id) = unpack 'n', $query;
    my $question = substr $query, 12;
    $question =~ /^((?:[\x01-\x3f].*?)*?\0)(..)../s or return;
    my ($name, $type) = ($1, unpack 'n', $2);

    open my $f, '<', $self->{file} or return;
    my @addresses = $type == 1 ? split ' ', <$f> // '' : ();

    return pack('n6', $id, 0x8180, 1, scalar @addresses, 0, 0)
        . $name . pack('nn', $type, 1)
        . join '', map { pack 'n3Nna4', 0xc00c, 1, 1, 1, 4,
                         pack 'C4', split /\./ } @addresses;
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
