# The end of an auction's log can be checked by a stranger: the server replays
# it, and signs its head when the auction is settled.

use strict;
use warnings;
use Test::More;
use Gavel::Test;
use Time::HiRes qw(time sleep);

my $t = Gavel::Test->new;
$t->auction('live', lots => 2, rules => { settle_ms => 300 });
my $id = $t->auction_id;
my ($kim, $lee) = ($t->user('kim'), $t->user('lee'));
my ($first, $second) = $t->lots;

sub told { return $t->get("auctions/$id/verify", @_)->{json} }

is $kim->bid(100, lot_id => $first)->{price}, 100, 'a bid';
my $r = $t->put("auctions/$id/auto-bid", { lot_id => $first,
    max_amount => 5000 }, as => $lee);
is $r->{status}, 200, 'a hidden maximum' or diag $r->{body};

my $v = told();
my $head = $t->sql("select encode(head, 'hex') from gavel.log_head "
                   . "where auction_id = $id");
is_deeply [ @{$v}{qw(auction_id status epoch seq head)} ],
    [ $id, 'live', 1, $t->log_length, $head ], 'where the log is';
is_deeply [ @{ $v->{verified} }{qw(ok seq events head)} ],
    [ JSON::PP::true, $v->{seq}, $v->{seq}, $head ], 'and that it is sound';
is $v->{settled}, undef, 'nothing is signed yet';

my $draft = $t->host->post('auctions', { title => 'Mine', mode => 'timed' })
    ->{json}{id};
is $t->get("auctions/$draft/verify")->{status}, 404, 'a draft is its owner\'s';
is $t->get("auctions/$draft/verify", as => $t->host)->{status}, 200,
    'who sees it';
is $t->get('auctions/999999/verify')->{status}, 404, 'nothing there';

$t->must("auctions/$id/lots/$first/close");
$t->must("auctions/$id/end");
sub kept {
    return $t->sql("select jws from gavel.proof where auction_id = "
                   . ($_[0] // $id)) // '';
}

ok Gavel::Test::eventually(sub { kept() }, 20), 'signed, before anybody asks';
ok Gavel::Test::eventually(sub {
    !$t->sql("select count(*) from gavel.outbox where topic = 'proof'");
}, 5), 'and done with';

$v = told();
is $v->{status}, 'settled', 'settled' or diag explain $v;
is $v->{settled}{jws}, kept(), 'that is what is told';
is $v->{settled}{head}, $t->sql("select encode(hash, 'hex') from gavel.event "
    . "where auction_id = $id and seq = $v->{settled}{seq}"), 'its head';

my $url = 'http://127.0.0.1:' . $t->node->port;

sub stranger {
    my $said = `node $Gavel::Test::ROOT/t/lib/proof.mjs $url $id 2>&1`;
    is $?, 0, 'a stranger checks it' or diag $said;
    return eval { Gavel::Http::decode($said) } // {};
}

my $seen = stranger();
ok $seen->{same}, 'the exported log comes to what was signed';
is $seen->{claims}{head}, $v->{settled}{head}, 'that head';
is $seen->{claims}{settled_at}, $v->{settled}{settled_at}, 'that time';

# It is no token.
is $t->get('users/me', as => $v->{settled}{jws})->{status}, 401,
    'nobody is let in by it';

# Another key signs from now on; what was signed stays.
my $keys = $t->keys_dir;
my ($old) = sort glob "$keys/*.pem";
my $new = "$keys/99990101000000-$$.pem";
system("openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 "
       . "-out $new 2> /dev/null") == 0 or die 'no key';
$t->node->reload;
is told()->{settled}{jws}, $v->{settled}{jws}, 'the same when keys changed';
is stranger()->{kid}, $seen->{kid}, 'checked with the key of then';
unlink $new;
$t->node->reload;

# Who was about to sign died: another does, and signs the same.
my $jws = kept();
$t->sql("delete from gavel.proof; insert into gavel.outbox (auction_id, seq, "
        . "topic, created_at) values ($id, $v->{settled}{seq}, 'proof', "
        . "now() + interval '1 hour')");
is told()->{settled}, undef, 'who asks does not sign';
$t->kill_a_worker for 1 .. 2;
$t->sql("update gavel.outbox set created_at = now() where topic = 'proof'");
ok Gavel::Test::eventually(sub { kept() }, 20), 'signed by another worker';
is told()->{settled}{jws}, $jws, '... the same';

# All die when an auction settles.
$t->auction('live', lots => 1, rules => { settle_ms => 300 });
my $next = $t->auction_id;
$t->must("auctions/$next/end");
Gavel::Test::eventually(sub { $t->sql("select status from gavel.auction where "
    . "id = $next") eq 'settled' }, 20);
my @workers = $t->workers;
$t->forgive(@workers);
kill 'KILL', @workers;
ok Gavel::Test::eventually(sub { kept($next) }, 20), 'signed by those who come';
is $t->get("auctions/$next/verify")->{json}{settled}{jws}, kept($next),
    '... and told';

# Who writes into the log is found out, by a worker that has not seen it.
$t->sql("update gavel.event set public = replace(public, '\"amount\":100', "
        . "'\"amount\":101') where auction_id = $id; delete from gavel.proof; "
        . "insert into gavel.outbox (auction_id, seq, topic) "
        . "values ($id, $v->{settled}{seq}, 'proof')");
$t->node->reload;
$v = told();
ok !$v->{verified}{ok}, 'a change is found';
cmp_ok $v->{verified}{seq}, '<', $t->log_length, 'and where';
ok Gavel::Test::eventually(sub { $t->sql("select created_at > now() from "
    . "gavel.outbox where topic = 'proof'") eq 't' }, 20), 'somebody looked';
ok Gavel::Test::eventually(sub { $t->log_text =~ /is not sound/ }, 5),
    'and complained';
is told()->{settled}, undef, 'nothing of it is signed';
