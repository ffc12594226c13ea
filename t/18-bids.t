# Bids over REST, by all their paths, and looking back at them.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

my $t = Gavel::Test->new->auction('live', lots => 2,
    rules => { ladder => [[0, 10]] });
my $id = $t->auction_id;
my ($lot, $second) = $t->lots;
my ($kim, $lee, $park) = map { $t->user($_) } qw(kim lee park);

my $r;

sub code_is {
    my ($r, $status, $code, $name) = @_;

    is $r->{status}, $status, $name or diag $r->{body};
    is $r->{json}{code}, $code, "... $code" or diag $r->{body};
}


# --- by every path ---

$r = $kim->post("auctions/$id/bids", { amount => 100, lot_id => $lot });
is $r->{status}, 201, 'a bid' or diag $r->{body};
is $r->{json}{price}, 100, 'its price';
is $r->{json}{min_next}, 110, 'the least raise';
ok $r->{json}{seq}, 'its place';
ok $r->{json}{ends_at}, 'and the end';

is $lee->post("auctions/$id/bid", { amount => 110 })->{status}, 201, 'S2';
is $kim->post('bids', { auction_id => 0 + $id, amount => 120 })->{status}, 201,
    'S3';
is $lee->post('/api/bids/', { auctionId => 0 + $id, bid => 130,
    userId => 0 + $lee->{id} })->{status}, 201, 'and in other words';
code_is $lee->post('bids', { auction_id => 0 + $id, amount => 999,
    userId => 0 + $kim->{id} }), 403, 'not_authorized', "in another's name";


# --- refusals ---

code_is $t->post("auctions/$id/bids", { amount => 200 }), 401,
    'not_authenticated', 'a guest';
code_is $lee->post("auctions/$id/bids", { amount => 200 }), 409,
    'already_leading', 'the leader';
$r = $kim->post("auctions/$id/bids", { amount => 135 });
code_is $r, 422, 'too_low', 'too low';
is $r->{json}{min_next}, 140, '... and what would do';
code_is $t->host->post("auctions/$id/bids", { amount => 200 }), 403,
    'own_auction', 'the host';
code_is $kim->post("auctions/$id/bids", { amount => 200, lot_id => $second }),
    409, $_, 'a lot that is not open' for 'wrong_lot';
code_is $kim->post('auctions/999/bids', { amount => 200 }), 404, 'not_found',
    'no such auction';

for my $bad ('0', '-5', '1.5', '"200"', '1e3', '9007199254740992', 'true',
             '[200]', '{}', '""')
{
    $r = $t->http('POST', "auctions/$id/bids", as => $kim,
        body => "{\"amount\":$bad}",
        headers => { 'Content-Type' => 'application/json' });
    code_is $r, 422, 'invalid_amount', "an amount of $bad";
}

is $t->get("auctions/$id/bids")->{json}{count}, 4, 'no refusal is a bid';


# --- once ---

my %key = (headers => { 'Idempotency-Key' => 'again' });
my $first = $kim->post("auctions/$id/bids", { amount => 200 }, %key);

is $first->{status}, 201, 'a bid with a key';
$r = $kim->post("auctions/$id/bids", { amount => 200 }, %key);
is $r->{status}, 201, 'again';
is $r->{json}{seq}, $first->{json}{seq}, '... the same answer';
code_is $kim->post("auctions/$id/bids", { amount => 210 }, %key), 422,
    'request_id_reused', 'another bid with its key';
$r = $kim->post("auctions/$id/bids", { amount => 200, request_id => 'again' });
is $r->{json}{seq}, $first->{json}{seq}, 'the key may stand in the body';


# --- looking back ---

$r = $t->get("auctions/$id/bids?page_size=2")->{json};
is $r->{count}, 5, 'all bids';
is_deeply [ map { $_->{amount} } @{ $r->{results} } ], [ 200, 130 ],
    'the newest first';
is $r->{results}[0]{state}, 'leading', 'one leads';
is $r->{results}[1]{state}, 'outbid', 'others do not';
is $r->{results}[0]{bidder}{id}, $kim->{id}, 'whose it is';
$r = $t->get("auctions/$id/bids?page_size=2&cursor=$r->{next_cursor}")->{json};
is_deeply [ map { $_->{amount} } @{ $r->{results} } ], [ 120, 110 ],
    'and on';
code_is $t->get("auctions/$id/bids?cursor=x"), 422, 'invalid_params',
    'no cursor';
is $t->get("/api/bids/?auction_id=$id")->{json}{count}, 5, 'S3';

for my $path ("/api/auctions/$id/", "/api/auctions/$id") {
    $r = $t->get($path)->{json};
    is ref $r->{images}, 'ARRAY', "$path: with images";
    is_deeply [ map { $_->{amount} } @{ $r->{bids} } ],
        [ 200, 130, 120, 110, 100 ], '... and bids' or diag explain $r;
}

ok !exists $t->get("/api/auctions/$id/?include=lots")->{json}{bids},
    'unless other things are asked for';
ok !exists $t->get("auctions/$id")->{json}{bids}, 'only S3 says so';
is $t->get("/api/auctions/$id/lots/")->{status}, 200, 'what is below is as ever';
is $t->get("auctions/$id/bids?lot_id=$second")->{json}{count}, 0,
    'of another lot';

for my $path ('users/me/bids', '/api/bids/my-bids/', '/api/v1/my/bids') {
    is $kim->get($path)->{json}{count}, 3, "$path: mine";
}

is $kim->get('bids/winning')->{json}{count}, 1, 'where I lead';
is $kim->get('bids/losing')->{json}{count}, 0, 'where I do not';
is $lee->get('bids/losing')->{json}{results}[0]{amount}, 130,
    'my highest counts';
is $park->get('users/me/bids')->{json}{count}, 0, 'no bids';

is $t->host->post("auctions/$id/lots/$lot/close")->{status}, 200, 'the hammer';
is $kim->get('users/me/bids?state=won')->{json}{count}, 1, 'won';
is $lee->get('users/me/bids?state=lost')->{json}{count}, 1, 'lost';
is $kim->get('bids/winning')->{json}{count}, 0, 'nothing is led any more';
code_is $kim->post("auctions/$id/bids", { amount => 300 }), 409,
    'lot_not_open', 'no lot is open';
