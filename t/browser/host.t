#!/usr/bin/perl

# What a host has pages for beside the hammer: people, teams, points, queued
# lots, bids that do not stand, the chat's pace, and being away: see host.mjs.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Browser;
use Gavel::Test;
use Test::More;

my $t = Gavel::Test->new(http => 'gavel_host_grace 1s;')
    ->auction('draft', leaders => 2, lots => 3, base => 10,
              until => 'published', rules => { auto_next_ms => -1 });
my $draft = $t->auction_id;
my @leaders = $t->leaders;
$t->user('newcomer');

$t->auction('live', lots => 2, base => 1000, rules => { retract => 'window',
    retract_ms => 600_000 });

Gavel::Browser::run($t, 'host', $draft, $t->auction_id,
    (map { "$_->{name}\@test.gavel" } @leaders, $t->host),
    Gavel::House::PASSWORD());
