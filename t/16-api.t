# The API as HTTP: paths and their other spellings, methods, conditions,
# origins, languages, lists, and what must be told when it cannot answer.

use strict;
use warnings;
use Test::More;
use Gavel::Test;
use IO::Socket::INET;

my $t = Gavel::Test->new(workers => 1,
    http => 'gavel_cors_origins https://app.example https://two.example;');

my $r;

sub code_is {
    my ($r, $status, $code, $name) = @_;

    is $r->{status}, $status, $name;
    is $r->{json}{code}, $code, "... $code";
    like $r->{headers}{'content-type'}, qr{^application/problem\+json},
        '... a problem';
}


# --- paths ---

my $plain = $t->get('categories');

is $plain->{status}, 200, 'a path of /api/v1';
is $plain->{json}{count}, 7, 'all categories';

for my $same ('/api/v1/categories/', '/api/categories/', '/api/categories') {
    $r = $t->get($same);
    is $r->{status}, 200, "$same is answered, not redirected";
    is $r->{body}, $plain->{body}, '... with the same';
}

is $t->get($_)->{status}, 200, $_
    for 'auctions/live', '/api/auctions/active/', 'auctions/ending-soon';

code_is $t->get('nothing'), 404, 'unknown_path', 'nothing there';
code_is $t->get('auctions/foo'), 404, 'unknown_path', 'a word is no id';
code_is $t->get('auctions/1/nothing'), 404, 'unknown_path', 'nor below one';
code_is $t->get("auctions/$_"), 404, 'not_found', "auction $_"
    for 1, 0, '007', '9007199254740992', '99999999999999999999999';
code_is $t->get('bids/my-bids'), 401, 'not_authenticated', 'a static path';


# --- methods ---

$r = $t->delete('categories');
code_is $r, 405, 'method_not_allowed', 'another method';
is $r->{headers}{allow}, 'GET, HEAD, OPTIONS', '... and which there are';

$r = $t->http('HEAD', 'categories');
is $r->{status}, 200, 'HEAD';
is $r->{headers}{'content-length'}, length $plain->{body}, '... its length';
is $r->{body}, '', '... and nothing else';

is $t->http('BREW', 'categories')->{status}, 405, 'an unknown method';


# --- headers ---

like $t->get('time')->{headers}{'x-request-id'}, qr/^[0-9a-f]{32}$/,
    'a request id';
is $plain->{headers}{'x-request-id'}, undef, 'none of what goes to many';
like $plain->{headers}{'cache-control'}, qr/public/, 'categories may be cached';
is $t->get('time')->{headers}{'cache-control'}, 'no-store', 'the time may not';
is $plain->{headers}{'x-content-type-options'}, 'nosniff', 'no sniffing';

$r = $t->get('openapi.json');
my $etag = $r->{headers}{etag};
like $etag, qr/^"\w+"$/, 'an ETag';
$r = $t->get('openapi.json', headers => { 'If-None-Match' => $etag });
is $r->{status}, 304, 'not modified';
is $r->{body}, '', '... and no body';

$r = $t->get('nothing', headers => { 'Accept-Language' => 'ko-KR,en;q=0.5' });
like $r->{body}, qr/\xec|\\u/, 'in Korean';
$r = $t->get('nothing', headers => { 'Accept-Language' => 'fr,en;q=0.5' });
like $r->{json}{title}, qr/^There is nothing/, 'in English';

$r = $t->get('users/me', headers => { Authorization => 'Bearer x.y.z' });
code_is $r, 401, 'invalid_token', 'a bad token';
is $r->{headers}{'www-authenticate'}, 'Bearer', '... and what is asked for';
code_is $t->get('categories', as => 'a.b.c'), 401, 'invalid_token',
    'a bad token on a public path';


# --- origins ---

$r = $t->get('categories', headers => { Origin => 'https://app.example' });
is $r->{headers}{'access-control-allow-origin'}, 'https://app.example',
    'an origin of the list';
is $r->{headers}{'access-control-allow-credentials'}, 'true', '... may log in';
like $r->{headers}{vary}, qr/Origin/, '... and caches know';

