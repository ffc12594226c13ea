# Auctions over REST: from a draft that nobody sees to the end, as a host
# would do it, and as strangers may not.

use strict;
use warnings;
use Test::More;
use Gavel::Test;
use Time::HiRes qw(time);

my $t = Gavel::Test->new;
my $host = $t->user('host', 'seller');
my $other = $t->user('other', 'seller');
my $member = $t->user('member', 'member');
my $boss = $t->user('boss', 'admin');

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


# --- a draft ---

code_is $t->post('auctions', { title => 'x' }), 401, 'not_authenticated',
    'a guest makes none';
code_is $member->post('auctions', { title => 'x' }), 403, 'not_authorized',
    'nor does a member';
code_is $host->post('auctions', {}), 422, 'invalid_params', 'without a title';
code_is $host->post('auctions', { title => 'x', mode => 'dutch' }), 422,
    'invalid_params', 'an unknown mode';
code_is $host->post('auctions', { title => 'x', category_id => 999 }), 422,
    'invalid_params', 'an unknown category';
code_is $host->post('auctions', { title => 'x', images => ['javascript:1'] }),
    422, 'invalid_params', 'an image that is a script';
code_is $host->post('auctions', { title => 'x',
    rules => { clock => { duration_ms => -5 } } }), 422, 'invalid_rules',
    'rules that are none';
code_is $host->post('auctions', { title => 'x', lots => [{ title => '' }] }),
    422, 'invalid_params', 'a lot without a title';

for my $wrong ({ category_id => 999 }, { category_id => 'x' },
               { category_id => {} }, { reserve => 'x' }, { reserve => -1 },
               { buy_now => 2**53 }, { quantity => 10001 }, { pot => [] },
               { role => 5 }, { role => 'x' x 24 })
{
    $r = $host->post('auctions', { title => 'x', lots => [
        { title => 'One', %$wrong } ] });
    code_is $r, 422, 'invalid_params', 'a lot with a wrong '
        . join ' ', keys %$wrong;
    ok $r->{json}{errors}{lots}, '... which is told';
}

is $t->sql("select count(*) from gavel.auction"), 0, 'nothing was made';

$r = $host->post('auctions', { mode => 'live', title => 'Things & <b>more</b>',
    description => 'First.', category_id => 4, images => ['/demo/vase.svg'],
    rules => { currency => 'KRW', min_price => 500 },
    lots => [{ title => 'One', base_price => 100 }, { title => 'Two' }] });
my $auction = ok_is $r, 201, 'a draft with two lots';
my $id = $auction->{id};

is $r->{headers}{location}, "/api/v1/auctions/$id", 'its address';
is $auction->{status}, 'draft', 'it is a draft';
is $auction->{owner}{id}, $host->{id}, 'its owner';
is $auction->{category}, 'electronics', 'its category';
is $auction->{title}, 'Things & <b>more</b>', 'text is text';
is $auction->{rules}{currency}, 'KRW', 'its rules';
is $auction->{lot_count}, 2, 'its lots';

ok_is $host->get("auctions/$id"), 200, 'the host sees it';
ok_is $boss->get("auctions/$id"), 200, 'an admin sees it';

for my $path ("auctions/$id", "auctions/$id/lots", "auctions/$id/teams",
              "auctions/$id/snapshot", "auctions/$id/events",
              "auctions/$id/bids", "auctions/$id/points")
{
    code_is $t->get($path), 404, 'not_found', "a guest does not see $path";
    code_is $other->get($path), 404, 'not_found', 'nor do others';
}

code_is $other->patch("auctions/$id", { title => 'Mine' }), 404, 'not_found',
    'what is not seen cannot be changed';
code_is $other->delete("auctions/$id"), 404, 'not_found', 'nor deleted';
code_is $other->post("auctions/$id/publish"), 404, 'not_found',
    'nor published';
code_is $other->post("auctions/$id/lots", { title => 'x' }), 404, 'not_found',
    'nor filled';
