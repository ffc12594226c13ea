#!/usr/bin/perl

# The log: an accepted command gets its first answer for ever, a refusal is
# judged anew, another body under an old request id is told apart.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use Test::More;

my $t = Gavel::Test->new->auction('draft', leaders => 2, lots => 2);
my ($kim, $lee) = $t->leaders;
my $id = $t->auction_id;

is $kim->bid(100, request_id => 'kim-1')->{status}, 201,
    'a first bid at the base price stands';
is $lee->bid(105, request_id => 'lee-1')->{code}, 'too_low',
    'less than a step is too low';
is $lee->bid(110, request_id => 'lee-1')->{status}, 201,
    'a refused request id may be used again';

my $seq = $t->log_length;
my $again = $kim->bid(100, request_id => 'kim-1');

is $again->{ok}, JSON::PP::true(), 'a repeated request is answered as before';
is $again->{price}, 100, 'with what it was told then';
is $t->log_length, $seq, 'and nothing is written';

is $kim->bid(120, request_id => 'kim-1')->{code}, 'request_id_reused',
    'another amount under the same id is another request';
is $lee->bid(120)->{code}, 'already_leading', 'the leader cannot raise himself';

is $t->sql("select count(*) from gavel.bid where auction_id = $id"), 2,
    'both bids have their row';
is $t->sql("select held from gavel.team where leader_id = " . $lee->id), 110,
    'the leader\'s points are held';
is $t->sql("select held from gavel.team where leader_id = " . $kim->id), 0,
    'those of who was outbid are free again';

is $t->sql("select count(*) = max(seq) and min(seq) = 1 from gavel.event
             where auction_id = $id"), 't', 'seq has no gap';
is $t->sql("select status from gavel.auction where id = $id"), 'live',
    'the list knows that it is live';

