# What no client should send: each is answered, and nobody else notices.

use strict;
use warnings;
use Test::More;
use Time::HiRes ();
use Gavel::Test;

my $t = Gavel::Test->new(workers => 1);
my $host = $t->user('host', 'seller');

# begun here, looked at in the end
my $slow = Gavel::Http::open_socket($t->node->port);
print $slow "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\n"
          . "Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{";

sub answer {
    my ($bytes) = @_;
    my $socket = Gavel::Http::open_socket($t->node->port);
    return Gavel::Http::exchange($socket, $bytes, 5, 0);
}

sub alive {
    my ($name) = @_;
    is $t->get('time')->{status}, 200, "... others go on ($name)";
}


# --- paths and queries ---

for my $path ('auctions/%00', 'auctions/1%2f2', 'auctions/-1', 'auctions/1.0',
              'auctions/1e9', 'auctions/0x10', 'auctions/%ff', 'auctions/ 1',
              '..%2f..%2fetc', 'auctions/' . '9' x 3000)
{
    my $r = answer("GET /api/v1/$path HTTP/1.1\r\nHost: x\r\n"
                   . "Connection: close\r\n\r\n");
    like $r->{status}, qr/^4/, 'path ' . substr $path, 0, 20;
}

for my $query ('search=%ff%fe', 'page=9999999999999999999', 'page=-1',
               'category=' . 'x' x 101, 'status=%00', 'page_size=1e2',
               'cursor=%27or%271', 'ending_within=999999999999')
{
    like $t->get("auctions?$query")->{status}, qr/^4(00|22)$/,
        'query ' . substr $query, 0, 30;
}

is $t->get("auctions?$_")->{status}, 200, "query $_ means nothing"
    for '&&&', '=', 'a', 'x=1&x=2', '%zz=1', 'userId=';
alive('queries');

answer("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n");
answer("GET /a b\r\n\r\n");
$t->log_unlike(qr/uninitialized/, 'what is no request fills no log');


# --- methods ---

for my $method (qw(GET PUT PATCH DELETE)) {
    my $r = $t->http($method, 'auth/login');
    is $r->{status}, 405, "$method instead of POST";
    is $r->{headers}{allow}, 'POST, OPTIONS', '... and it is told';
}


# --- bodies ---

my %json = (headers => { 'Content-Type' => 'application/json' });

for my $body ('{', 'null', '[]', '"x"', '{"title":', '{"title":"a",}',
              "{'title':'a'}", '{"title":"a"}{"title":"b"}', "\x00", "\xff\xfe",
              '{"title":"\ud800"}', '[' x 5000, '{"a":' x 5000)
{
    my $r = $t->http('POST', 'auctions', body => $body, as => $host, %json);
    is $r->{status}, 400, 'body ' . (substr $body, 0, 20) =~ s/[^ -~]/./gr;
}

my $r = $t->http('POST', 'auctions', body => 'x' x 10_000_000, as => $host,
                 %json);
is $r->{status}, 413, '10 MB';
is $r->{json}{code}, 'too_large', '... and it is told';

is $t->http('POST', 'auctions', body => 'title=x', as => $host,
    headers => { 'Content-Type' => $_ })->{status}, 415, $_
    for 'application/x-www-form-urlencoded', 'text/plain',
        'multipart/form-data; boundary=x', 'application/jsonx', '';
is $t->http('POST', 'auctions', body => '{"title":"x"}', as => $host,
    headers => { 'Content-Type' => 'Application/JSON ; charset=utf-8' })
    ->{status}, 201, 'JSON, said otherwise';

my $deep = '{"title":"x","rules":' . '{"a":' x 12 . '1' . '}' x 12 . '}';
like $t->http('POST', 'auctions', body => $deep, as => $host, %json)->{status},
    qr/^4/, 'rules within rules';

for my $field (['title', 'x' x 201], ['title', " \t "], ['title', "a\x{1b}[2J"],
               ['description', "bell\a"], ['title', {}], ['title', 5],
               ['starts_at', 5], ['starts_at', '2026-13-45T99:00:00Z'],
               ['category_id', 'one'], ['category_id', -1], ['rules', 'x'],
               ['lots', 'x'], ['images', 'x'], ['mode', ''])
{
    my ($name, $value) = @$field;
    my $r = $host->post('auctions', { title => 'x', $name => $value });
    is $r->{status}, 422, "$name: " . substr $value, 0, 20 or diag $r->{body};
    ok $r->{json}{errors}{$name}, '... is named';
}

is $host->post('auctions', { title => 'x' }, headers => {
    'Idempotency-Key' => $_ })->{status}, 400, 'a key that is none'
    for 'x' x 65, "a b", "\xc3\xa9";
alive('bodies');


# --- slow ones ---

my $answer = Gavel::Http::exchange($slow, '', 20, 0);
is $answer->{status}, 408, 'a body that does not come';
is $answer->{json}{code}, 'request_timeout', '... and it is told';

for my $part ("GET /api/v1/time HTTP/1.1\r\nHo", "POST /api/v1/auctions",
              "POST /api/v1/auctions HTTP/1.1\r\nHost: x\r\n"
              . "Content-Length: 10\r\n\r\n{")
{
    my $socket = Gavel::Http::open_socket($t->node->port);
    print $socket $part;
    close $socket;
}

alive('clients that leave');

# gone in the middle of work that has several waits

my $many = Gavel::Http::encode({ title => 'left', lots => [
    map { { title => "Lot $_", base_price => 1 } } 1 .. 100 ] });
my $token = $t->token_of($host);

for (1 .. 20) {
    my $socket = Gavel::Http::open_socket($t->node->port);
    print $socket "POST /api/v1/auctions HTTP/1.1\r\nHost: x\r\n"
        . "Authorization: Bearer $token\r\nContent-Length: "
        . length($many) . "\r\n\r\n$many";
    Time::HiRes::sleep(0.002 * $_);
    close $socket;
}

alive('clients that do not wait');

my $get = "GET /api/v1/time HTTP/1.1\r\nHost: x\r\n";
my $pipe = Gavel::Http::open_socket($t->node->port);
print $pipe "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\n"
          . "Content-Length: 2\r\n\r\n{}$get\r\n${get}Connection: close\r\n\r\n";
my $all = do { local $/; <$pipe> };
is join(' ', $all =~ m{HTTP/1\.1 (\d+) }g), '422 200 200',
    'three requests at once';

$pipe = Gavel::Http::open_socket($t->node->port);
print $pipe "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\n"
          . "Transfer-Encoding: chunked\r\n\r\n${get}Connection: close\r\n\r\n";
$all = do { local $/; <$pipe> };
is join(' ', $all =~ m{HTTP/1\.1 (\d+) }g), '400',
    'a broken body is not the next request';
