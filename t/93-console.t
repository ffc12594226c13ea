# The host's console: who is there, why bids were refused; for nobody else.

use strict;
use warnings;
use Test::More;
use Gavel::Test;
use Time::HiRes qw(time);

my $t = Gavel::Test->new(nodes => 2, workers => 2)
    ->auction('draft', leaders => 2);
my $id = $t->auction_id;
my ($kim, $lee) = $t->leaders;
my $host = $t->host;

sub console {
    my ($who, %o) = @_;
    my $ws = $who->ws(%o);
    $ws->send({ type => 'subscribe', channel => "host:$id" });
    return $ws;
}

# What the console says once the block likes it.
sub says {
    my ($ws, $block) = @_;
    my $end = time + 10;

    while (time < $end) {
        my $m = $ws->expect('host', timeout => $end - time) // last;
        local $_ = $m;
        return 1 if $block->();
    }

    return 0;
}

my $ws = console($host, node => 1);
ok $ws->expect('subscribed', channel => "host:$id"), 'the host has a console';

my $m = $ws->expect('host');
is_deeply $m->{rejected}, {}, 'nothing was refused';
is_deeply [ map { $_->{user_id} } @{ $m->{leaders} } ],
    [ $kim->id, $lee->id ], 'it knows the leaders';
ok !grep({ $_->{online} } @{ $m->{leaders} }), 'nobody is there';

my $kims = $kim->ws(node => 0)->subscribe(fresh => 1);
ok says($ws, sub { $_->{leaders}[0]{online} && !$_->{leaders}[1]{online} }),
    'one comes, on another node';

$kims->close;
ok says($ws, sub { !$_->{leaders}[0]{online} }), 'and goes';

$kim->bid(100);
is $kim->bid(110)->{code}, 'already_leading', 'a bid is refused';
is $lee->bid(1, node => 1)->{code}, 'too_low', 'and another one';
ok says($ws, sub { ($_->{rejected}{already_leading} // 0) == 1
                   && ($_->{rejected}{too_low} // 0) == 1 }),
    'the host sees why';

is console($kim)->expect('error')->{code}, 'not_authorized',
    'not for a leader';
my $guest = $t->ws;
$guest->send({ type => 'subscribe', channel => "host:$id" });
is $guest->expect('error')->{code}, 'not_authenticated', 'nor a guest';
ok console($t->user('root', 'admin'))->expect('subscribed'), 'but for admins';

$ws->send({ type => 'unsubscribe', channel => "host:$id" });
ok $ws->expect('unsubscribed'), 'it can be closed';