is $t->get('auctions')->{json}{count}, 0, 'it is in no list';
is $host->get('users/me/auctions')->{json}{count}, 1, "but in one's own";


# --- changes ---

$r = $host->get("auctions/$id");
my $etag = $r->{headers}{etag};

like $etag, qr/^"v\d+\.1:3"$/, 'a version and a place in the log';
is $host->get("auctions/$id", headers => { 'If-None-Match' => $etag })
    ->{status}, 304, 'unchanged';

$r = $host->patch("auctions/$id", { title => 'Things',
    description => 'First and last.' }, headers => { 'If-Match' => $etag });
is ok_is($r, 200, 'changed')->{title}, 'Things', 'its title';
code_is $host->patch("auctions/$id", { title => 'Other' },
    headers => { 'If-Match' => $etag }), 412, 'precondition',
    'not what was seen';

# a proxy or gzip makes tags weak, and a client may name several

for my $match ('W/%s', '"x", %s', '"v1",W/%s , "y"', '*') {
    $etag = $host->get("auctions/$id")->{headers}{etag};
    ok_is $host->patch("auctions/$id", { images => [] },
        headers => { 'If-Match' => $match =~ s/%s/$etag/r }), 200,
        "If-Match: $match";
}

code_is $host->patch("auctions/$id", { images => [] },
    headers => { 'If-Match' => 'W/"v1", "x"' }), 412, 'precondition',
    'none of them is of this version';

$r = ok_is $host->patch("auctions/$id", { rules => { currency => 'USD',
    clock => { duration_ms => 20000 } } }), 200, 'other rules';
is $r->{rules}{clock}{duration_ms}, 20000, '... are its rules';
code_is $host->patch("auctions/$id", { rules => { currency => 5 } }), 422,
    'invalid_rules', 'but not any';

code_is $host->post("auctions/$id/publish"), 409, 'not_ready',
    'without a start it cannot be published';

my $start = Gavel::House::iso(time + 3600);
$r = ok_is $host->patch("auctions/$id", { starts_at => $start }), 200,
    'a start';
is $r->{starts_at}, $start, '... at that time';
code_is $host->patch("auctions/$id", { starts_at => 'tomorrow' }), 422,
    'invalid_params', 'a time that is none';


# --- lots ---

my $lots = ok_is($host->get("auctions/$id/lots"), 200, 'lots')->{results};
is_deeply [ map { $_->{title} } @$lots ], [ 'One', 'Two' ], 'in order';
is_deeply [ map { $_->{base_price} } @$lots ], [ 100, 500 ],
    'prices of their own, or the rules\'';

$r = $host->post("auctions/$id/lots", { title => 'Three', base_price => 300,
    image_url => '/demo/watch.svg', attributes => { year => 1968 } });
my $three = ok_is $r, 201, 'another';
is $three->{attributes}{year}, 1968, 'what it is';
is $three->{number}, 3, 'its number';
is $r->{headers}{location}, "/api/v1/lots/$three->{lot_id}", 'its address';

code_is $host->post("auctions/$id/lots", {}), 422, 'invalid_params', 'of what?';
code_is $host->post("auctions/$id/lots", { item_id => 999 }), 422,
    'invalid_params', 'no such item';

$r = ok_is $host->patch("lots/$three->{lot_id}", { title => '3',
    base_price => 350 }), 200, 'a lot changes';
is $r->{title}, '3', 'its title';
is $r->{base_price}, 350, 'its price';
code_is $other->patch("lots/$three->{lot_id}", { title => 'x' }), 404,
    'not_found', 'not by others';

$r = ok_is $host->post("auctions/$id/lots/reorder", { lots =>
    [ $three->{lot_id}, $lots->[1]{lot_id}, $lots->[0]{lot_id} ] }), 200,
    'another order';
is_deeply [ map { $_->{title} } sort { $a->{position} <=> $b->{position} }
            @{ $r->{results} } ], [ '3', 'Two', 'One' ], '... as wanted';

