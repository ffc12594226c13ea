#!/usr/bin/perl

# A draft with nomination, folds and the host's hands: see draft.mjs.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Browser;
use Gavel::Test;
use Test::More;

my $t = Gavel::Test->new->auction('draft', leaders => 2, lots => 4,
    base => 10, until => 'started', rules => { nomination => 'straight',
    nomination_ms => 600_000, roster_max => 3, auto_next_ms => 0,
    quotas => { top => [0, 1], mid => [0, 2] } });
my $overlay = $t->post('overlay-tokens', { name => 'test' },
                       as => $t->host)->{json}{path};

Gavel::Browser::run($t, 'draft', $t->auction_id, $overlay,
    (map { "$_->{name}\@test.gavel" } $t->leaders, $t->host),
    Gavel::House::PASSWORD());
