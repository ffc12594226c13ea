# Who may do what: every command of the table, by every kind of caller (T-22,
# T-26).  The commands and their examples come from the API's own document.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

my $t = Gavel::Test->new->auction('draft', leaders => 2);

my %rank = (guest => 0, member => 1, seller => 2, admin => 3);
my %bits = (member => 1, seller => 3, admin => 5);
my @commands;

my $paths = $t->get('openapi.json')->{json}{paths};

for my $path (sort keys %$paths) {
    for my $method (sort keys %{ $paths->{$path} }) {
        my $o = $paths->{$path}{$method};
        next if ref $o ne 'HASH';
        push @commands, { method => uc $method, path => $path,
            name => $o->{operationId}, role => $o->{'x-role'},
            body => $o->{requestBody}{content}{'application/json'}{example} };
    }
}

cmp_ok scalar @commands, '>', 50, 'the document knows the commands';
is_deeply [ grep { !defined $rank{ $_->{role} } } @commands ], [],
    'and who may call each';

sub call {
    my ($c, $who, %ids) = @_;

    my $path = $c->{path} =~ s/\{(\w+)\}/$ids{$1} \/\/ 999999/ger;

    return $t->http($c->{method}, $path, as => $who,
        $c->{method} eq 'GET' ? ()
        : (json => { ref $c->{body} eq 'HASH' ? %{ $c->{body} } : (), %ids }));
}


# --- in general ---

my %token = map { $_ => $t->sign({ sub => '999999', roles => $bits{$_} }) }
            keys %bits;

for my $c (@commands) {
    my $name = "$c->{method} $c->{path} ($c->{role})";

    is call($c, undef)->{status}, 401, "$name: no guest"
        if $c->{role} ne 'guest';

    for my $who (grep { $rank{$_} < $rank{ $c->{role} } } qw(member seller)) {
        my $r = call($c, $token{$who});
        is $r->{json}{code}, 'not_authorized', "$name: no $who";
    }

    next if $c->{role} ne 'guest' || $c->{method} ne 'GET';
    unlike call($c, undef)->{status}, qr/^(?:401|403|5..)$/, "$name: anybody";
}


# --- in somebody else's auction ---

my %ids = (auction_id => $t->auction_id, lot_id => ($t->lots)[0],
           team_id => ($t->teams)[0]);
my $stranger = $t->user('stranger', 'seller');
my ($leader) = $t->leaders;

is $leader->bid(100)->{status}, 201, 'a lot with a bid is open';

my $log = $t->log_length;
my $shadow = sub { join "\n", map { join ' ', @$_ } $t->sql_rows(
    "select 'a', id, title, status, version::text from gavel.auction union all "
    . "select 't', id, name, suspended::text, leader_id::text from gavel.team "
    . 'union all '
    . "select 'l', id, status, base_price::text, price::text from gavel.lot "
    . 'order by 1, 2') };
my $before = $shadow->();

# what a bidder, a viewer or a leader may do in somebody else's

my $anybodys = qr/^(?:bid\.(?:place|pass|buy_now|retract)
                     |lot\.(?:fold|nominate)|offer\.(?:accept|decline)
                     |auto_bid\.set|comment\.\w+|watch\.\w+)$/x;

for my $c (grep { $_->{method} ne 'GET' && $_->{role} eq 'member'
                  && $_->{path} =~ /\{(?:auction|lot|team)_id\}/
                  && $_->{name} !~ $anybodys } @commands)
{
    for my $who ([ stranger => $stranger ], [ 'team leader' => $leader ]) {
        my $r = call($c, $who->[1], %ids);
        is $r->{json}{code}, 'not_authorized', "$c->{name}: no $who->[0]"
            or diag $r->{body};
    }
}

is $t->log_length, $log, 'nothing was written';
is $shadow->(), $before, 'nowhere';


# --- the owner ---

is $t->host->bid(200)->{status}, 403, 'the owner does not bid';
is $stranger->bid(200)->{status}, 403, 'nor does who leads no team';
is $leader->bid(200)->{code}, 'already_leading', 'the leader may';
