#!/usr/bin/perl

# The calendar in a real browser: see calendar.mjs.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Browser;
use Gavel::Test;
use Test::More;
use Time::HiRes qw(time);

my $t = Gavel::Test->new;
my $host = $t->user('host', 'seller');
my $boss = $t->user('boss', 'admin');

# noon of a day in the middle of this month, so that it is on the page

my @now = gmtime;
my $month = sprintf '%04d-%02d', $now[5] + 1900, $now[4] + 1;
my @ids;

for (['Seen', "$month-15T10:00:00Z"], ['Meets it', "$month-15T11:00:00Z"],
     ['To come', Gavel::House::iso(time + 3 * 86400)])
{
    my $a = $host->post('auctions', { mode => 'live', title => $_->[0],
        starts_at => $_->[1], lots => [{ title => 'x' }] })->{json};
    push @ids, $a->{id};
    $host->post("auctions/$a->{id}/publish");
}

$boss->post('admin/points/grants', { user_id => 0 + $host->{id},
    amount => 25, reason => 'a test' });

Gavel::Browser::run($t, 'calendar', $host->{id}, $ids[0], $ids[2], 'host@test.gavel',
    Gavel::House::PASSWORD());
is $t->sql("select icon from gavel.schedule_entry where auction_id = $ids[2]"),
    'star', 'what was decorated is';
is $host->get('users/me/points/icon')->{json}{balance}, 15, '... and paid';
