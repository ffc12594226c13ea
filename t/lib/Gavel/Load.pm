package Gavel::Load;

# Two people who raise each other all the time, in a process of its own, while
# a test does something to the servers.  A bid that was not answered, or with
# 503, or with a gateway's 502 or 504, which say nothing of what became of it,
# is sent again under its request id until it is, to the next node, as a client
# does.
#
#   my $load = Gavel::Load->new($t, first => 1);
#   ...
#   my %told = $load->end;              request id => { amount, status, code }

use strict;
use warnings;

use IO::Handle;
use POSIX ();
use Time::HiRes qw(sleep time);

# Options: bidders (two users), first (1: the first amount), ports (those of
# the test's nodes), pause (0.01 s between bids), retry (60 s).
sub new {
    my ($class, $t, %o) = @_;

    my $self = bless { first => 1, pause => 0.01, retry => 60, %o, t => $t,
                       owner => $$, file => "$t->{dir}/load" . ++$t->{loads} },
                     $class;

    $self->{bidders} //= [ map { $t->user($_) } qw(kim lee) ];
    $self->{ports} //= [ map { $_->port } @{ $t->{node} } ];

    open my $f, '>', $self->{file} or die $!;

    $self->{pid} = fork // die "fork: $!";

    if ($self->{pid} == 0) {
        my $go = 1;
        $SIG{TERM} = sub { $go = 0 };
        $f->autoflush(1);

        for (my $n = $self->{first}; $go; $n++) {
            my $r = $self->bid($n);
            print $f Gavel::Http::encode($r), "\n";
            sleep $self->{pause};
        }

        POSIX::_exit(0);
    }

    return $self;
}

sub bid {
    my ($self, $amount) = @_;

    my $bidder = $self->{bidders}[$amount % 2];
    my $id = "load-$amount";
    my $end = time + $self->{retry};
    my ($r, $tries) = (undef, 0);

    do {
        my $ports = $self->{ports};
        my $port = $ports->[($amount + $tries++) % @$ports];

        sleep 0.1 if $tries > 1;

        $r = eval {
            Gavel::Http::request(port => $port, method => 'POST',
                path => "/api/v1/auctions/$self->{t}{auction}/bids",
                headers => { Authorization => "Bearer $bidder->{access}",
                             'Idempotency-Key' => $id },
                json => { amount => $amount }, timeout => 5);
        } || { status => 0, body => "$@" };
    } while ($r->{status} =~ /^(?:0|502|503|504)\z/ && time < $end);

    return { id => $id, amount => $amount, status => $r->{status} + 0,
             tries => $tries, ref $r->{json} eq 'HASH' ? %{ $r->{json} }
                                                       : (body => $r->{body}) };
}

# What was told so far.
sub told {
    my ($self) = @_;

    open my $f, '<', $self->{file} or die $!;

    return map { my $r = Gavel::Http::decode($_); ($r->{id} => $r) }
           grep { /\n\z/ } <$f>;
}

# Waits until so many more were told.
sub more {
    my ($self, $n) = @_;

    my %had = $self->told;

    return Gavel::Test::eventually(sub {
        my %now = $self->told;
        return keys %now >= keys(%had) + $n;
    }, $self->{retry});
}

# The last bid is answered before it ends.
sub end {
    my ($self) = @_;

    my $pid = delete $self->{pid} or return $self->told;

    kill 'TERM', $pid;
    waitpid $pid, 0;

    return $self->told;
}

# What is wrong with what was told so far, if all that bid in the auction are
# these two: bids that were not accepted, that are not in the log, or that are
# there although they were not told.
sub faults {
    my ($self) = @_;

    my %told = $self->told;
    my %log = %{ $self->{t}->logged_bids($self->{t}{auction}) };

    return (map({ my $r = $told{$_};
                  $r->{status} != 201 ? "$_: $r->{status} " . ($r->{code} // '')
                  : ($log{$_} // '') ne $r->{amount} ? "$_: not in the log"
                  : () } sort keys %told),
            map { "$_: not told" } grep { !$told{$_} } sort keys %log);
}

sub DESTROY {
    my ($self) = @_;

    return if $self->{owner} != $$ || !$self->{pid};

    local $?;
    kill 'KILL', $self->{pid};
    waitpid $self->{pid}, 0;
}

1;
