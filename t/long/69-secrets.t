#!/usr/bin/perl

# What is hidden, from all sides: secrets that occur nowhere else are put into
# auctions, accounts and chats; then everybody looks through every door there
# is.  Of each secret, exactly those have seen it who may.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Doors;
use Gavel::Test;
use Test::More;
use Time::HiRes qw(time);

my $t = Gavel::Test->new;
my ($kim, $lee, $park, $choi, $mod, $gone) = map { $t->user($_) }
    qw(kim lee park choi mod gone);
my $host = $t->user('host', 'seller');
my $neighbour = $t->user('neighbour', 'seller');
my $support = $t->user('helper', 'support');
my $boss = $t->user('boss', 'admin');

# name => [ what it looks like, who may see it ]
my (%secret, $n);

sub secret {
    my ($name, @who) = @_;
    my $value = 7_310_001 + 17 * $n++;
    $secret{$name} = [ qr/(?<!\d)$value(?!\d)/, @who ];
    return $value;
}

sub word {
    my ($name, @who) = @_;
    my $word = sprintf 'Tell%dNobody', ++$n;
    $secret{$name} = [ qr/$word/, @who ];
    return $word;
}

sub done {
    my ($r, $what) = @_;
    die "$what: $r->{status} $r->{body}" if $r->{status} !~ /^2/;
    return $r->{json};
}

sub maximum {
    my ($who, $auction, $lot, $amount, $key) = @_;
    return done($who->put("auctions/$auction/auto-bid",
        { lot_id => 0 + $lot, max_amount => $amount },
        headers => { 'Idempotency-Key' => $key }), 'a maximum');
}


# --- auctions ---

my %rules = (ladder => 10, settle_ms => 300, auto_next_ms => -1);

$t->auction('live', title => 'Goes on', lots => 4, until => 'draft',
            rules => { %rules });
my $on = $t->auction_id;
my ($first, $second, $third, $last) = $t->lots;
done($host->patch("lots/$second", {
    reserve => secret('a reserve', qw(host boss)) }), 'a reserve');

my $file = word('the name of a file', qw(host boss));
my $key = word('a key of the host\'s own', qw(host boss));
done($t->http('POST', "auctions/$on/lots/import?file_name=$file.csv",
    as => $host, body => "title,base_price,external_id\nImported,100,$key\n",
    headers => { 'Content-Type' => 'text/csv' }), 'a file');
$t->must("auctions/$on/publish");

$t->auction('live', title => 'Sealed', lots => 2, until => 'draft',
            rules => { %rules, format => 'sealed' });
my ($sealed, $cover, $cover2) = ($t->auction_id, $t->lots);
$t->must("auctions/$sealed/publish");

$t->auction('live', title => 'Drawn', lots => 3, until => 'published',
            rules => { %rules, order => 'drawn' },
            starts_at => Gavel::House::iso(time + 3600));
my ($drawn, $early) = ($t->auction_id, $t->lots);

$t->auction('live', title => 'Called off', until => 'published',
            rules => { %rules });
my ($off, $offered) = ($t->auction_id, $t->lots);

$t->auction('live', title => word('a draft', qw(boss helper host)),
            until => 'draft', rules => { %rules },
            base => secret('a price in a draft', qw(boss helper host)));
my ($draft, $drafted) = ($t->auction_id, $t->lots);

$t->auction('timed', title => word('what was put away',
            qw(boss helper host)), until => 'draft',
            base => secret('a price in what was put away',
                           qw(boss helper host)));
my ($away, $put) = ($t->auction_id, $t->lots);
done($host->delete("auctions/$away"), 'put away');

$t->auction('live', title => word('a draft that was called off',
            qw(boss helper host)), until => 'draft',
            base => secret('a price in it', qw(boss helper host)));
my ($never, $no) = ($t->auction_id, $t->lots);
$t->must("auctions/$never/cancel");

$t->auction('draft', title => 'Teams', leaders => 1, lots => 1,
            until => 'published');
my ($teams, $team) = ($t->auction_id, $t->teams);
done($neighbour->post('auctions', { title => 'His', mode => 'timed' }), 'his');


# --- people ---

$secret{"the address of $_->{name}"} = [ qr/\Q$_->{name}\E\@test\.gavel/,
    $_->{name} eq 'boss' ? 'boss' : ('boss', $_->{name}) ]
    for $kim, $lee, $park, $mod, $host, $neighbour, $support, $boss;
