# The load generator ends when it is told to, and with its server, whatever it
# is about to do: what is left behind by a test that died would go on for long.

use strict;
use warnings;

use lib 't/lib';

use File::Temp;
use Gavel::Test;
use IO::Socket::INET;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use constant { LONG => 60, SOON => 20 };

my $dir = File::Temp->newdir;

# What servers do with those who come, in processes of their own.

sub greeted {
    my ($s) = @_;

    my @all = map { scalar $s->accept } 1 .. 3;

    for my $c (@all) {
        sysread $c, my $request, 8192;
        syswrite $c, "HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x10"
            . '{"type":"hello"}';
    }

    return @all;
}

my %server = (
    mute    => sub { sleep LONG },
    living  => sub { my @all = greeted(@_); sleep LONG },
    dying   => sub { my @all = greeted(@_); sleep 0.5 },
);

sub server {
    my ($kind) = @_;

    my $s = IO::Socket::INET->new(Listen => 512, LocalAddr => '127.0.0.1')
        or die "listen: $!";
    my $port = $s->sockport;
    my $pid = fork // die "fork: $!";

    if ($pid == 0) {
        $server{$kind}->($s);
        POSIX::_exit(0);
    }

    return ($port, $pid);
}

sub bidders {
    my ($port) = @_;

    open my $f, '>', "$dir/bidders" or die $!;
    print $f "$port token\n" x 3;
    close $f;
}

my %args = (
    bids  => sub { 1, 1, LONG, 1, 1, '/dev/null' },
    watch => sub { 3, $_[0], '/ws', LONG, $$, '127.0.0.1' },
    hold  => sub { 300, $_[0], '/stream', '127.0.0.1' },
);

# It ends soon after it was told to, or after its server has died.
sub ends {
    my ($what, $kind, $mode) = @_;

    my ($port, $server) = server($kind);
    bidders($port);

    pipe my $in, my $open or die $!;
    my $pid = fork // die "fork: $!";

    if ($pid == 0) {
        open STDIN, '<&', $in;
        open STDIN, '<', "$dir/bidders" if $mode eq 'bids';
        open STDOUT, '>', "$dir/said";
        open STDERR, '>&', \*STDOUT;
        exec 'build/bench/load', $mode, $args{$mode}->($port);
    }

    sleep 1;
    kill 'TERM', $pid if $kind ne 'dying';

    ok eventually(sub { waitpid($pid, POSIX::WNOHANG()) == $pid }, SOON),
        $what or do { kill 'KILL', $pid; waitpid $pid, 0 };

    kill 'KILL', $server;
    waitpid $server, 0;
}

ends('bidders that are not greeted end when told', mute => 'bids');
ends('bidders end with their server', dying => 'bids');
ends('watchers that cannot come end when told', mute => 'hold');
ends('watchers that wait for something end when told', living => 'watch');
ends('watchers end with their server', dying => 'watch');
ends('watchers that cannot come end with it, too', dying => 'hold');

done_testing;
