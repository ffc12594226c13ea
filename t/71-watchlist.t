# What people keep an eye on: auctions and lots, once each, seen by nobody
# else.

use strict;
use warnings;
use Test::More;
use Gavel::Test;
use Time::HiRes qw(time);

my $t = Gavel::Test->new->auction('live', until => 'published',
    starts_at => Gavel::House::iso(time + 3600));
my $id = $t->auction_id;
my ($lot) = $t->lots;
my $host = $t->host;
my ($kim, $lee) = ($t->user('kim'), $t->user('lee'));
my $r;

sub code_is {
    my ($r, $status, $code, $name) = @_;

    is $r->{status}, $status, $name or diag $r->{body};
    is $r->{json}{code}, $code, "... $code" or diag $r->{body};
}

sub ok_is {
    my ($r, $status, $name) = @_;

    is $r->{status}, $status, $name or diag $r->{body};

    return $r->{json};
}


# --- one by one ---

code_is $t->get('watchlist'), 401, 'not_authenticated', 'no list of guests';
code_is $t->put("watchlist/auctions/$id"), 401, 'not_authenticated',
    'nothing to watch for them';
is $kim->get('watchlist')->{json}{count}, 0, 'a list begins empty';

$r = ok_is $kim->put("watchlist/auctions/$id"), 200, 'an auction';
ok $r->{watching}, '... is watched';
is $r->{watchers}, 1, '... by one';
ok_is $kim->put("watchlist/auctions/$id"), 200, 'again';
ok_is $kim->post("watchlist/auctions/$id"), 200, 'by POST';
is ok_is($kim->post("/api/auctions/$id/watch/", {}), 200, 'as S3 does it')
    ->{watchers}, 1, 'still once';
is ok_is($lee->put("watchlist/auctions/$id"), 200, 'by another')->{watchers},
    2, '... now by two';
is ok_is($kim->put("watchlist/lots/$lot"), 200, 'a lot')->{lot_id}, $lot,
    '... this one';

$r = ok_is $kim->get('watchlist'), 200, 'the list';
is $r->{count}, 2, 'of two';
is_deeply [ map { $_->{kind} } @{ $r->{results} } ], [ 'lot', 'auction' ],
    'the newest first';
is $r->{results}[0]{lot}{title}, 'Lot 1', 'a lot with its title';
is $r->{results}[0]{auction}{id}, $id, '... and its auction';
is $r->{results}[1]{lot}, undef, 'an auction without a lot';
is $r->{results}[1]{auction}{status}, 'scheduled', '... as it stands';
is $r->{results}[1]{watchers}, 2, '... and how many watch it';
is $lee->get('watchlist')->{json}{count}, 1, 'others have others';
is $kim->get('watchlist?kind=lot')->{json}{count}, 1, 'lots only';
is $kim->get('watchlist?kind=auction')->{json}{count}, 1, 'auctions only';
is ok_is($kim->get('/api/auctions/watchlist/'), 200, 'as S3 asks')->{count},
    2, '... the same';

is ok_is($t->get("auctions/$id?include=watchers"), 200, 'an auction')
    ->{watchers}, 2, '... says how many watch it';
ok $kim->get("auctions/$id?include=watchers")->{json}{watching},
    '... and whether he does who asks';
ok !$host->get("auctions/$id?include=watchers")->{json}{watching}, '... or not';
ok !exists $t->get("auctions/$id")->{json}{watchers}, '... when asked';


# --- what is wrong ---

code_is $kim->put('watchlist/auctions/999999'), 404, 'not_found',
    'an auction that is none';
code_is $kim->put('watchlist/lots/999999'), 404, 'not_found',
    'a lot that is none';
code_is $kim->put('watchlist/auctions/x'), 404, 'unknown_path', 'no number';
code_is $kim->get('watchlist?kind=x'), 422, 'invalid_params', 'no kind';
code_is $kim->get('watchlist?cursor=x'), 422, 'invalid_params', 'no cursor';

my $draft = $host->post('auctions', { title => 'Secret',
    starts_at => Gavel::House::iso(time + 3600), lots => [{ title => 'x' }] })
    ->{json}{id};

code_is $kim->put("watchlist/auctions/$draft"), 404, 'not_found',
    'a draft is not seen';
ok_is $host->put("watchlist/auctions/$draft"), 200, '... but by its owner';
ok_is $host->post("auctions/$draft/publish"), 200, 'it is announced';
ok_is $kim->put("watchlist/auctions/$draft"), 200, '... and watched';
is $host->delete("auctions/$draft")->{status}, 204, 'it is put away';
is $kim->get('watchlist')->{json}{count}, 2, '... and in no list';
is $kim->delete("watchlist/auctions/$draft")->{status}, 204,
    '... but can be let go';


# --- no longer ---

is $kim->delete("/api/auctions/$id/watch/")->{status}, 204, 'no longer';
is $kim->delete("watchlist/auctions/$id")->{status}, 204, 'not again';
is $kim->get('watchlist')->{json}{count}, 1, 'the lot is left';
is $lee->get('watchlist')->{json}{count}, 1, 'others go on';
is $kim->delete("watchlist/lots/$lot")->{status}, 204, 'nor the lot';
is $kim->get('watchlist')->{json}{count}, 0, 'nothing is left';


# --- pages ---

$t->sql("insert into gavel.auction (owner_id, mode, title, status, card) "
        . "select $host->{id}, 'timed', 'Many ' || i, 'scheduled', "
        . "'{\"id\":' || i || '}' "
        . "from generate_series(1, 5) i");
$t->sql("insert into gavel.watch (account_id, auction_id) "
        . "select $lee->{id}, a.id from gavel.auction a "
        . "where a.title like 'Many %' order by a.id");

$r = $lee->get('watchlist?page_size=4')->{json};
is $r->{count}, 6, 'six';
is scalar @{ $r->{results} }, 4, '... four on a page';
like $r->{next}, qr/page=2/, '... and another page';
is scalar @{ $lee->get('watchlist?page_size=4&page=2')->{json}{results} }, 2,
    'two on the next';
is scalar @{ $lee->get("watchlist?page_size=4&cursor=$r->{next_cursor}")
    ->{json}{results} }, 2, '... by its cursor, too';

$t->sql("insert into gavel.watch (account_id, auction_id, lot_id) "
        . "select $kim->{id}, $id, -i from generate_series(1, 1000) i");
code_is $kim->put("watchlist/auctions/$id"), 409, 'limit_reached',
    'a thousand are enough';
