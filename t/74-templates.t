# Auctions made from templates and from each other.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

my $t = Gavel::Test->new->auction('draft', leaders => 2, lots => 2,
    until => 'draft', rules => { start_budget => 700, min_price => 5 });
my $host = $t->host;
my $id = $t->auction_id;
my $other = $t->user('other', 'seller');
my $member = $t->user('member', 'member');
my $r;

sub code_is {
    my ($r, $status, $code, $name) = @_;
    is "$r->{status} " . ($r->{json}{code} // ''), "$status $code", $name
        or diag $r->{body};
}

sub lots {
    my ($auction) = @_;
    return @{ $host->get("auctions/$auction/lots?page_size=1000")
              ->{json}{results} };
}

sub teams {
    my ($auction) = @_;
    return @{ $host->get("auctions/$auction/teams")->{json}{results} };
}

$t->must("auctions/$id/teams", { name => 'Rich', budget => 900, slots => 1 });
$host->patch('lots/' . ($t->lots)[0], { description => 'As it was.',
                                        attributes => { tier => 'gold' } });
$t->must("auctions/$id/lots/reorder", { lots => [ reverse $t->lots ] });


# --- a clone ---

code_is $other->post("auctions/$id/clone", {}), 404, 'not_found',
    'a draft of somebody else';
code_is $member->post("auctions/$id/clone", {}), 403, 'not_authorized',
    'nor for who makes no auctions';

$r = $host->post("auctions/$id/clone", { title => 'Again' });
is $r->{status}, 201, 'a clone' or diag $r->{body};
my $clone = $r->{json};
is $r->{headers}{location}, "/api/v1/auctions/$clone->{id}", 'its address';
is $clone->{title}, 'Again', 'with a title of its own';
is $clone->{mode}, 'team_draft', 'the mode';
is $clone->{status}, 'draft', 'a draft';
is $clone->{rules}{start_budget}, 700, 'the rules';
is $clone->{starts_at}, undef, 'without its time';

is_deeply [ map { "$_->{title} $_->{base_price}" } lots($clone->{id}) ],
    ['Lot 2 100', 'Lot 1 100'], 'its lots, in their order';
my ($copy) = grep { $_->{title} eq 'Lot 1' } lots($clone->{id});
is_deeply [ $copy->{description}, $copy->{attributes} ],
    ['As it was.', { tier => 'gold' }], 'with their texts';
isnt $copy->{item_id}, (grep { $_->{title} eq 'Lot 1' } lots($id))[0]{item_id},
    'items of their own';

is_deeply [ map { [ @$_{qw(name budget slots leader_id)} ] }
            teams($clone->{id}) ],
    [ ['Team 1', 700, 2, undef], ['Team 2', 700, 2, undef],
      ['Rich', 900, 1, undef] ], 'its teams, without leaders';

$r = $host->post("auctions/$id/clone", { with_teams => 'leaders',
    with_lots => JSON::PP::false, rules => { start_budget => 300 } });
is $r->{status}, 201, 'another' or diag $r->{body};
is $r->{json}{title}, 'An auction', 'with the same title';
is $r->{json}{rules}{min_price}, 5, 'its rules';
is scalar lots($r->{json}{id}), 0, 'no lots';
is_deeply [ map { [ @$_{qw(budget leader_id)} ] } teams($r->{json}{id}) ],
    [ (map { [ 300, $_->{id} ] } $t->leaders), [ 900, undef ] ],
    'leaders, and what the new rules give them';

is scalar teams($host->post("auctions/$id/clone", { with_teams => 'none' })
                ->{json}{id}), 0, 'or no teams';

code_is $host->post("auctions/$id/clone", { rules => { min_price => -1 } }),
    422, 'invalid_rules', 'rules are looked at';

$t->must("auctions/$id/publish");
code_is $other->post("auctions/$id/clone", {}), 403, 'not_authorized',
    'what everybody sees is not everybody\'s to copy';


# --- templates ---

$r = $host->post("auctions/$id/template", { name => 'Friday' });
is $r->{status}, 201, 'a template' or diag $r->{body};
my $template = $r->{json};
is_deeply [ @$template{qw(name mode lots teams)} ],
    ['Friday', 'team_draft', 2, 3], 'what it has';
code_is $host->post("auctions/$id/template", { name => 'Friday' }), 409,
    'already_exists', 'a name is used once';
code_is $other->post("auctions/$id/template", { name => 'Mine' }), 403,
    'not_authorized', 'by the host alone';

$r = $host->get('templates');
is_deeply [ map { $_->{name} } @{ $r->{json}{results} } ], ['Friday'],
    'the list' or diag $r->{body};
is $other->get('templates')->{json}{count}, 0, 'each has his own';
$r = $host->get("templates/$template->{id}");
is $r->{json}{content}{lots}[1]{title}, 'Lot 1', 'one with its content';
code_is $other->get("templates/$template->{id}"), 404, 'not_found',
    'not for others';
code_is $t->get('templates'), 401, 'not_authenticated', 'nor for guests';

$r = $host->post('auctions', { title => 'From it', rules => { min_price => 9 },
    template_id => $template->{id} },
    headers => { 'Idempotency-Key' => 'once' });
is $r->{status}, 201, 'an auction from a template' or diag $r->{body};
my $made = $r->{json};
is_deeply [ $made->{mode}, @{ $made->{rules} }{qw(min_price start_budget)} ],
    ['team_draft', 9, 700], 'its rules, and one of its own';
is scalar lots($made->{id}), 2, 'its lots';
is scalar teams($made->{id}), 3, 'its teams';

$r = $host->post('auctions', { title => 'From it', rules => { min_price => 9 },
    template_id => $template->{id} },
    headers => { 'Idempotency-Key' => 'once' });
is $r->{json}{id}, $made->{id}, 'the same request again is the same auction';
is scalar lots($made->{id}), 2, 'with its lots once';

code_is $other->post('auctions', { title => 'x',
    template_id => $template->{id} }), 404, 'not_found',
    'a template of somebody else';
code_is $host->post('auctions', { title => 'x', template_id =>
    $template->{id}, rules => { start_budget => 'much' } }), 422,
    'invalid_rules', 'rules are looked at here, too';

is $host->delete("templates/$template->{id}")->{status}, 204, 'forgotten';
code_is $host->delete("templates/$template->{id}"), 404, 'not_found', 'once';


# --- goods, many of them ---

my $many = $host->post('auctions', { title => 'Many', mode => 'live' })
    ->{json}{id};
$r = $t->http('POST', "auctions/$many/lots/import", as => $host, timeout => 60,
    body => "title,base_price,reserve,buy_now,pot\nA vase,10,50,90,2\n"
            . join('', map { "Lot $_,$_\n" } 1 .. 600),
    headers => { 'Content-Type' => 'text/csv' });
is $r->{json}{added}, 601, 'six hundred lots and one' or diag $r->{body};

$r = $t->http('POST', "auctions/$many/clone", as => $host, timeout => 60,
    json => {});
is $r->{status}, 201, 'cloned' or diag $r->{body};
is_deeply [ map { $_->{title} } lots($r->{json}{id}) ],
    ['A vase', map { "Lot $_" } 1 .. 600], 'all of them, in order';
is_deeply [ $t->sql_rows("select reserve, buy_now, pot from gavel.lot_terms "
                         . "where lot_id = " . (lots($r->{json}{id}))[0]{id}) ],
    [ [50, 90, 2] ], 'and what they are offered at';
unlike $t->get("auctions/$many/lots", as => $host)->{body}, qr/"reserve":50/,
    'a reserve is in no list';

my $csv = $t->get("auctions/$many/lots/export", as => $host)->{body};
like $csv, qr/A vase,.*,10,50,90,/, 'but in the file of the host';
$r = $t->http('POST', "auctions/$many/lots/import", as => $host, timeout => 60,
    body => $csv, headers => { 'Content-Type' => 'text/csv' });
is $r->{json}{unchanged}, 601, 'which changes nothing when it comes back'
    or diag substr $r->{body}, 0, 1000;


# --- how long a lot is open ---

$t->must("auctions/$clone->{id}/lots", { title => 'Short',
                                         duration_ms => 77_000 });
my $third = $host->post("auctions/$clone->{id}/clone", {})->{json}{id};
is $t->sql("select max(public::json #>> '{data,duration_ms}')
            from gavel.event where auction_id = $third"), 77_000,
    'what a lot had for itself goes along';
