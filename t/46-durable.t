# /readyz says yes only where a commit is kept: on this disk, and on that of
# a standby if one is required.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

my $t = Gavel::Test->new(pg => 'own');

$t->pg->kill;
$t->pg->start('fsync=on');

sub ready_is {
    my ($status, $name, %set) = @_;

    $t->pg->psql("alter system set $_ = '$set{$_}'") for sort keys %set;
    $t->pg->psql('select pg_reload_conf()');

    my $r;
    ok eventually(sub { ($r = $t->get('/readyz'))->{status} == $status }, 20),
        $name;
    return $r;
}

ready_is(200, 'a commit is on the disk');

# Said first: where a commit waits for a standby, ours would wait for ever.

ready_is(503, 'it is off', synchronous_commit => 'off');
ready_is(200, 'local: this disk is enough', synchronous_commit => 'local');

my $r = ready_is(503, 'local: not if a standby is required',
                 synchronous_standby_names => 'another');
like $r->{json}{errors}{durability}, qr/standby/, '... and it says why';

ready_is(200, 'until none is', synchronous_standby_names => '');

$t->finish;
