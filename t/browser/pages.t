#!/usr/bin/perl

# The pages in a real browser: see pages.mjs.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Browser;
use Gavel::Test;
use Test::More;

my $t = Gavel::Test->new->auction('draft', leaders => 2, base => 10);
my $overlay = $t->post('overlay-tokens', { name => 'test' },
                       as => $t->host)->{json}{path};

my @leaders = map { "$_->{name}\@test.gavel" } $t->leaders;

Gavel::Browser::run($t, 'pages', $t->auction_id, $overlay, @leaders,
    Gavel::House::PASSWORD());