$secret{'the address of who was banned'} = [ qr/gone\@test\.gavel/, 'boss' ];
$secret{'a hash of a password'} = [ qr/\$2[aby]\$\d\d\$/ ];
$secret{'a refresh token'} = [ qr/\Q$kim->{refresh}/ ];

done($kim->put('users/me/profile', {
    full_name => word('a name', qw(boss kim)) }), 'a profile');
$t->sql("update gavel.account set phone = '+82107310931' where id = "
        . $kim->id);
$secret{'a phone number'} = [ qr/7310931/, qw(boss kim) ];
done($kim->put('users/me/business', {
    legal_name => word('a firm', 'kim'), tax_id => word('its number', 'kim'),
    address => word('its address', 'kim') }), 'a firm');
my $password = word('a password');
done($kim->post('auth/change-password', { current => Gavel::House::PASSWORD(),
    new => $password }), 'a password');
done($t->post('auth/login', { identifier => 'kim', password => $password },
    headers => { 'User-Agent' => word('a device', 'kim') }), 'a device');
done($boss->post('admin/points/grants', { user_id => 0 + $kim->id,
    amount => secret('icon points', qw(boss kim)),
    reason => word('why he got them', qw(boss kim)) }), 'icon points');

done($host->post("auctions/$on/template", {
    name => word('a template', 'host') }), 'a template');
my $overlay = done($host->post('overlay-tokens', { auction_id => 0 + $on,
    name => word('what a link is called', 'host') }), 'a link')->{token};
$secret{'a link'} = [ qr/$overlay/ ];

done($host->post("auctions/$on/moderators", { user_id => 0 + $mod->id }),
     'a moderator');
done($mod->post("auctions/$on/mutes", { user_id => 0 + $choi->id,
    reason => word('why he is muted', qw(boss host mod)) }), 'muted');
my $said = done($choi->post("auctions/$sealed/comments", {
    comment => word('what was said and deleted') }), 'a comment');
done($host->delete("comments/$said->{id}"), 'deleted');


# --- everybody ---

my %eyes = (guest => undef, kim => $kim, lee => $lee, park => $park,
            mod => $mod, host => $host, neighbour => $neighbour,
            helper => $support, boss => $boss, gone => $gone,
            overlay => undef);

my $doors = Gavel::Doors->new($t, fill => {
    auction_id => [ $on, $sealed, $drawn, $off, $draft, $away, $never, $teams ],
    lot_id => [ $first, $second, $cover, $early, $offered, $drafted, $put,
                $no ],
    team_id => [ $team ], team => [ $team ],
    user => [ map { $_->id } $kim, $gone ],
    owner_id => [ $host->id ], streamer => [ $host->id ],
    auction => [ $on, $draft ], ids => [ join ',', map { $_->id } $kim, $lee ],
    q => [ 'kim%40test.gavel', 'kim' ], search => [ 'Nobody', 'test.gavel' ],
    types => [ 'auto_bid.*', 'sealed.*', 'hidden' ], limit => [ 200 ],
    include => [ 'images,bids,lots,teams,watchers' ], page_size => [ 100 ],
    after => [ '1:1', 0 ], actor_id => [ $boss->id ], token => [ 'none' ],
    template_id => [ map { $_->{id} }
                     @{ $host->get('templates')->{json}{results} } ],
    auto_bid_id => [ ],
    from => [ '2020-01-01' ], to => [ '2040-01-01' ] });

# The sockets that are there while it happens; who is banned loses his.
my %socket = map { $_ => $doors->socket($eyes{$_}) } keys %eyes;


# --- what happens ---

$t->must("auctions/$on/start");
$t->must("auctions/$on/lots/$first/open");

maximum($kim, $on, $first, secret("a leader's maximum", 'kim'),
        'kim-1');
maximum($lee, $on, $first, 5000, 'lee-1');
maximum($kim, $on, $third, secret('a pre-bid', 'kim'),
        word('the id of a hidden request'));
maximum($lee, $on, $second, secret('another\'s maximum', 'lee'), 'lee-2');
maximum($gone, $on, $third, secret('the maximum of who was banned'), 'gone-1');
maximum($kim, $off, $offered, secret('a maximum in what was called off',
                                     'kim'), 'kim-3');
$t->must("auctions/$off/cancel");

$t->must("auctions/$sealed/start");
$t->must("auctions/$sealed/lots/$cover/open");
$_->[0]->bid($_->[1], lot_id => $cover, auction => $sealed)->{status} == 201
    || die 'a sealed bid' for
    [ $kim, secret('a sealed bid that was replaced') ],
    [ $kim, secret('a sealed bid') ], [ $lee, secret('the other sealed bid') ];
