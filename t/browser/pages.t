#!/usr/bin/perl

# The pages in a real browser: see pages.mjs.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use Test::More;

my $t = Gavel::Test->new->auction('draft', leaders => 2, base => 10);
my $overlay = $t->post('overlay-tokens', { name => 'test' },
                       as => $t->host)->{json}{path};

my @leaders = map { "$_->{name}\@test.gavel" } $t->leaders;

open my $node, '-|', 'node', 't/browser/pages.mjs',
    'http://127.0.0.1:' . $t->node->port, $t->auction_id, $overlay, @leaders,
    Gavel::House::PASSWORD() or die "node: $!";

while (<$node>) {
    chomp;

    if (/^(not )?ok \d+ - (.*)/) {
        ok !$1, $2;
    } elsif (/^# /) {
        diag $_;
    }
}

ok close $node, 'the browser ran to its end';
