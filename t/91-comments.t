# The chat of an auction: everybody sees each line once and in order, on all
# workers and nodes; history, slow mode, mutes, moderators, deletions.

use strict;
use warnings;
use utf8;
use Test::More;
use Gavel::Test;
use Time::HiRes qw(time);

my $t = Gavel::Test->new(nodes => 2, workers => 2, redis => 'own')
    ->auction('live');
my $id = $t->auction_id;
my $host = $t->host;
my ($kim, $lee, $mod) = map { $t->user($_) } qw(kim lee mod);

sub chat {
    my ($ws, %o) = @_;
    $o{last_seq} //= undef;
    $ws->subscribe(channel => "chat:$id", fresh => 1,
                   defined $o{last_seq} ? (last_seq => $o{last_seq}) : ());
    $ws->{snapshot} = $ws->expect('snapshot') if !$ws->{subscribed}{resumed};
    return $ws;
}

sub say_ {
    my ($who, $text, %o) = @_;
    return $who->post("auctions/$id/comments", { comment => $text, %o });
}

# The lines that came, until there are n.
sub lines {
    my ($ws, $n, $seconds) = @_;

    my $end = time + ($seconds // 10);
    my @lines = @{ $ws->{lines} //= [] };

    while (@lines < $n && time < $end) {
        my $m = $ws->expect('event', timeout => $end - time) // last;
        push @{ $ws->{lines} }, $m->{event} if $m->{channel} eq "chat:$id";
        @lines = @{ $ws->{lines} };
    }

    return @lines;
}


# --- a line ---

my @watchers = map { chat($t->ws(node => $_ % 2)) } 0 .. 3;
is_deeply $watchers[0]{snapshot}{state}, { comments => [], slow_mode => 0 },
    'a chat begins empty';

my $r = say_($kim, '안녕 "people" \\o/');
is $r->{status}, 201, 'a line is stored';
is $r->{json}{seq}, 1, 'it is the first';
is $r->{json}{user}{id}, $kim->id, 'and says whose it is';

for my $ws (@watchers) {
    my ($line) = lines($ws, 1);
    is_deeply $line, $r->{json}, 'all see it as it was stored';
}

my $ws = $lee->ws(node => 1);
$ws->send({ type => 'comment', auction_id => $id, comment => 'hi',
            request_id => 'c1' });
my $ack = $ws->expect('ack', request_id => 'c1');
ok $ack->{ok}, 'by WebSocket, too';
is $ack->{result}{seq}, 2, 'the same row';

$ws->send({ type => 'comment', channel => "chat:$id", comment => 'hi',
            request_id => 'c1' });
is $ws->expect('ack', request_id => 'c1')->{result}{id}, $ack->{result}{id},
    'a repeat is the same line';

$ws->send({ type => 'comment', channel => "chat:$id", comment => 'hello',
            request_id => 'c1' });
is $ws->expect('ack', request_id => 'c1')->{code}, 'request_id_reused',
    'another line is no repeat';

is_deeply [ map { $_->{seq} } lines($_, 2) ], [ 1, 2 ], 'told once'
    for @watchers;

for my $bad ('', '   ', "two\nlines", "bell\a", "\x{85}", 'x' x 501, 7, undef) {
    is say_($kim, $bad)->{status}, 422, 'not a line: '
        . (defined $bad ? substr($bad, 0, 10) =~ s/[^ -~]/?/gr : 'null');
}

is say_($kim, '가' x 500)->{status}, 201, '500 characters are one';
is $t->post("auctions/$id/comments", { comment => 'x' })->{status}, 401,
    'a guest only reads';
is $kim->post('auctions/999999/comments', { comment => 'x' })->{status}, 404,
    'no such auction';


# --- many at once ---

my @crowd = $t->crowd(20, 'fan');
my @fans = map { $_->ws(node => $crowd[0] == $_ ? 0 : 1) } @crowd;
my $sent = 0;

# A worker that was stopped finds them all at once.

my @stopped = $t->workers(1);
kill 'STOP', @stopped;

for my $round (1 .. 15) {
    for my $fan (@fans) {
        $fan->send({ type => 'comment', auction_id => $id,
                     comment => 'line ' . ++$sent, request_id => "l$sent" });
    }
}

kill 'CONT', @stopped;

my @seqs = (1 .. 3 + $sent);

for my $n (0 .. $#watchers) {
    is_deeply [ map { $_->{seq} } lines($watchers[$n], @seqs + 0, 20) ],
        \@seqs, "watcher $n saw every line once and in order";
}

is $t->sql("select count(*) from gavel.comment where auction_id = $id"),
    @seqs + 0, 'and they are stored';
is $t->sql("select count(distinct seq) from gavel.comment "
           . "where auction_id = $id"), @seqs + 0, 'each at its own place';


# --- coming back, looking back ---

my $again = chat($t->ws, last_seq => $#seqs - 4);
ok $again->{subscribed}{resumed}, 'who comes back soon has missed nothing';
is_deeply [ map { $_->{seq} } lines($again, 5) ], [ @seqs[-5 .. -1] ],
    'and gets the rest';

my $late = chat($t->ws, last_seq => 1);
ok !$late->{subscribed}{resumed}, 'who was long away begins anew';
is $late->{subscribed}{reason}, 'gap', 'and is told why';
is_deeply [ map { $_->{seq} } @{ $late->{snapshot}{state}{comments} } ],
    [ @seqs[-50 .. -1] ], 'with the last fifty';

my $ahead = chat($t->ws, last_seq => 100000);
is $ahead->{subscribed}{reason}, 'epoch', 'a place that never was';

my ($cursor, @pages) = '';

do {
    my $page = $t->get("auctions/$id/comments?page_size=50"
                       . ($cursor ? "&cursor=$cursor" : ''))->{json};
    unshift @pages, map { $_->{seq} } @{ $page->{results} };
    $cursor = $page->{next_cursor};
} while ($cursor);

is_deeply \@pages, \@seqs, 'the whole history by pages';


# --- keeping order ---

my $doomed = say_($lee, 'something bad')->{json};
is $kim->delete("comments/$doomed->{id}")->{status}, 403,
    'not anybody may delete';
is $t->delete("comments/$doomed->{id}")->{status}, 401, 'nor a guest';

$r = $host->delete("comments/$doomed->{id}");
is $r->{status}, 200, 'the host may';
is $host->delete("comments/$doomed->{id}")->{status}, 404, 'once';

for my $w (@watchers) {
    my @l = lines($w, @seqs + 2);
    is_deeply [ @{ $l[-1] }{qw(type id seq of)} ],
        [ 'chat.deleted', $doomed->{id}, $doomed->{seq} + 1, $doomed->{seq} ],
        'all are told';
}

my ($gone) = grep { $_->{id} == $doomed->{id} }
             @{ $t->get("auctions/$id/comments")->{json}{results} };
ok $gone->{deleted} && !exists $gone->{comment}, 'the text is out of sight';
is $t->sql("select body from gavel.comment where id = $doomed->{id}"),
    'something bad', 'but the row is there';

my $fresh = chat($t->ws);
($gone) = grep { $_->{id} == $doomed->{id} }
          @{ $fresh->{snapshot}{state}{comments} };
ok $gone->{deleted} && !exists $gone->{comment}, 'also for who comes now';

my $own = say_($lee, 'oops')->{json};
is $lee->delete("comments/$own->{id}")->{status}, 200, 'one may take back';

is $lee->post("auctions/$id/mutes", { user_id => $kim->id })->{status}, 403,
    'not anybody may mute';
is $mod->post("auctions/$id/mutes", { user_id => $lee->id })->{status}, 403,
    'nor who will be a moderator';
is $mod->post("auctions/$id/moderators", { user_id => $mod->id })->{status},
    403, 'or make himself one';
is $host->post("auctions/$id/moderators", { user_id => $mod->id })->{status},
    201, 'the host names a moderator';
is $mod->get("auctions/$id/moderators")->{json}{results}[0]{user}{id},
    $mod->id, 'there he is';
is $mod->post("auctions/$id/mutes", { user_id => $lee->id,
    seconds => 600, reason => 'rude' })->{status}, 201, 'who mutes';
is $mod->post("auctions/$id/mutes", { user_id => $host->id })->{status}, 403,
    'but not the host';

$r = say_($lee, 'hey');
is "$r->{status} $r->{json}{code}", '403 muted', 'the muted cannot write';
ok $r->{headers}{'retry-after'} > 500, 'and knows for how long';
ok $lee->get("auctions/$id/chat")->{json}{muted}, 'also by asking';
is $mod->get("auctions/$id/mutes")->{json}{results}[0]{reason}, 'rude',
    'moderators see who and why';
is $kim->get("auctions/$id/mutes")->{status}, 403, 'others do not';
is $mod->delete("auctions/$id/mutes/" . $lee->id)->{status}, 204, 'forgiven';
is say_($lee, 'thanks')->{status}, 201, 'and back';
is $host->delete("auctions/$id/moderators/" . $mod->id)->{status}, 204,
    'no moderator any more';
is $mod->patch("auctions/$id/chat", { slow_mode => 60 })->{status}, 403,
    'so he may not';

is $host->patch("auctions/$id/chat", { slow_mode => 60 })->{json}{slow_mode},
    60, 'a slow chat';
for my $ws (@watchers) {
    is(($ws->expect('chat.settings', timeout => 5) || {})->{slow_mode}, 60,
       'its followers are told, on every node');
}
$r = say_($lee, 'too soon');
is "$r->{status} $r->{json}{code}", '429 slow_mode', 'one line a minute';
is say_($host, 'calm')->{status}, 201, 'but for the host';
is say_($host, 'down')->{status}, 201, 'as often as he wants';
is $host->patch("auctions/$id/chat", { slow_mode => -1 })->{status}, 422,
    'no slower than still';
$host->patch("auctions/$id/chat", { slow_mode => 0 });


# --- a draft's chat is its owner's ---

my $draft = $host->post('auctions', { mode => 'live', title => 'later' });
my $secret = $draft->{json}{id};
is $lee->post("auctions/$secret/comments", { comment => 'x' })->{status}, 404,
    'nobody writes in a draft';
my $curious = $lee->ws;
$curious->send({ type => 'subscribe', channel => "chat:$secret" });
is $curious->expect('error')->{code}, 'not_found', 'or follows it';
my $owner = $host->ws;
$owner->send({ type => 'subscribe', channel => "chat:$secret" });
ok $owner->expect('subscribed'), 'but its owner';
$owner->send({ type => 'unsubscribe', channel => "chat:$secret" });
ok $owner->expect('unsubscribed'), 'who leaves';


# --- what dies ---

my $end = $t->sql("select seq from gavel.chat where auction_id = $id");

$t->kill_a_worker(0);

is say_($kim, 'still here')->{status}, 201, 'after a worker died';
my @left = grep { 1 while defined $_->recv(0.05); !$_->{closed} } @watchers;
ok eventually(sub {
    my ($one) = grep { $_->{event} && $_->{event}{seq} == $end + 1 }
                @{ $left[-1]{seen} };
    $left[-1]->recv(0.2) if !$one;
    return $one;
}, 10), 'those who are left see it' if @left;

$t->kill_redis;

my $dark = chat($t->ws(node => 1));
is say_($kim, 'in the dark')->{status}, 201, 'without Redis, too';
my ($line) = lines($dark, 1);
is $line->{comment}, 'in the dark', 'and other workers find it';

$t->restart_redis;
is say_($lee, 'light')->{status}, 201, 'and with it again';
is +(lines($dark, 2))[1]{comment}, 'light', 'all goes on';
