#!/usr/bin/perl

# Whom a host means: found by address, user name or the beginning of a
# nickname; by hosts only, not often, and nothing else is told of anybody.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use Test::More;

my $t = Gavel::Test->new(rate_limits => 'on');
my ($kim, $lee) = map { $t->user($_) } qw(kim lee);
$t->auction('draft', until => 'draft');
my $host = $t->host;
my $admin = $t->user('boss', 'admin');

$t->sql("update gavel.account set display_name = 'Minji', phone = '+8210', "
        . "full_name = 'Kim Minji' where id = " . $kim->id);
$t->sql("update gavel.account set display_name = 'mino%_' where id = "
        . $lee->id);

sub found {
    my ($q, $who) = @_;
    $q =~ s/([^\w.-])/sprintf '%%%02X', ord $1/ge;
    my $r = $t->get("users/search?q=$q", as => $who // $host);
    return $r->{json}{code} if $r->{status} != 200;
    return join ' ', map { $_->{id} } @{ $r->{json}{results} };
}

is found('kim@test.gavel'), $kim->id, 'by address';
is found('KIM@test.gavel'), $kim->id, '... however it is written';
is found('kim@test'), '', '... but only a whole one';
is found('lee'), $lee->id, 'by user name';
is found('le'), '', '... a whole one';
is found('MIN'), $kim->id . ' ' . $lee->id, 'by how a nickname begins';
is found('inj'), '', '... not by what is in it';
is found('mino%'), $lee->id, 'signs are signs';
is found('%%'), '', '... and no patterns';
is found('m'), 'invalid_params', 'one letter says too little';
is found('minji', $admin), $kim->id, 'an admin may ask';
is found('minji', $lee), 'not_authorized', 'who hosts nothing may not';
is $t->get('users/search?q=minji')->{status}, 401, 'nor a guest';

is_deeply $t->get('users/search?q=minji', as => $host)->{json}{results},
    [ { id => $kim->id, display_name => 'Minji' } ], 'no more is told';

$t->sql("update gavel.account set status = 'banned' where id = " . $lee->id);
is found('lee'), '', 'who is banned is not there';

$t->crowd(15, 'many');
is scalar(split / /, found('many')), 10, 'at most ten';

ok eventually(sub { found('minji') eq 'rate_limited' }, 10), 'who asks on and on has to wait';
is found('minji', $admin), $kim->id, 'others do not';

$t->finish;
