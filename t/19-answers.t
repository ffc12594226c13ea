# Every operation of the API, asked well and badly, by who may and who may
# not: its answer is one that the document knows, and looks as it says.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

# These end the sessions of who asks.
my $ends = qr/^auth\.(?:logout|change_password|session_revoke)$/;

my $t = Gavel::Test->new(workers => 1)->auction('draft', leaders => 2,
                                                lots => 4);
my $id = $t->auction_id;
my ($kim, $lee) = $t->leaders;
my $boss = $t->user('boss', 'admin', 'seller');

my $doc = $t->get('openapi.json')->{json};

$kim->bid(100);
$lee->bid(110);

my $link = $t->host->post('overlay-tokens', { name => 'OBS' })->{json};
my $line = $kim->post("auctions/$id/comments", { comment => 'hi' })->{json};

my %there = (auction_id => $id, lot_id => ($t->lots)[0], user => $kim->id,
             team_id => ($t->teams)[0], user_id => $lee->id,
             comment_id => $line->{id}, token => $link->{token},
             token_id => $link->{id});

# What a parameter is: as the document's example has it, null, of another
# type, and as large as can be.
my %kinds = (
    good => sub { $_[0] },
    none => sub { undef },
    odd  => sub { { a => [1] } },
    huge => sub { 9007199254740991 },
);

open my $answers, '>', $t->dir . '/answers' or die $!;
my %failed;

for my $path (sort keys %{ $doc->{paths} }) {
    next if $path =~ /stream$/;

    for my $method (sort keys %{ $doc->{paths}{$path} }) {
        my $op = $doc->{paths}{$path}{$method};
        next if $op->{operationId} =~ $ends;

        for my $kind (sort keys %kinds) {
            ask($path, $method, $op, $kind, $_)
                for $t->host, $kim, $boss, undef;
        }
    }
}

close $answers;

is join("\n", sort keys %failed), '', 'no answer is an error of ours';

open my $f, '>', $t->dir . '/openapi.json' or die $!;
print $f Gavel::Http::encode($doc);
close $f;

my $said = `node $Gavel::Test::ROOT/t/lib/answers.mjs @{[
    $t->dir ]}/openapi.json @{[ $t->dir ]}/answers 2>&1`;
is $said, '', 'all answers are as the document says';


sub ask {
    my ($path, $method, $op, $kind, $who) = @_;

    my $make = $kinds{$kind};
    my $content = $op->{requestBody}{content}{'application/json'};
    my $at = $path =~ s/\{(\w+)\}/
        $kind eq 'good' ? $there{$1} \/\/ 1 : 9007199254740991/ger;

    my @query = map {
        my $v = $make->($_->{example});
        $v = join ',', @$v if ref $v eq 'ARRAY';
        "$_->{name}=" . (ref $v ? '%27%22' : $v // '');
    } grep { $_->{in} eq 'query' && ($kind ne 'good' || $_->{required}) }
        @{ $op->{parameters} || [] };

    my $body = !$content ? undef
             : $kind eq 'good' ? $content->{example} // {}
             : { map { $_ => $make->() }
                 keys %{ $content->{schema}{properties} || {} } };

    my $r = $t->http(uc $method, join('?', $at, @query ? join '&', @query : ()),
        as => $who, defined $body ? (json => $body) : ());

    $failed{uc "$method $path: $r->{status} ($kind)"} = 1
        if $r->{status} >= 500;

    print $answers Gavel::Http::encode({ path => $path, method => $method,
        status => $r->{status}, value => $r->{json} }), "\n";
}
