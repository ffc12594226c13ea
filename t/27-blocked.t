# A ban ends what a person may do at once, on every worker, although his
# token would be valid for some minutes yet.

use strict;
use warnings;
use Test::More;
use Time::HiRes qw(time sleep);
use Gavel::Test;

my $t = Gavel::Test->new(nodes => 2)->auction('live');
my $boss = $t->user('boss', 'admin');
my ($kim, $lee) = map { $t->user($_) } qw(kim lee);

my $ws = $kim->ws(node => 1)->subscribe;
my $idle = $kim->ws->subscribe;
my $page = $t->ws(headers => { Cookie => "gavel_access=$kim->{access}" })
    ->subscribe;
my $stream = $t->sse(as => $kim);
ok $stream->recv, 'he watches';
ok $ws->bid(100)->{ok}, 'a bid by socket';
is $lee->bid(200, node => 1)->{status}, 201, 'a bid by another';

is $boss->post("admin/users/$kim->{id}/ban", { reason => 'shill bidding' })
    ->{status}, 200, 'a ban';
sleep 0.1;

# It is told by the next bid or by a close, whichever comes first.

$ws->send({ type => 'bid', auction_id => $t->auction_id, amount => 300,
            request_id => 'late' });
is $ws->close_code(5), 4002, 'his socket bids no more';
is $ws->{close_reason}, 'account_blocked', '... and why is told';
is_deeply [ grep { $_->{ok} } map { $_->{request_id} && $_->{request_id} eq
    'late' ? $_ : () } @{ $ws->{seen} } ], [], '... the bid was not taken';

is $_->close_code(5), 4002, 'a socket that only watches ends, too'
    for $idle, $page;
1 while $stream->recv(5);
ok $stream->{closed}, 'and a stream';
is $stream->{seen}[-1]{json}{code}, 'account_blocked', '... which says why';

$ws = $t->ws;
$ws->send({ type => 'auth', token => $kim->{access} });
is $ws->expect('error')->{code}, 'account_blocked', 'a new one';
is $ws->close_code, 4002, '... is closed';
is $t->ws(hello => 0, protocol => "gavel, bearer.$kim->{access}")->close_code,
    4002, '... however he shows his token';
is $t->ws(hello => 0, headers => { Cookie => "gavel_access=$kim->{access}" })
    ->expect('hello')->{user_id}, undef, '... but a page makes him a guest';

for my $node (0, 1) {
    my %codes;
    $codes{ $kim->bid(300, node => $node)->{code} // 'none' }++ for 1 .. 12;
    is_deeply \%codes, { account_blocked => 12 },
        "nor does he by any worker of node $node";
}

is $kim->get('users/me')->{status}, 403, 'nor is he anybody';
is $t->get('auctions', as => $kim)->{status}, 200,
    'but he may look, as guests do';
is $lee->get('users/me')->{status}, 200, 'others go on';

is $boss->patch("admin/users/$kim->{id}", { status => 'active' })->{status},
    200, 'he may come back';
sleep 0.1;
is $kim->get('users/me', node => $_)->{status}, 200, "... on node $_"
    for 0, 1, 0, 1;

$t->sql("update gavel.account set status = 'suspended', updated_at = now(), "
        . "status_until = now() + interval '1 hour' where id = $kim->{id}");
ok eventually(sub { $kim->get('users/me')->{status} == 403 }, 12),
    'who was not told hears of it within ten seconds';


# --- those who come later ---

$t->kill_a_worker;
sleep 0.3;
is_deeply [ grep { $_ != 403 } map { $kim->get('users/me')->{status} } 1 .. 12 ],
    [], 'a new worker knows, too';
