# Idempotency-Key: told twice, done once.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

my $t = Gavel::Test->new(nodes => 2)->auction('draft', leaders => 2);
my ($kim, $lee) = map { $t->user($_) } qw(kim lee);

sub profile {
    my ($who, $bio, $key, @o) = @_;
    return $who->put('users/me/profile', { bio => $bio },
                     headers => { 'Idempotency-Key' => $key }, @o);
}

my $first = profile($kim, 'one', 'k1');
is $first->{status}, 200, 'the first';
my $again = profile($kim, 'one', 'k1', node => 1);
is $again->{body}, $first->{body}, 'the same answer, on another node';
is $again->{headers}{etag}, $first->{headers}{etag}, 'nothing was done again';

my $other = profile($kim, 'two', 'k1');
is $other->{status}, 422, 'another body under the same key';
is $other->{json}{code}, 'request_id_reused', 'is told';
is $kim->get('users/me/profile')->{json}{bio}, 'one', 'and not done';

is profile($lee, 'two', 'k1')->{status}, 200, 'a key is its owner\'s';
isnt profile($kim, 'one', 'k2')->{headers}{etag}, $first->{headers}{etag},
    'another key is another call';

is profile($kim, 'x' x 3000, 'k3')->{status}, 422, 'what was refused';
is profile($kim, 'fine', 'k3')->{status}, 200, '... may be tried again';

for my $key ('x' x 65, "a b", "\x{e9}") {
    is profile($kim, 'x', $key)->{json}{code}, 'bad_request', 'no key';
}

is profile($kim, 'x', 'x' x 64)->{status}, 200, '64 characters are';


# --- at once ---

my $version = $t->sql("select version from gavel.account where id = $kim->{id}");
my $body = Gavel::Http::encode({ bio => 'at once' });
my @sockets = map { Gavel::Http::open_socket($t->node($_ % 2)->port) } 1 .. 10;

syswrite $_, "PUT /api/v1/users/me/profile HTTP/1.1\r\nHost: x\r\n"
    . "Connection: close\r\nContent-Type: application/json\r\n"
    . "Authorization: Bearer $kim->{access}\r\nIdempotency-Key: k4\r\n"
    . 'Content-Length: ' . length($body) . "\r\n\r\n$body" for @sockets;

my %answers;
$answers{ Gavel::Http::exchange($_, '', 10)->{body} }++ for @sockets;
is_deeply [ values %answers ], [ 10 ], 'ten at once get one answer';
is $t->sql("select version from gavel.account where id = $kim->{id}"),
    $version + 1, 'of one change';

$t->sql("update gavel.idempotency set created_at = now() - interval '25 hours'");
isnt profile($kim, 'one', 'k1')->{headers}{etag}, $first->{headers}{etag},
    'after a day a key is forgotten';
is $t->sql("select count(*) from gavel.idempotency where account_id = $kim->{id}"),
    1, 'with all the others';


# --- in the log: for ever, and under whichever name ---

my ($one, $two) = $t->leaders;
my $id = $t->auction_id;

my $bid = $one->bid(100, request_id => 'b1');
is $bid->{status}, 201, 'a bid';
is_deeply [ sort keys %$bid ], [ sort qw(bid ends_at epoch min_next ok price
    request_id seq status type) ], 'is answered whole';
is_deeply [ sort keys %{ $bid->{bid} } ], [ sort qw(amount bidder_id id lot_id
    round team_id) ], '... with itself';

is $two->bid(110)->{status}, 201, 'it is outbid';

is_deeply $one->bid(100, request_id => 'b1', node => 1), $bid,
    'the same key gets the first answer, on another node';
my $r = $one->post("auctions/$id/bids", { amount => 100, request_id => 'b1' });
is $r->{json}{seq}, $bid->{seq}, 'also as request_id in the body';
is $one->bid(120, request_id => 'b1')->{code}, 'request_id_reused',
    'another amount is another bid';
is $two->bid(130, request_id => 'b1')->{code}, 'already_leading',
    'a key is its owner\'s';
is $one->bid(115, request_id => 'b2')->{code}, 'too_low', 'a refusal';
is $one->bid(120, request_id => 'b2')->{status}, 201,
    '... is not remembered: its key is free';
