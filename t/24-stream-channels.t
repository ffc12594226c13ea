# A stream of several channels: the auction's events, its chat, what concerns
# oneself; and one place to come back to in all of them.

use strict;
use warnings;
use Test::More;
use Gavel::Test;
use Time::HiRes qw(time);

my $t = Gavel::Test->new(nodes => 2, workers => 1)->auction('live');
my $id = $t->auction_id;
my ($kim, $lee) = map { $t->user($_) } qw(kim lee);

# All that comes until there is one for which this is true.
sub until_ {
    my ($s, $test, $seconds) = @_;

    my ($end, @all) = (time + ($seconds // 5));

    while ((my $left = $end - time) > 0) {
        my $e = $s->recv($left) // last;
        push @all, $e;
        return @all if $test->($e->{json});
    }

    return ();
}

sub type {
    my ($type) = @_;
    return sub { ($_[0]{event} ? $_[0]{event}{type} : $_[0]{type}) eq $type };
}

sub say_ {
    my ($text) = @_;
    return $lee->post("auctions/$id/comments", { comment => $text })->{json};
}

sub subscribed {
    my ($s, $n) = @_;

    my %by;

    until_($s, sub { $by{ $_[0]{channel} } = $_[0]
                         if $_[0]{type} eq 'subscribed';
                     keys %by == $n });

    return \%by;
}


# --- three in one ---

my $s = $t->sse(as => $kim, query => 'channels=chat,me');
is $s->answer->{status}, 200, 'a stream';
is_deeply [ sort keys %{ subscribed($s, 3) } ],
    [ "auction:$id", "chat:$id", 'me' ], 'of three channels';

my $line = say_('hello');
my ($e) = reverse until_($s, type('chat.message'));
is_deeply $e->{json}{event}, $line, 'a line of the chat';
is $e->{json}{channel}, "chat:$id", '... in its channel';
like $e->{id}, qr/^1:\d+,chat:1(?:,me:0)?$/, '... with the place in all';

my $bid = $kim->bid(100);
($e) = reverse until_($s, type('bid.accepted'));
is $e->{json}{event}{seq}, $bid->{seq}, 'a bid';
like $e->{id}, qr/^1:$bid->{seq},chat:1\b/, '... with the place in all';

is $lee->bid(200, node => 1)->{status}, 201, 'a higher one';
($e) = reverse until_($s, type('me.outbid'), 10);
is $e->{json}{event}{seq}, 1, 'he hears that he is outbid';
like $e->{id}, qr/^1:\d+,chat:1,me:1$/, '... with the place in all';


# --- coming back ---

my $place = $e->{id};
$s->close;

my @said = map { say_("line $_")->{seq} } 1 .. 3;
is $kim->bid(300)->{status}, 201, 'meanwhile he bids again';
is $lee->bid(400)->{status}, 201, '... and is outbid';
ok eventually(sub {
    $kim->get('users/me/events')->{json}{seq} == 2 }, 10), '... for his channel';

$s = $t->sse(as => $kim, node => 1, query => 'channels=me,chat',
             last => $place);

my (%got, $last);

until_($s, sub {
    my ($m) = @_;
    push @{ $got{ $m->{channel} } }, $m->{event}{seq} if $m->{type} eq 'event';
    $got{resumed}++ if $m->{type} eq 'subscribed' && $m->{resumed};
    $got{snapshot}++ if $m->{type} eq 'snapshot';
    return @{ $got{me} || [] } && @{ $got{"chat:$id"} || [] } == 3
           && ($got{"auction:$id"}[-1] // 0) == $t->log_length;
}, 10);

my ($from) = $place =~ /^1:(\d+)/;
is $got{resumed}, 3, 'it resumes in all three, on another node';
is $got{snapshot}, undef, '... without a snapshot';
is_deeply $got{"chat:$id"}, \@said, '... with the lines that were missed';
is_deeply $got{me}, [ 2 ], '... with what concerns him';
is_deeply $got{"auction:$id"}, [ $from + 1 .. $t->log_length ],
    '... and with all events';

my @ids = grep { defined } map { $_->{id} } @{ $s->{seen} };
is $ids[-1], '1:' . $t->log_length . ',chat:4,me:2', 'and is at the end of all'
    or diag explain \@ids;
$s->close;

$s = $t->sse(as => $kim, query => 'channels=chat%2Cme&last_event_id='
    . $ids[-1] =~ s/([:,])/sprintf '%%%02X', ord $1/ger);
is scalar(grep { $_->{resumed} } values %{ subscribed($s, 3) }), 3,
    'also by the query';
$s->close;


# --- a burst, each line with its place ---

$s = $t->sse(as => $kim, query => 'channels=chat', last => '1:1,chat:0');
my @burst = grep { $_->{json}{channel} eq "chat:$id" }
    until_($s, sub { ($_[0]{event} || {})->{comment} // '' eq 'line 3' and
                     $_[0]{event}{seq} == 4 });
is_deeply [ map { (($_->{id} // '') =~ /chat:(\d+)/)[0] }
            grep { $_->{json}{type} eq 'event' } @burst ], [ 1 .. 4 ],
    'each of many lines has its own place';
$s->close;


# --- what may be dropped waits longer: the place is never ahead, nor back ---

{
    my $t = Gavel::Test->new(workers => 1, http => 'gavel_gather 1s;')
        ->auction('live');
    my $id = $t->auction_id;
    my ($kim, $lee) = map { $t->user($_) } qw(kim lee);
    my $s = $t->sse(as => $kim, query => 'channels=chat');

    subscribed($s, 2);

    my $say = sub {
        return $lee->post("auctions/$id/comments", { comment => $_[0] });
    };

    $say->('now it has just been written to');
    until_($s, type('chat.message'));
    $say->('before the bid');
    my $seq = $lee->bid(100)->{seq};

    my (%at, @ids, @places);

    until_($s, sub {
        my ($m) = @_;
        return 0 if $m->{type} ne 'event';
        $at{ $m->{channel} } = $m->{event}{seq};
        push @ids, $s->{seen}[-1]{id};
        push @places, sprintf '1:%d,chat:%d', $at{"auction:$id"} // $seq - 1,
                              $at{"chat:$id"} // 1;
        return @ids == 2;
    });

    is_deeply \@ids, \@places, 'a bid, and the line that was there before';
}


# --- who may what ---

is $t->get("auctions/$id/events/stream?channels=chat,colours")->{status}, 422,
    'no such channel';
is $t->get("auctions/$id/events/stream?channels=me")->{status}, 401,
    'a guest has no channel of his own';
is $t->get('auctions/999999999/events/stream?channels=chat')->{status}, 404,
    'nor is there one of no auction';

$s = $t->sse(query => 'channels=chat');
subscribed($s, 2);
$line = say_('for guests');
($e) = reverse until_($s, type('chat.message'));
is_deeply $e->{json}{event}, $line, 'a guest reads the chat';
$s->close;

$s = $t->sse(as => $kim, query => 'channels=host');
ok until_($s, sub { ($_[0]{code} // '') eq 'not_authorized'
                    && $_[0]{channel} eq "host:$id" }),
    'only the host has his console';
$s->close;

$s = $t->sse(as => $t->host, query => 'channels=host');
ok until_($s, type('host')), '... who has it';
$s->close;

$s = $t->sse;
$s->recv;
is $s->recv->{id}, '1:' . $t->log_length, 'one channel has a plain place';
$s->close;

my $documented = $t->get('openapi.json')->{json}
    ->{paths}{'/api/v1/auctions/{auction_id}/events/stream'}{get};
is_deeply [ map { $_->{name} } @{ $documented->{parameters} } ],
    [ qw(auction_id channels last_event_id) ], 'all of it is documented';
ok $documented->{responses}{200}{content}{'text/event-stream'}, '... its type';
