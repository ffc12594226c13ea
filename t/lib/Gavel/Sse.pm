package Gavel::Sse;

# A stream of server-sent events.

use strict;
use warnings;

use Time::HiRes qw(time);

use Gavel::Http;

use parent 'Gavel::Watcher';

# Options: port, path, token, last (Last-Event-ID), headers, log_length.
sub new {
    my ($class, %o) = @_;

    my $self = bless { seen => [], %o }, $class;

    $self->open;

    return $self;
}

sub open {
    my ($self) = @_;

    my %o = %$self;
    @{$self}{qw(buf raw closed)} = ('', '', 0);

    my %headers = (Host => 'localhost', Accept => 'text/event-stream',
        defined $o{token} ? (Authorization => "Bearer $o{token}") : (),
        defined $o{last} ? ('Last-Event-ID' => $o{last}) : (),
        %{ $o{headers} || {} });

    $self->{socket} = Gavel::Http::open_socket($o{port});

    my $end = time + 5;

    Gavel::Http::send_all($self->{socket}, "GET $o{path} HTTP/1.1\r\n"
        . join('', map { "$_: $headers{$_}\r\n" } sort keys %headers) . "\r\n",
        $end);

    while ($self->{raw} !~ /\r\n\r\n/) {
        Gavel::Http::read_some($self->{socket}, \$self->{raw}, $end) or last;
    }

    my ($head, $rest) = split /\r\n\r\n/, $self->{raw}, 2;

    $self->{answer} = Gavel::Http::parse_head($head // '');
    $self->{raw} = $rest // '';
    $self->{chunked}
        = ($self->{answer}{headers}{'transfer-encoding'} // '') eq 'chunked';
}

# Comes back as a browser does, behind the last id that it has seen.
sub resume {
    my ($self) = @_;

    my ($last) = grep { defined } map { $_->{id} } reverse @{ $self->{seen} };

    $self->{last} = $last if defined $last;
    $self->open;

    return $self;
}

sub may_resume { 1 }

sub messages { map { $_->{json} } @{ $_[0]{seen} } }

sub answer { $_[0]{answer} }

# The next event { id, event, data, json }; undef: none in time, or the end.
sub recv {
    my ($self, $timeout) = @_;

    my $end = time + ($timeout // 10);

    for (;;) {
        $self->unchunk;

        while ($self->{buf} =~ s/^(.*?)\r?\n\r?\n//s) {
            my $event = $self->parse($1) // next;
            push @{ $self->{seen} }, $event;
            return $event;
        }

        return undef if $self->{closed};

        my $n = Gavel::Http::read_some($self->{socket}, \$self->{raw}, $end);
        $self->{closed} = 1 if defined $n && !$n;
        return undef if !$n;
    }
}

sub unchunk {
    my ($self) = @_;

    if (!$self->{chunked}) {
        $self->{buf} .= $self->{raw};
        $self->{raw} = '';
        return;
    }

    while ($self->{raw} =~ /^([0-9a-fA-F]+)[^\r]*\r\n/) {
        my ($head, $n) = ($+[0], hex $1);
        last if length $self->{raw} < $head + $n + 2;
        $self->{buf} .= substr $self->{raw}, $head, $n;
        substr $self->{raw}, 0, $head + $n + 2, '';
        $self->{closed} = 1 if !$n;
        last if !$n;
    }
}

sub parse {
    my ($self, $text) = @_;

    my %event;

    for (split /\r?\n/, $text) {
        if (/^:/) {
            $self->{comments}++;
        } elsif (/^(id|event|retry): ?(.*)$/) {
            $event{$1} = $2;
        } elsif (/^data: ?(.*)$/) {
            $event{data} = defined $event{data} ? "$event{data}\n$1" : $1;
        }
    }

    $self->{retry} = $event{retry} if defined $event{retry};
    return if !defined $event{data};

    $event{json} = Gavel::Http::decode($event{data});

    return \%event;
}

# The next event of this name.
sub expect {
    my ($self, $name, $timeout) = @_;

    my $end = time + ($timeout // 10);

    while ((my $left = $end - time) > 0) {
        my $e = $self->recv($left) // return undef;
        return $e if ($e->{event} // 'message') eq $name;
    }

    return undef;
}

sub close { CORE::close $_[0]{socket} }

1;
