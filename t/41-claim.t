#!/usr/bin/perl

# The clock asks for an auction's home, and before Redis answers somebody
# wants something of the same auction: he is answered.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use constant AUCTIONS => 20;

my $t = Gavel::Test->new(workers => 1, redis => 'own');
my $host = $t->user('host', 'seller');
my @ids;

# They begin when there was time enough to make them all, twice.

my $made = time;
$t->auction('live', lots => 1, until => 'draft');
my $start = int(time + 11 + 2 * AUCTIONS * (time - $made));

for (1 .. AUCTIONS) {
    $t->auction('live', lots => 1, until => 'published',
        starts_at => POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $start));
    push @ids, $t->auction_id;
}

is $t->sql("select count(*) from gavel.auction where status = 'scheduled'"),
    AUCTIONS, 'auctions that begin soon';

# A worker that is nobody's home, when the leases of the one before are over.
# Five seconds ahead the clock asks who will begin them.

$t->kill_a_worker;
sleep 3.5;
sleep $start - 5.2 - time if time < $start - 5.2;

$t->redis->freeze;

my %children;

for my $id (@ids) {
    my $pid = fork // die "fork: $!";

    if ($pid == 0) {
        my $answer = $host->post("auctions/$id/unpublish");
        POSIX::_exit(($answer->{status} // 0) =~ /^(?:200|409)$/ ? 0 : 1);
    }

    $children{$pid} = $id;
    sleep 0.06;
}

$t->redis->thaw;

my ($until, @answered) = time + 12;

while (%children && time < $until) {
    my $pid = waitpid(-1, POSIX::WNOHANG());

    if ($pid > 0 && defined(my $id = delete $children{$pid})) {
        push @answered, $id if $? == 0;
        next;
    }

    sleep 0.02;
}

is scalar(@answered), AUCTIONS, 'all are answered';
kill KILL => $_ for keys %children;
waitpid $_, 0 for keys %children;

$t->finish;