ok_is $host->delete("lots/$lots->[1]{lot_id}"), 200, 'a lot is withdrawn';
is $host->get("lots/$lots->[1]{lot_id}")->{json}{status}, 'withdrawn',
    '... and says so';
code_is $host->get('lots/999'), 404, 'not_found', 'a lot that is none';


# --- on the way ---

ok_is $host->post("auctions/$id/activate"), 200, 'published (S3)';
is ok_is($t->get("auctions/$id"), 200, 'all see it')->{status}, 'scheduled',
    'scheduled';
is $t->get('auctions?status=scheduled')->{json}{count}, 1, 'in a list';
code_is $other->post("auctions/$id/start"), 403, 'not_authorized',
    'others do not start it';
code_is $other->patch("auctions/$id", { title => 'Mine' }), 403,
    'not_authorized', 'nor change it';
code_is $t->post("auctions/$id/start"), 401, 'not_authenticated', 'nor guests';

ok_is $host->put("auctions/$id/start"), 200, 'started (S2)';
is $t->get("auctions/$id")->{json}{status}, 'live', 'live';
is $t->get('auctions/live')->{json}{count}, 1, 'among the live ones';

code_is $host->patch("auctions/$id", { rules => {} }), 409,
    'illegal_transition', 'rules are frozen';
ok_is $host->patch("auctions/$id", { description => 'First and last. New.' }),
    200, 'texts are not';

ok_is $host->post("auctions/$id/next"), 200, 'the next lot';
$r = $t->get("auctions/$id/snapshot")->{json};
is $r->{state}{current_lot_id}, $three->{lot_id}, '... of the new order';

my ($open) = grep { $_->{status} eq 'open' } @{ $r->{state}{lots} };
my $ends = $open->{ends_at};

ok_is $host->post("auctions/$id/extend", { ms => 60000 }), 200, 'more time';
($open) = grep { $_->{status} eq 'open' }
    @{ $t->get("auctions/$id/snapshot")->{json}{state}{lots} };
cmp_ok $open->{ends_at}, 'gt', $ends, '... it ends later';
code_is $host->post("auctions/$id/extend", { ms => 0 }), 422,
    'invalid_params', 'but not no time';

ok_is $host->post("auctions/$id/pause"), 200, 'paused';
is $t->get("auctions/$id")->{json}{status}, 'paused', '... it says so';
ok_is $host->post("auctions/$id/resume"), 200, 'resumed';

my $at = "auctions/$id/lots/$three->{lot_id}";

ok_is $host->post("$at/hold"), 200, 'a lot on hold';
ok_is $host->post("$at/resume"), 200, '... goes on';


# --- the hammer ---

my $kim = $t->user('kim');

ok_is $kim->post("auctions/$id/bids", { amount => 400 }), 201, 'a bid';
code_is $host->patch("auctions/$id", { title => 'Else' }), 409,
    'illegal_transition', 'a title with bids stays';
code_is $host->patch("auctions/$id", { description => 'x' }), 409,
    'illegal_transition', 'a description only grows';
code_is $host->patch("lots/$three->{lot_id}", { title => 'Else' }), 409,
    'illegal_transition', "a lot's too";
code_is $host->delete("auctions/$id"), 409, 'illegal_transition',
    'with bids it is not deleted';

ok_is $host->post("$at/award"), 200, 'awarded (S4)';
$r = $t->get("lots/$three->{lot_id}")->{json};
is $r->{status}, 'sold', 'sold';
is $r->{leader_id}, $kim->{id}, '... to him';
is $r->{price}, 400, '... for that';

ok_is $host->put("auctions/$id/end"), 200, 'ended (S2)';
is $t->get("auctions/$id")->{json}{status}, 'ended', '... it says so';
code_is $host->post("auctions/$id/start"), 409, 'illegal_transition',
    'no second start';

$r = $t->get("auctions/$id?include=lots,teams,bids")->{json};
is scalar @{ $r->{lots} }, 3, 'with lots';
is scalar @{ $r->{bids} }, 1, '... and bids';
is_deeply $r->{teams}, [], '... and no teams';


