# gavel_cache: a worker keeps what everybody is told alike.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

sub titles {
    my ($t, @o) = @_;
    my $r = $t->get('auctions', @o);
    return join ',', map { $_->{title} } @{ $r->{json}{results} };
}

sub rename_to {
    my ($t, $title) = @_;
    my $r = $t->patch('auctions/' . $t->auction_id, { title => $title },
                      as => $t->host);
    die "$r->{status} $r->{body}" if $r->{status} != 200;
}


# --- a minute: it does not pass in this test ---

my $t = Gavel::Test->new(workers => 1, http => 'gavel_cache 60s;')
    ->auction('live', title => 'One', until => 'published');

is titles($t), 'One', 'a list';
rename_to($t, 'Two');
is titles($t), 'One', 'is kept';

my $r = $t->get('auctions');
is $r->{headers}{'cache-control'}, 'public, max-age=1', 'as other caches may';
is $r->{headers}{'content-type'}, 'application/json', 'with its type';
is $t->get('auctions', headers => { Origin => 'https://a.example' })
       ->{status}, 200, 'whoever asks';

is titles($t, as => $t->host), 'Two', 'but not for who says who he is';
is titles($t, headers => { Cookie => 'gavel_refresh=x' }), 'Two',
    'or comes with a cookie';
is_deeply [ map { $_->{title} }
            @{ $t->get('auctions?page_size=5')->{json}{results} } ], [ 'Two' ],
    'another question has another answer';
is titles($t), 'One', 'the first has the same';

my $id = $t->auction_id;
is $t->get("auctions/$id")->{json}{title}, 'Two', 'an auction is not kept';
is $t->get("auctions/$id/snapshot")->{headers}{'cache-control'}, 'no-store',
    'nor what is live';
$t->auction('live', title => 'Three', until => 'published');

for my $host ('evil.example', 'localhost') {
    like $t->get('calendar.ics', headers => { Host => $host })->{body},
        qr{^URL:http://\Q$host\E/auctions/}m, "links lead to $host";
}

is $t->get('auctions?page=x')->{status}, 422, 'nor a refusal';
is $t->get('auctions?page=x')->{status}, 422, '... the second time';


# --- and when it has passed ---

$t->stop;
$t = Gavel::Test->new(workers => 2, http => 'gavel_cache 100ms;')
    ->auction('live', title => 'One', until => 'published');

is titles($t), 'One', 'a list';
rename_to($t, 'Two');
ok eventually(sub { titles($t) eq 'Two' }, 10), 'is asked for again';
