# What has changed of an account is so at once, on every worker, although its
# tokens say otherwise for some minutes yet: bans, roles, ended sessions.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

my $t = Gavel::Test->new(nodes => 2)->auction('live');
my $boss = $t->user('boss', 'admin');

# All workers of both nodes answer this user so.
sub everywhere {
    my ($user, $status, $path, $seconds) = @_;

    return eventually {
        !grep { $t->get($path // 'users/me', as => $user,
                        node => $_ % 2)->{status} != $status } 1 .. 24;
    } $seconds;
}

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
ok everywhere($kim, 403), 'known everywhere';

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
ok everywhere($kim, 200), '... on every node';

$t->sql("update gavel.account set status = 'suspended', updated_at = now(), "
        . "status_until = now() + interval '1 hour' where id = $kim->{id}");
ok everywhere($kim, 403, 'users/me', 15),
    'who was not told hears of it within ten seconds';


# --- those who come later ---

$t->kill_a_worker;
is_deeply [ grep { $_ != 403 } map { $kim->get('users/me')->{status} } 1 .. 12 ],
    [], 'a new worker knows, too';


# --- other roles ---

my $mod = $t->user('mod', 'admin');
my $draft = $t->host->post('auctions', { mode => 'live', title => 'later' })
    ->{json}{id};
$ws = $mod->ws(node => 1)->subscribe;

for my $channel ("auction:$draft", "chat:$draft", 'host:' . $t->auction_id) {
    $ws->send({ type => 'subscribe', channel => $channel });
    ok $ws->expect('subscribed', channel => $channel), "an admin: $channel";
}

my $see = $t->sse(as => $mod, auction => $draft);
is $see->recv->{json}{type}, 'subscribed', '... also as a stream';
is $mod->get('admin/users', node => $_)->{status}, 200, "... on node $_"
    for 0, 1;

is $boss->patch("admin/users/$mod->{id}", { roles => ['seller'] })->{status},
    200, 'is none any more';
ok everywhere($mod, 403, 'admin/users'), '... everywhere';

for my $node (0, 1) {
    my %codes;
    $codes{ $mod->get('admin/users', node => $node)->{json}{code} // 'none' }++
        for 1 .. 6;
    is_deeply \%codes, { not_authorized => 6 }, "... for any worker of $node";
}

my %refused;

while (keys %refused < 3 and my $e = $ws->expect('error')) {
    $refused{ $e->{channel} } = $e->{code};
}

is_deeply \%refused, { "auction:$draft" => 'not_found',
    "chat:$draft" => 'not_found',
    'host:' . $t->auction_id => 'not_authorized' },
    'an open socket is refused what it may not see any more';
is $t->sql("select roles from gavel.account where id = $mod->{id}"), 3,
    'he sells now';
is $mod->post('auctions', { mode => 'live', title => 'mine' })->{status}, 201,
    '... with the token that he has';

1 while $see->recv;
ok $see->{closed}, 'the stream ends';
is $see->{seen}[-1]{json}{code}, 'not_found', '... and says why';

my $ack = $t->user('park')->bid($t->snapshot->{state}{lots}[0]{min_next});
is $ws->event('bid.accepted')->{seq}, $ack->{seq},
    'all else goes on by this socket';

$t->sql("update gavel.account set roles = 5 where id = $mod->{id}");
ok eventually(sub { $mod->get('admin/users')->{status} == 200 }, 15),
    'what was changed by hand is known within ten seconds';


# --- ended sessions ---

my ($one, $two) = map { $t->user('lee')->login->{access} } 1, 2;
my ($here, $there) = map { $t->ws(as => $_, node => 1)->subscribe } $one, $two;
$stream = $t->sse(as => $two);
$stream->recv;

my ($current) = grep { $_->{current} }
    @{ $t->get('auth/sessions', as => $two)->{json}{results} };
is $t->delete("auth/sessions/$current->{id}", as => $one)->{status}, 204,
    'a session is ended';
is $there->close_code(5), 4001, '... and its sockets';
is $there->{close_reason}, 'invalid_token', '... which are told why';
1 while $stream->recv;
is $stream->{seen}[-1]{json}{code}, 'invalid_token', '... and its streams';
ok everywhere($two, 401), '... its token is none, on every node';
is $t->get('users/me', as => $one)->{status}, 200, 'the other goes on';
is $here->close_code(0.2), 0, '... with its socket';

$two = $t->user('lee')->login->{access};
$there = $t->ws(as => $two, node => 1)->subscribe;
is $t->post('auth/logout', {}, as => $two)->{status}, 204, 'logged out';
is $there->close_code(5), 4001, '... his socket ends';
ok everywhere($two, 401), '... and his token';
is $t->get('users/me', as => $one)->{status}, 200, '... but not the others';

$two = $t->user('lee')->login->{access};
$there = $t->ws(as => $two, node => 1)->subscribe;
is $t->post('auth/logout', { all => JSON::PP::true() }, as => $one)->{status},
    204, 'logged out everywhere';
is $_->close_code(5), 4001, '... a socket ends' for $here, $there;
ok everywhere($_, 401), '... and a token' for $one, $two;
is $t->user('lee')->login->get('users/me')->{status}, 200, 'till the next time';

($one, $two) = map { $t->user('lee')->login->{access} } 1, 2;
$there = $t->ws(as => $two, node => 1)->subscribe;
is $t->post('auth/change-password', { current => Gavel::House::PASSWORD(),
    new => 'another horse' }, as => $one)->{status}, 204, 'another password';
is $there->close_code(5), 4001, '... ends all other sessions';
is $t->get('users/me', as => $one)->{status}, 200, '... but its own';
