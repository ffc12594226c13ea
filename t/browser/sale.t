#!/usr/bin/perl

# Money sales: maxima, reserves, sealed rounds, falling prices, offers, files,
# and a new auction: see sale.mjs.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Browser;
use Gavel::Test;
use Test::More;

my $t = Gavel::Test->new;
my @people = map { $t->user($_) } qw(leader1 leader2);

sub sale {
    my ($lots, %rules) = @_;

    $t->auction('live', lots => 0, until => 'draft', rules => \%rules);
    my $id = $t->auction_id;
    $t->must("auctions/$id/lots", $_) for @$lots;
    $t->must("auctions/$id/publish");
    $t->must("auctions/$id/start");

    return $id;
}

my $open = sale([{ title => 'A camera', base_price => 1000, reserve => 50000 },
                 { title => 'A watch', base_price => 1000, buy_now => 9000 }]);
my $dutch = sale([{ title => 'Tulips', base_price => 1000,
                    ceiling => 100_000 }],
                 format => 'dutch', dutch_drop => 100, dutch_every_ms => 500);

# the newest of a host's lives is what his overlays show
my $sealed = sale([{ title => 'A vase', base_price => 500 }],
                  format => 'sealed');

$t->auction('timed', lots => 3, base => 1000, until => 'started',
    ends_at => Gavel::House::iso(time + 3600));
my $timed = $t->auction_id;

my $overlay = $t->post('overlay-tokens',
    { name => 'test' }, as => $t->host)->{json}{path};

Gavel::Browser::run($t, 'sale', $open, $sealed, $dutch, $timed, $overlay,
    (map { "$_->{name}\@test.gavel" } @people, $t->host),
    Gavel::House::PASSWORD());