is $t->log_length, $t->sql("select count(distinct seq) from gavel.event "
    . "where auction_id = $id"), 'nothing is in the log twice';


# --- what is partly in the catalogue and partly in the log ---

my $anna = $t->user('anna', 'seller');

sub made {
    my ($path, $json, $key, @o) = @_;
    return $anna->post($path, $json, headers => { 'Idempotency-Key' => $key },
                       @o);
}

sub rows { return $t->sql("select count(*) from gavel.$_[0]") }

sub told_twice {
    my ($path, $json, $key, $table) = @_;

    my $first = made($path, $json, $key);
    is $first->{status}, 201, "$path: made";

    my @before = map { rows($_) } @$table;
    my $again = made($path, $json, $key, node => 1);
    is $again->{status}, 201, '... and told again';
    is $again->{body}, $first->{body}, '... the first answer';
    is $again->{headers}{location}, $first->{headers}{location}, '... with its place';
    is_deeply [ map { rows($_) } @$table ], \@before, '... and nothing more is there';

    my $other = made($path, { %$json, ($json->{name} ? 'name' : 'title') => 'B' }, $key);
    is "$other->{status} $other->{json}{code}", '422 request_id_reused',
        '... another body is told';
    is_deeply [ map { rows($_) } @$table ], \@before, '... and not done';

    return $first->{json};
}

my @tables = qw(auction item lot team event);
my $auction = told_twice('auctions', { mode => 'team_draft', title => 'A',
    lots => [ { title => 'one' }, { title => 'two' } ] }, 'c1', \@tables);
my $lot = told_twice("auctions/$auction->{id}/lots", { title => 'A' }, 'c2',
                     \@tables);
my $team = told_twice("auctions/$auction->{id}/teams",
    { name => 'A', user_id => $kim->{id} }, 'c3', \@tables);

$anna->patch("lots/$lot->{id}", { title => 'A new name' });
is made("auctions/$auction->{id}/lots", { title => 'A' }, 'c2')->{json}{title},
    $lot->{title}, 'what came after does not change a first answer';
is made("auctions/$auction->{id}/teams", { name => 'A' }, 'c4')->{status}, 409,
    'under another key a team has a name already';

my @before = map { rows($_) } @tables;
$t->sql("update gavel.idempotency set created_at = now() - interval '25 hours'");
is made("auctions/$auction->{id}/lots", { title => 'A' }, 'c2')->{json}{id},
    $lot->{id}, 'after a day it is still the same lot: the log knows';
is made("auctions/$auction->{id}/teams", { name => 'A', user_id => $kim->{id} },
    'c3')->{json}{id}, $team->{id}, '... and the same team';

$t->sql("update gavel.idempotency set created_at = now() - interval '25 hours'");
is made("auctions/$auction->{id}/lots", { title => 'B' }, 'c2')->{json}{code},
    'request_id_reused', '... another lot under its key is told';
is made("auctions/$auction->{id}/lots", { title => 'A' }, 'c3')->{json}{code},
    'request_id_reused', '... and one under the key of a team';
is_deeply [ map { rows($_) } @tables ], \@before, '... and nothing is left over';

# several commands under one key, as long as it may be

my @lots = map { $_->{id} } @{ $anna->get("auctions/$auction->{id}/lots")
                               ->{json}{results} };

sub order {
    my ($key, @order) = @_;

    my $r = made("auctions/$auction->{id}/lots/reorder", { lots => \@order },
                 'k' x 63 . $key);

    return $r->{json}{code} // join ' ', map { $_->{id} }
        sort { $a->{position} <=> $b->{position} } @{ $r->{json}{results} };
}

is order('a', @lots), "@lots", 'an order of lots';
is order('b', reverse @lots), join(' ', reverse @lots),
    '... and another one, under a key that ends otherwise';

@before = map { rows($_) } @tables;
is order('b', reverse @lots), join(' ', reverse @lots), '... which is told again';
is order('a', reverse @lots), 'request_id_reused', '... but not under the first';
is_deeply [ map { rows($_) } @tables ], \@before, '... and nothing is done';

is $anna->post("auctions/$auction->{id}/cancel", {})->{status}, 200, 'the end';
is $anna->post("auctions/$auction->{id}/lots", { title => 'late' })->{status},
    409, 'a lot that the log refuses';
is rows('item'), $before[1], '... leaves no item';
