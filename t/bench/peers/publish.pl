#!/usr/bin/perl

# publish: sends RATE messages a second of BYTES bytes to nchan, over one
# kept connection, and prints "N microseconds" for each.
#
#   publish.pl PORT RATE BYTES SECONDS

use strict;
use warnings;

use IO::Socket::INET;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC sleep);

my ($port, $rate, $bytes, $seconds) = @ARGV;

my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port")
    or die "cannot connect: $!";

$s->setsockopt(6, 1, 1);         # TCP_NODELAY
$| = 1;

my $start = clock_gettime(CLOCK_MONOTONIC);

for my $n (1 .. $rate * $seconds) {
    my $wait = $start + $n / $rate - clock_gettime(CLOCK_MONOTONIC);
    sleep $wait if $wait > 0;

    my $body = qq({"amount":$n,"text":");
    $body .= 'x' x ($bytes - length($body) - 2) . '"}';

    printf "%d %d\n", $n, clock_gettime(CLOCK_MONOTONIC) * 1e6;

    print $s "POST /publish HTTP/1.1\r\nHost: x\r\nContent-Length: "
        . length($body) . "\r\n\r\n$body";
    $s->flush;

    my $answer = '';
    until ($answer =~ /\r\n\r\n/) {
        sysread($s, $answer, 4096, length $answer) or die "gone";
    }
}