# --- the log ---

$r = ok_is $t->get("auctions/$id/events?limit=2"), 200, 'events';
is_deeply [ map { $_->{seq} } @{ $r->{results} } ], [ 1, 2 ], 'from the first';
is $r->{results}[0]{type}, 'auction.created', '... on';

my ($after, @seqs) = '0';

while (defined $after) {
    $r = $t->get("auctions/$id/events?limit=5&after=$after")->{json};
    push @seqs, map { $_->{seq} } @{ $r->{results} };
    $after = $r->{next_after};
}

is_deeply \@seqs, [ 1 .. $t->log_length($id) ], 'all of them, once';

$r = $t->get("auctions/$id/events?types=bid.*,lot.sold")->{json};
is_deeply [ map { $_->{type} } @{ $r->{results} } ],
    [ 'bid.accepted', 'lot.sold' ], 'by type';
is scalar @{ $t->get("auctions/$id/events?types=x")->{json}{results} }, 0,
    'of no type';
like $t->get("/api/bid-history/?auction_id=$id")->{json}{results}[0]{hash},
    qr/^[0-9a-f]{64}$/, 'the history of bids, with hashes (S3)';
code_is $t->get("auctions/$id/events?after=9:1"), 409, 'conflict',
    'another epoch';
code_is $t->get("auctions/$id/events?after=x"), 422, 'invalid_params',
    'no place at all';

$r = $t->get("auctions/$id/snapshot");
like $r->{headers}{etag}, qr/^"1:\d+"$/, 'a snapshot says its place';
is $t->get("auctions/$id/snapshot", headers => {
    'If-None-Match' => $r->{headers}{etag} })->{status}, 304, '... unchanged';
is $r->{json}{seq}, $t->log_length($id), '... it is the last';
ok $r->{json}{server_time}, '... and when';


# --- put away ---

$auction = ok_is $host->post('auctions', { title => 'A mistake',
    starts_at => $start, lots => [{ title => 'x' }] }), 201, 'a mistake';
ok_is $host->post("auctions/$auction->{id}/publish"), 200, 'published';
code_is $other->delete("auctions/$auction->{id}"), 403, 'not_authorized', 'not by him';
is $host->delete("auctions/$auction->{id}")->{status}, 204, 'deleted';
code_is $t->get("auctions/$auction->{id}"), 404, 'not_found', 'gone';
is $host->get("auctions/$auction->{id}")->{json}{status}, 'archived',
    'but for its owner';
code_is $host->delete("auctions/$auction->{id}"), 404, 'not_found', 'not again';
is $host->get('users/me/auctions')->{json}{count}, 1, 'in no list';

$auction = ok_is $host->post('auctions', { title => 'No', starts_at => $start,
    lots => [{ title => 'x' }] }), 201, 'one more';
ok_is $host->post("auctions/$auction->{id}/publish"), 200, 'published';
ok_is $host->post("auctions/$auction->{id}/cancel", { reason => 'rain' }), 200,
    'cancelled';
is $t->get("auctions/$auction->{id}")->{json}{status}, 'cancelled', 'it says so';


# --- teams ---

$auction = ok_is $host->post('auctions', { mode => 'team_draft', title => 'Draft',
    starts_at => $start, rules => { start_budget => 500 } }), 201, 'a draft';
$id = $auction->{id};

$r = $host->post("auctions/$id/teams", { name => 'Blue', color => '#00f',
    leader_id => 0 + $kim->{id}, budget => 800, slots => 3 });
my $blue = ok_is $r, 201, 'a team';
is $blue->{budget}, 800, 'its budget';
is $blue->{leader}{id}, $kim->{id}, 'its leader';
is $blue->{slots}, 3, 'its slots';

code_is $host->post("auctions/$id/teams", { name => 'Blue' }), 409,
    'already_exists', 'one of a name';
