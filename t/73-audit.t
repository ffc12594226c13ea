# The audit log: what was done with special rights, read by admins only.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

my $t = Gavel::Test->new;
my $boss = $t->user('boss', 'admin');
my $kim = $t->user('kim');

is $t->get('admin/audit')->{status}, 401, 'not for guests';
is $kim->get('admin/audit')->{json}{code}, 'not_authorized', 'nor members';

$boss->post('admin/points/grants', { user_id => 0 + $kim->{id},
    amount => $_, reason => "gift $_" }) for 1 .. 3;
$boss->patch("admin/users/$kim->{id}", { roles => [qw(member seller)] });

my $r = $boss->get("admin/audit?target=user:$kim->{id}")->{json};

is $r->{count}, 4, 'all that was done to a person';
is $r->{results}[0]{action}, 'user.update', 'the last first';
is $r->{results}[1]{detail}{reason}, 'gift 3', 'and why';
is $r->{results}[1]{actor}{id}, $boss->{id}, '... and by whom';
ok $r->{results}[1]{ip}, '... and from where';

$r = $boss->get("admin/audit?action=points.&page_size=2")->{json};
is $r->{count}, 3, 'of one kind';
is scalar @{ $r->{results} }, 2, '... two on a page';
$r = $boss->get("admin/audit?action=points.&page_size=2"
    . "&cursor=$r->{next_cursor}")->{json};
is_deeply [ map { $_->{detail}{amount} } @{ $r->{results} } ], [1],
    '... and the rest';
is $boss->get("admin/audit?actor_id=$kim->{id}")->{json}{count}, 0,
    'he did nothing';

for my $bad ('cursor=x', 'actor_id=x', 'page=0', 'target=') {
    is $boss->get("admin/audit?$bad")->{json}{code}, 'invalid_params', $bad;
}

is $boss->post('admin/audit')->{status}, 405, 'nobody writes it';
is $boss->delete('admin/audit')->{status}, 405, '... or deletes it';

# a token that is older than the loss of the role
$t->sql("update gavel.account set roles = 1 where id = $boss->{id}");
is $boss->get('admin/audit')->{json}{code}, 'not_authorized',
    'who is no longer an admin sees nothing';