$r = $t->get('categories', headers => { Origin => 'https://evil.example' });
is $r->{headers}{'access-control-allow-origin'}, undef, 'another origin';

$r = $t->http('OPTIONS', 'auctions', headers => {
    Origin => 'https://two.example',
    'Access-Control-Request-Method' => 'POST' });
is $r->{status}, 204, 'a preflight';
like $r->{headers}{'access-control-allow-methods'}, qr/POST/, '... methods';
like $r->{headers}{'access-control-allow-headers'}, qr/Idempotency-Key/,
    '... headers';

$r = $t->http('OPTIONS', 'auctions', headers => {
    Origin => 'https://evil.example',
    'Access-Control-Request-Method' => 'POST' });
is $r->{headers}{'access-control-allow-methods'}, undef, 'not for everybody';


# --- bodies ---

sub raw {
    my ($bytes, $timeout) = @_;
    my $socket = Gavel::Http::open_socket($t->node->port);
    return Gavel::Http::exchange($socket, $bytes, $timeout || 5, 0);
}

my $head = "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\n"
         . "Content-Type: application/json\r\n";

$r = raw($head . "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    . "9\r\n{\"identif\r\n18\r\nier\":\"a\",\"password\":\"b\"}\r\n0\r\n\r\n");
isnt $r->{status}, 400, 'a body in chunks';

$r = raw($head . "Transfer-Encoding: chunked\r\n\r\nzz\r\n");
is $r->{status}, 400, 'chunks that are none';

$r = raw($head . "Transfer-Encoding: chunked\r\n\r\n"
    . ("10000\r\n" . 'x' x 65536 . "\r\n") x 17 . "0\r\n\r\n");
is $r->{status}, 413, 'too much in chunks';

$r = raw($head . "Content-Length: 10000000\r\n\r\n");
is $r->{status}, 413, 'too much is refused before it comes';

{
    my $socket = Gavel::Http::open_socket($t->node->port);
    print $socket $head . "Content-Length: 30\r\n\r\n{";
    is $t->get('time')->{status}, 200, 'a slow body holds up nobody';
}


# --- pages of a list ---

my $host = $t->user('host', 'seller');

$t->sql("insert into gavel.auction (owner_id, mode, title, status, starts_at, "
    . "ends_at, category_id) select $host->{id}, 'timed', 'Number ' || i, "
    . "case when i = 25 then 'draft' else 'live' end, now(), "
    . "now() + i * interval '1 hour', case when i > 20 then 5 end "
    . "from generate_series(1, 25) i");
$t->sql('update gavel.auction a set card = gavel.auction_card(a, 500)');

$r = $t->get('auctions?page_size=10')->{json};
is $r->{count}, 24, 'all but the draft';
is scalar @{ $r->{results} }, 10, 'a page';
is $r->{results}[0]{title}, 'Number 24', 'the newest first';
is $r->{previous}, undef, 'nothing before it';
like $r->{next}, qr{^/api/v1/auctions\?page=2&page_size=10$}, 'the next page';

my @seen;
my $path = $r->{next};
push @seen, map { $_->{id} } @{ $r->{results} };

while ($path) {
    $r = $t->get($path)->{json};
    push @seen, map { $_->{id} } @{ $r->{results} };
    $path = $r->{next};
}

is scalar(keys %{{ map { $_ => 1 } @seen }}), 24, 'pages: each once';

@seen = ();
my $cursor = '';

do {
    $r = $t->get("auctions?page_size=7$cursor")->{json};
    push @seen, map { $_->{id} } @{ $r->{results} };
    $cursor = "&cursor=$r->{next_cursor}" if $r->{next_cursor};
} while $r->{next_cursor};

is scalar(keys %{{ map { $_ => 1 } @seen }}), 24, 'cursors: each once';

is $t->get('auctions?search=number%207')->{json}{count}, 1, 'searched';
is $t->get("auctions?search=%27%3Bdrop")->{json}{count}, 0, 'a quote';
is $t->get('auctions?category=art')->{json}{count}, 4, 'of a category';
is $t->get('auctions?category=5&mode=timed')->{json}{count}, 4, 'by its id';
is $t->get('auctions?mode=live')->{json}{count}, 0, 'of a mode';
is $t->get('auctions?status=ended')->{json}{count}, 0, 'of a status';
is $t->get('auctions?ending_within=7500')->{json}{count}, 2, 'ending soon';
is $t->get('auctions/ending-soon')->{json}{results}[0]{title}, 'Number 1',
    'the soonest first';
is $t->get('auctions?ordering=title')->{json}{results}[0]{title}, 'Number 1',
    'ordered';
is $t->get('auctions?status=draft')->{json}{count}, 0, "others' drafts";
is $host->get('auctions?status=draft')->{json}{count}, 1, "one's own draft";
is $host->get('auctions/my-auctions')->{json}{count}, 25, 'my auctions';
is $t->get('users/me/auctions')->{status}, 401, 'whose?';
code_is $t->get("auctions?$_"), 422, 'invalid_params', $_
    for 'page=0', 'page=x', 'page_size=101', 'cursor=x', 'status=none',
        'ordering=price', 'ending_within=-1';

code_is $host->get('admin/auctions'), 403, 'not_authorized', 'no admin';
is $t->user('boss', 'admin')->get('admin/auctions')->{json}{count}, 25,
    'an admin sees all';


# --- operations ---

is $t->get('/healthz')->{json}{status}, 'ok', 'it lives';
is $t->get('/readyz')->{json}{status}, 'ready', 'it is ready';
like $t->get('/metrics')->{body}, qr/^gavel_up\{.*redis"\} 1$/m, 'it counts';
$r = $t->get('/metrics')->{body};
like $r, qr/^gavel_$_\{pid="\d+"[^}]*\} \d+$/m, "... $_"
    for qw(auction_cached auction_accepted_total pg_operations_total
           redis_commands_total room_sockets room_streams room_opened_total
           room_refused_total room_frames_total room_events_total
           room_sent_bytes_total room_writes_total room_resumed_total
           room_snapshots_total room_memory_bytes);
like $r, qr/^gavel_room_closes_total\{pid="\d+",code="4000"\} 0$/m,
    'closes by their codes';

$t->ws->close($_) for 1001, 3001, 4000;
my $left = $t->get('/metrics')->{body};
like $left, qr/^gavel_room_left_total\S+ 3$/m, 'clients that leave';
unlike $left, qr/^gavel_room_closes_total\S+ [1-9]/m,
    '... are no closes of ours, whatever they say';

{
    my (%told, $last);
    for (split /\n/, $r) {
        if (/^# TYPE (\S+) (counter|gauge)$/) {
            $told{$1}++;
            $last = $1;
        }
        next if /^#/;
        fail "$_ is of no family" unless /^\Q$last\E\{/;
    }
    is_deeply [ grep { $told{$_} > 1 } keys %told ], [], 'each family once';
}

like $t->get('/metrics')->{headers}{'content-type'}, qr{^text/plain},
    '... in text';
like $t->get('time')->{json}{server_time}, qr/^\d{4}-.*Z$/, 'it has the time';
is $t->get('/.well-known/jwks.json')->{json}{keys}[0]{alg}, 'RS256', 'keys';

$t->sql("insert into gavel.function_file values ('functions/zz.sql', 'x')");
$r = $t->get('/readyz');
is $r->{status}, 503, 'another schema: not ready';
like $r->{json}{errors}{schema}, qr/database is at/, '... and told so';


for my $header ('If-Match', 'If-Unmodified-Since') {
    is $t->get('auctions', headers => { $header => '"x"' })->{status}, 200,
        "$header asks nothing of what is read";
}


# --- a stream is read by pages of other origins, too ---

my $stream = 'auctions/99/events/stream';

$r = $t->http('OPTIONS', $stream, headers => {
    Origin => 'https://two.example',
    'Access-Control-Request-Method' => 'GET' });
is $r->{status}, 204, 'a preflight of a stream';
like $r->{headers}{'access-control-allow-headers'},
    qr/Authorization.*Last-Event-ID/, '... headers';

$r = $t->get($stream, headers => { Origin => 'https://two.example' });
is $r->{status}, 404, 'a stream that is not there';
is $r->{headers}{'access-control-allow-origin'}, 'https://two.example',
    '... for an origin of the list';
is $r->{headers}{'access-control-allow-credentials'}, 'true',
    '... with its cookies';
is $t->get($stream, headers => { Origin => 'https://evil.example' })
    ->{headers}{'access-control-allow-origin'}, undef, '... for no other';

$t->auction('live');
$r = Gavel::Http::open_socket($t->node->port);
Gavel::Http::send_all($r, "GET /api/v1/auctions/" . $t->auction_id
    . "/events/stream HTTP/1.1\r\nHost: x\r\n"
    . "Origin: https://app.example\r\n\r\n", time + 5);
my $head_of_stream = '';
Gavel::Http::read_some($r, \$head_of_stream, time + 5);
like $head_of_stream, qr{^Access-Control-Allow-Origin: https://app\.example\r}m,
    'a stream';
close $r;


# --- a reload that fails when the configuration has been read ---

$t->{http} = 'gavel_cors_origins https://other.example; '
           . 'access_log /nowhere/log;';
$t->{expect} = qr{\[emerg\].*/nowhere/log};
$t->node->write;
kill 'HUP', $t->node->pid;
ok eventually(sub { $t->log_text =~ m{/nowhere/log} }), 'a reload that fails';

my %app = (headers => { Origin => 'https://app.example' });

$t->forgive($t->node->workers);
kill 'KILL', $t->node->workers;
ok eventually(sub { $r = eval { $t->get('auctions', %app) } }),
    'new workers serve';
is $r->{headers}{'access-control-allow-origin'}, 'https://app.example',
    '... under the configuration in force';


# --- a body that somebody else has read before us, into a file ---

$t = Gavel::Test->new(workers => 1,
    server => 'mirror /sink; client_body_buffer_size 1k; '
            . 'location = /sink { return 204; }');
$t->{expect} = qr/buffered to a temporary file/;
is $t->user('host', 'seller')->post('auctions', { title => 'x',
    description => 'y' x 8000 })->{status}, 201, 'a body in a file';


# --- a site that lets only some in ---

$t = Gavel::Test->new(workers => 1);

my $users = $t->dir . '/users';
open my $f, '>', $users or die "$users: $!";
print $f 'site:', crypt('gate', '$6$salt'), "\n";
close $f;

my %site = (headers => { Authorization => 'Basic c2l0ZTpnYXRl' });
my %login = (identifier => 'kim', password => 'correct horse');

$t->{server} = <<"CONF";
location = /api/v1/categories {
    gavel_api;
    limit_except GET { deny all; }
}
location = /api/v1/auth/login {
    gavel_api;
    limit_except GET { allow 127.0.0.1; deny all; }
}
location = /api/v1/auctions {
    gavel_api;
    limit_except GET { auth_basic site; auth_basic_user_file $users; }
}
location = /api/v1/auctions/1/events/stream {
    gavel_sse;
    limit_except POST { allow all; }
}
CONF

$t->user('kim');

is $t->get('categories')->{status}, 200, 'a method that is not limited';
is $t->post('categories', {})->{status}, 403, 'one that is denied';
is $t->post('auth/login', \%login)->{status}, 200, 'one that is allowed here';
is $t->get('auctions')->{status}, 200, 'nor is this limited';
is $t->post('auctions', {})->{status}, 401, 'one with a password of the site';
is $t->post('auctions', { title => 'x' }, %site)->{json}{code},
    'not_authenticated', '... which makes nobody a member';
is $t->get('categories', %site)->{status}, 200, 'who shows it is a guest';
is $t->get('auctions/1/events/stream', %site)->{json}{code}, 'not_found',
    '... to streams as well';
is $t->post('auth/login', \%login, %site)->{status}, 200, '... and may log in';
is $t->get('categories', headers => { Authorization => $_ })->{json}{code},
    'invalid_token', "but '$_' is ours" for 'Bearer', 'bearer x', 'Bearer  ';
is $t->get('auctions/1/events/stream')->{json}{code}, 'not_found',
    'a stream by a limited method';
