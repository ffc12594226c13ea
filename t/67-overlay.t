#!/usr/bin/perl

# Links for OBS: one that shows whichever auction is on, and one that is tied
# to an auction and shows no other.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use Test::More;

my $t = Gavel::Test->new->auction('live', until => 'published');
my $first = $t->auction_id;
my $host = $t->host;
my $draft = $t->auction('live', until => 'draft')->auction_id;
my $lee = $t->user('lee');

sub link_to {
    my ($who, %o) = @_;
    return $who->post('overlay-tokens', { name => 'OBS', %o });
}

sub shown {
    my ($link) = @_;
    my $r = $t->get("overlay/$link->{json}{token}");
    return $r->{json}{auction_id} // $r->{json}{code};
}

my $any = link_to($host);
is $any->{status}, 201, 'a link';
ok exists $any->{json}{auction_id} && !defined $any->{json}{auction_id},
    '... to any';
my $one = link_to($host, auction_id => 0 + $first);
is $one->{json}{auction_id}, $first, 'a link to one';
my $later = link_to($host, auction_id => 0 + $draft);

is link_to($lee, auction_id => 0 + $first)->{json}{code}, 'not_found',
    "not to another's";
is link_to($host, auction_id => 987654)->{json}{code}, 'not_found',
    'nor to none';
is link_to($host, auction_id => 'x')->{json}{code}, 'invalid_params',
    'nor to what is no id';

is shown($_), $first, 'both show it' for $any, $one;
is shown($later), 'not_found', 'a draft is not shown, and nothing instead';

$t->must("auctions/$draft/publish");
$t->must("auctions/$draft/start");
is shown($any), $draft, 'one follows what is on';
is shown($one), $first, 'the other stays';
is shown($later), $draft, 'and this one has begun';

my $new = $host->post("overlay-tokens/$one->{json}{id}/rotate");
is $new->{json}{auction_id}, $first, 'a new token is tied like the old one';
is shown($one), 'not_found', 'the old one ends';
is shown($new), $first, 'the new one shows it';
is_deeply [ map { $_->{auction_id} }
            @{ $host->get('overlay-tokens')->{json}{results} } ],
    [ undef, $first, $draft ], 'the list tells which is which';

$t->must("auctions/$first/cancel");
is shown($new), 'not_found', 'what is cancelled is not shown, nor another';

$t->finish;