$lee->bid(50)->{code} || die 'a bid that is refused';

done($boss->post('admin/users/' . $gone->id . '/ban', {
    reason => word('why he was banned', 'boss') }), 'banned');

# the channel of his own
$t->sql("insert into gavel.me_head (user_id, seq) values (" . $kim->id
        . ", 1) on conflict (user_id) do update set seq = me_head.seq + 1");
$t->sql("insert into gavel.me_event (user_id, seq, auction_id, log_seq, kind, "
        . "body) select user_id, seq, $on, 1, 'note', gavel.me_line('note', "
        . "seq, '\"text\":\"" . word('his own channel', 'kim')
        . "\"') from gavel.me_head where user_id = " . $kim->id);
$secret{'the console'} = [ qr/"type":"host"/, qw(boss host) ];

# what hashes hide
my @private = $t->sql_rows("select encode(nonce, 'hex'), private::jsonb->>"
    . "'seed' from gavel.event where private <> ''");
$secret{'a nonce'} = [ qr/@{[ join '|', map { $_->[0] } @private ]}/ ];
$secret{'a seed'} = [ qr/@{[ join '|', grep { $_ } map { $_->[1] } @private ]}/
                    ];
cmp_ok scalar(grep { $_->[1] } @private), '>=', 1, 'a draw has a seed';

$doors->{fill}{auto_bid_id} = [ map { $_->[0] }
    $t->sql_rows('select id from gavel.auto_bid') ];


# --- who has seen what ---

sub look_around {
    my ($when, @eyes) = @_;
    my (%told, %all);

    for my $eye (sort @eyes) {
        $told{$eye} = $doors->look($eyes{$eye}, $eye eq 'overlay'
            ? "/api/v1/overlay/$overlay" : ());
        $told{$eye}{'a socket'} = $doors->heard($socket{$eye})
            if $socket{$eye};
        $all{$eye} = join "\n", values %{ $told{$eye} };
    }

    for my $name (sort keys %secret) {
        my ($like, @who) = @{ $secret{$name} };
        my %by;

        for my $eye (grep { $all{$_} =~ $like } keys %told) {
            my @where = grep { $told{$eye}{$_} =~ $like }
                        sort keys %{ $told{$eye} };
            $by{$eye} = \@where;
        }

        my %may = map { $_ => 1 } @who;
        @who = grep { $told{$_} } @who;
        is join(' ', sort keys %by), join(' ', sort @who), "$when: $name"
            or diag map { my $eye = $_; map { "$eye: $_\n" }
                          @{ $by{$eye} }[0 .. ($#{ $by{$eye} } > 4 ? 4
                                               : $#{ $by{$eye} })] }
                    grep { !$may{$_} } sort keys %by;
    }

    return \%told;
}

my $told = look_around('while it goes on', keys %eyes);

cmp_ok scalar(keys %{ $told->{kim} }), '>', 200, 'many doors';
like $told->{gone}{'GET /api/v1/users/me?'}, qr{^HTTP/1.1 40[13]},
    'who was banned is nobody';
like $told->{$_}{'a socket'}, qr/"hidden"/, "$_ was there" for qw(guest park);


# --- afterwards ---

$t->must("auctions/$sealed/lots/$cover/close");
$t->must("auctions/$sealed/lots/$cover/reveal");
$t->must("auctions/$on/lots/$first/close");
$t->must("auctions/$_/end") for $on, $sealed;
eventually { $t->sql("select count(*) from gavel.proof") == 2 } 20;

# The whole log is the host's then: what was hidden can be checked.
push @{ $secret{$_} }, qw(boss host) for "a leader's maximum", 'a pre-bid',
    "another's maximum", 'the maximum of who was banned',
    'a sealed bid that was replaced', 'a nonce';
push @{ $secret{'the id of a hidden request'} }, qw(boss host);
push @{ $secret{$_} }, keys %eyes for 'a sealed bid', 'the other sealed bid';

look_around('afterwards', qw(guest kim lee host boss));


# --- other people's answers ---

# What is kept under somebody's request id is his.
my %same = (headers => { 'Idempotency-Key' => 'the-same' });
my $mine = $host->post('overlay-tokens', { name => 'One' }, %same)->{json};
my $other = $neighbour->post('overlay-tokens', { name => 'One' }, %same)
    ->{json};
ok $mine->{token} && $other->{token} && $mine->{token} ne $other->{token},
    'a key of one\'s own';

unlike $t->log_text, qr/$password|$overlay/,
    'no secret in the log of errors';

$t->finish;
