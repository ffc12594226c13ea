package Gavel::Http;

# HTTP/1.1 over a plain socket: what was asked is what is sent.

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use JSON::PP ();
use Time::HiRes qw(time);

my $json = JSON::PP->new->utf8->allow_nonref->canonical;

sub encode { return $json->encode($_[0]) }
sub decode { return eval { $json->decode($_[0]) } }

sub open_socket {
    my ($port) = @_;

    return IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port", Timeout => 5)
        // die "connect to port $port: $!";
}

# Options: port, method, path, headers, json or body, timeout (10).  Gives
# { status, headers (names in lower case; set-cookie is a list), body, json }.
sub request {
    my (%o) = @_;

    my $body = defined $o{json} ? encode($o{json}) : $o{body};
    my %headers = (Host => 'localhost', Connection => 'close',
                   %{ $o{headers} || {} });

    $headers{'Content-Type'} //= 'application/json' if defined $o{json};
    $headers{'Content-Length'} //= length $body if defined $body;

    my $text = "$o{method} $o{path} HTTP/1.1\r\n";

    for my $name (sort keys %headers) {
        $text .= "$name: $headers{$name}\r\n" if defined $headers{$name};
    }

    my $socket = open_socket($o{port});

    return exchange($socket, $text . "\r\n" . ($body // ''),
                    $o{timeout} || 10, $o{method} eq 'HEAD');
}

# Sends raw bytes and reads one answer.
sub exchange {
    my ($socket, $text, $timeout, $headless) = @_;

    my $end = time + $timeout;
    my $buf = '';

    send_all($socket, $text, $end);

    while ($buf !~ /\r\n\r\n/) {
        my $n = read_some($socket, \$buf, $end);
        die "no answer in $timeout s" if !defined $n;
        last if !$n;
    }

    my ($head, $body) = split /\r\n\r\n/, $buf, 2;
    my $answer = parse_head($head // '');

    $body //= '';

    my $te = $answer->{headers}{'transfer-encoding'} // '';
    my $length = $answer->{headers}{'content-length'};

    if ($headless || $answer->{status} =~ /^(?:1..|204|304)$/) {
        $answer->{rest} = $body;
        $body = '';

    } elsif ($te eq 'chunked') {
        until ($body =~ /(?:^|\r\n)0\r\n\r\n\z/) {
            last if !read_some($socket, \$body, $end);
        }
        $body = unchunk($body);

    } else {
        while (!defined $length || length $body < $length) {
            my $n = read_some($socket, \$body, $end);
            die 'an answer was cut off' if !$n && defined $length;
            last if !$n;
        }
    }

    $answer->{body} = $body;
    $answer->{json} = decode($body)
        if ($answer->{headers}{'content-type'} // '') =~ /json/;

    return $answer;
}

sub parse_head {
    my ($head) = @_;

    my ($first, @lines) = split /\r\n/, $head;
    my %headers;

    for (@lines) {
        my ($name, $value) = /^([^:]+):\s*(.*)$/ or next;
        $name = lc $name;

        if ($name eq 'set-cookie') {
            push @{ $headers{$name} }, $value;
        } else {
            $headers{$name} = exists $headers{$name}
                            ? "$headers{$name}, $value" : $value;
        }
    }

    return { status => (split ' ', $first // '')[1] // 0,
             headers => \%headers };
}

sub unchunk {
    my ($text) = @_;

    my $body = '';

    while ($text =~ s/^([0-9a-fA-F]+)[^\r]*\r\n//) {
        my $n = hex $1 or last;
        $body .= substr $text, 0, $n, '';
        $text =~ s/^\r\n//;
    }

    return $body;
}

# undef: the time is over; 0: the end.
sub read_some {
    my ($socket, $buf, $end) = @_;

    my $left = $end - time;
    return undef if $left <= 0 || !IO::Select->new($socket)->can_read($left);

    return sysread($socket, $$buf, 65536, length $$buf) || 0;
}

# A server that answers before it has read all may close: no error here.
sub send_all {
    my ($socket, $text, $end) = @_;

    while (length $text) {
        return if !IO::Select->new($socket)->can_write($end - time);
        my $n = syswrite $socket, $text;
        return if !$n;
        substr $text, 0, $n, '';
    }
}

1;
