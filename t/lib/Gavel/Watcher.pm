package Gavel::Watcher;

# Who follows an auction's log, by whatever transport: what Gavel::Ws and
# Gavel::Sse have in common.  A transport has
#
#   recv(seconds)   the next message; undef: none in time, or the end
#   messages        all that have come, decoded
#   resume          comes back to where it was, keeping what it has seen
#   may_resume      was it closed in a way after which a client comes back?

use strict;
use warnings;

use Time::HiRes qw(time sleep);

# All events that have come until the log's last one is here, or for so many
# seconds.  Who was not closed by an error comes back.
sub events {
    my ($self, $seconds) = @_;

    my $last = $self->{log_length} ? $self->{log_length}->() : 0;
    my $end = time + ($seconds // 10);

    while (time < $end) {
        my @seqs = map { $_->{seq} } $self->events_seen;
        last if $last && @seqs && $seqs[-1] >= $last;
        next if defined $self->recv($end - time);
        last if !$self->{closed} || !$self->may_resume;
        eval { $self->resume; 1 } or sleep 0.1;
    }

    return $self->events_seen;
}

sub events_seen {
    my ($self) = @_;

    return map { $_->{event} }
           grep { ref eq 'HASH' && ($_->{type} // '') eq 'event' }
           $self->messages;
}

sub seqs { my $self = shift; return map { $_->{seq} } $self->events(@_) }

sub types { my $self = shift; return map { $_->{type} } $self->events(@_) }

1;