code_is $host->post("auctions/$id/teams", { name => 'Red',
    leader_id => 9999 }), 422, 'invalid_params', 'no such leader';

my $red = ok_is $host->post("auctions/$id/teams", { name => 'Red' }), 201,
    'another team';
is $red->{budget}, 500, "the rules' budget";

$r = ok_is $host->patch("teams/$red->{team_id}", { name => 'Reds',
    suspended => \1 }), 200, 'a team changes';
is $r->{name}, 'Reds', 'its name';
ok $r->{suspended}, 'suspended';
code_is $host->patch("teams/$red->{team_id}", { name => 'Blue' }), 409,
    'already_exists', 'not to a name that is taken';

$r = ok_is $host->post("teams/$red->{team_id}/leader",
    { user_id => 0 + $member->{id} }), 200, 'a leader';
is $r->{leader_id}, $member->{id}, '... is named';
code_is $other->post("teams/$red->{team_id}/leader",
    { user_id => 0 + $other->{id} }), 404, 'not_found', 'not by others';

ok_is $host->post("auctions/$id/points/grants", { team_id => $blue->{team_id},
    amount => 50, reason => 'a quiz' }), 201, 'points';
$r = ok_is $host->get("auctions/$id/points"), 200, 'purses';
is $r->{results}[0]{available}, 850, 'more to spend';
is $kim->get('users/me/points')->{json}{results}[0]{budget}, 850, 'my points';
is scalar @{ $host->get("auctions/$id/teams")->{json}{results} }, 2, 'teams';
is $host->delete("teams/$red->{team_id}")->{status}, 204, 'a team leaves';


# --- lots that come along have their terms ---

$r = $host->post('auctions', { title => 'Terms', lots => [
    { title => 'One', category_id => 4, reserve => 900, buy_now => 2000,
      role => undef } ] });
ok_is $r, 201, 'a lot with terms';
$r = $host->get("auctions/$r->{json}{id}/lots")->{json}{results}[0];
is $r->{reserve}, 900, '... has its reserve';
is $r->{buy_now}, 2000, '... and its price to buy it at once';

my $before = $host->get('users/me/auctions')->{json}{count};

code_is $host->post('auctions', { title => 'No', lots => [
    { title => 'One' }, { title => 'Two', base_price => 50, buy_now => 1 } ] }),
    422, 'invalid_params', 'a lot with terms that cannot be';
is $host->get('users/me/auctions')->{json}{count}, $before,
    '... leaves nothing behind';


# --- an item in two lots ---

$t->auction('live', lots => 1);

my ($bid_for) = $t->lots;
my $item = $host->get("lots/$bid_for")->{json}{item_id};
my $again = $host->post('auctions', { title => 'Again' })->{json}{id};
my $twin = ok_is $host->post("auctions/$again/lots", { item_id => $item }),
    201, 'an item that is offered elsewhere, too';

ok_is $host->patch("lots/$twin->{id}", { title => 'As it was' }), 200,
    'has other texts';
is $t->user('ann')->bid(100)->{status}, 201, 'somebody bids for it';
code_is $host->patch("lots/$twin->{id}", { title => 'A fake' }), 409,
    'illegal_transition', 'they stay, whichever lot is named';


# --- attributes are shown in lists ---

my %large = (attributes => { map { $_ => 'x' x 1000 } 1 .. 17 });

code_is $host->post("auctions/$again/lots", { title => 'x', %large }), 422,
    'invalid_params', 'attributes of 17 KB';
code_is $host->patch("lots/$twin->{id}", \%large), 422, 'invalid_params',
    '... of a lot that is there';
code_is $host->post('auctions', { title => 'x', lots => [
    { title => 'x', %large } ] }), 422, 'invalid_params', '... that comes along';
code_is $host->put('users/me/profile', { game_stats => $large{attributes} }),
    422, 'invalid_params', '... of a person';
code_is $host->put('users/me/profile', { game_stats => [ 1 ] }), 422,
    'invalid_params', '... that are a list';
