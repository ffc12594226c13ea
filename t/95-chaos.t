# Chaos: three nodes, 300 bidders and 2,000 watchers, while a nemesis kills,
# pauses and cuts off whatever there is.  At the end the log is compared with
# what every client was told.
#
#   make chaos [SECONDS=180] [SEED=N] [WATCHERS=2000] [RATE=140]
#
# The seed is printed: with it the same things are done at the same times.  A
# failure tells the event, the client, and what was done before.  Four seeds in
# a row have all there is: see Gavel::Nemesis.

use strict;
use warnings;
use Test::More;
use Gavel::Nemesis;
use Gavel::Test;
use Gavel::Witness;
use IPC::Open2 ();
use Time::HiRes qw(time sleep);

my $seconds = $ENV{GAVEL_CHAOS_SECONDS} || 40;
my $seed = $ENV{GAVEL_CHAOS_SEED} || int rand 1e6;
my $watchers = $ENV{GAVEL_CHAOS_WATCHERS} || 2000;
my $rate = $ENV{GAVEL_CHAOS_RATE} || 140;
my $verbose = $ENV{GAVEL_CHAOS_VERBOSE};

my $gather = $seed % 2 ? '10ms' : 0;

diag "SEED=$seed SECONDS=$seconds, gathering for $gather";

my $t = Gavel::Test->new(nodes => 3, pg => 'own', redis => 'own',
    daemon => 'on', log => 'notice',
    main => 'worker_shutdown_timeout 10s;', http => "
    gavel_gather $gather;
    gavel_drain 3s;
    gavel_connect_rate 1000000;
    gavel_sockets_per_address 20000;
    gavel_sockets_per_user 100;");

$t->{node} = [ map { Gavel::Node->new($t, $_) } 0 .. 2 ];

my $nemesis = Gavel::Nemesis->new($t, seed => $seed, seconds => $seconds);
diag $nemesis->house;

$nemesis->prepare;
$t->run;
$t->{ready} = 0;                 # nodes may come while PostgreSQL is away

my @auctions = auctions();
my ($crowd, $from, $to) = crowd();
my $start = time;

while ($nemesis->turn(time - $start) || time < $start + $seconds) {
    sleep 0.02;
}

$nemesis->heal;

ok eventually(sub { 3 == grep { $_->ready } @{ $t->{node} } }, 20),
    'all nodes are well again' or diag map { $_->tail } @{ $t->{node} };

my $record = silence();
my $witness = Gavel::Witness->new(test => $t, record => $record,
    auctions => \@auctions, outages => $nemesis->{outages})->judge;

note sprintf '%d bids stand, %d answers were repeated, %d were lost with an '
    . 'epoch, %d refusals; '
    . '%d lots closed, %d got time back; %d events seen; '
    . '%d resumed, %d gaps; %d deeds',
    map({ $witness->count($_) } 'accepted', 'again', 'lost'),
    $witness->count('A') - $witness->count('ok'),
    map({ $witness->count($_) } 'closed', 'recovered', 'seen',
        'joined resumed', 'joined gap'), scalar @{ $nemesis->{done} };
cmp_ok $witness->count('accepted'), '>', $seconds * $rate / 10, 'bids were accepted';

my @complaints = $witness->complaints;

ok !@complaints, 'everybody was told what the log says';
report($_) for @complaints[0 .. ($#complaints > 9 ? 9 : $#complaints)];
diag @complaints . ' complaints' if @complaints;
is_deeply $nemesis->{failures} // [], [], 'the nemesis could do what it wanted';

for my $id (@auctions) {
    for my $n (0 .. 2) {
        ok eventually(sub {
            my $s = $t->get("auctions/$id/snapshot", node => $n)->{json};
            return ($s->{state}{head} // '') eq $witness->{head}{$id};
        }, 20), "node $n has the log's hash of auction $id";
    }
}

verified();
blind() if !@complaints;

if ($verbose || !Test::More->builder->is_passing) {
    diag "SEED=$seed";
    diag $_ for $nemesis->before(time, 1000);
}

$t->finish;
undef $nemesis;

# whatever happened: no server is left behind

END { local $?; undef $nemesis }


# --- what is sold ---

# Two live ones, with hard ends and soft ones, a draft with purses, and a timed
# one, whose lots are all open.
sub auctions {
    my $lots = int($seconds / 4) + 10;
    my @ids;

    my %live = (lots => $lots, base => 10);
    my %rules = (ladder => 10, auto_next_ms => 300);

    $t->auction('live', %live, rules => { %rules,
        clock => { preset => 'hard', duration_ms => 5000 } });
    push @ids, $t->auction_id;

    $t->auction('live', %live, rules => { %rules, clock => {
        preset => 'reset_to', duration_ms => 4000, window_ms => 2000,
        extend_ms => 2000, hard_end_ms => 8000 } });
    push @ids, $t->auction_id;

    $t->auction('draft', %live, leaders => 20, points => 20_000,
        rules => { %rules, roster_max => 10, clock => {
            preset => 'reset_to', duration_ms => 5000, window_ms => 2000,
            extend_ms => 2000, hard_end_ms => 9000 } });
    push @ids, $t->auction_id;

    # it is started before its time, which is far enough to make the lots

    $t->auction('timed', lots => 20, base => 10,
        starts_at => Gavel::House::iso(time + 10),
        ends_at => Gavel::House::iso(time + 15 + $seconds / 4),
        rules => { ladder => 10, stagger_ms => int(1000 * $seconds / 40),
            clock => { preset => 'extend_to', window_ms => 2000,
                       extend_ms => 3000 } });
    push @ids, $t->auction_id;

    return @ids;
}


# --- who is there ---

sub crowd {
    my %claims = (nbf => int(time) - 3600, iat => int(time) - 3600,
                  exp => int(time) + 7200);
    my $file = $t->dir . '/bidders';

    open my $f, '>', $file or die $!;
    print $f "$_->{access} 0\n" for $t->crowd(280, 'bidder', %claims);
    print $f $t->sign({ sub => $t->user("leader$_")->id . '', %claims }),
             " $auctions[2]\n" for 1 .. 20;
    close $f;

    my $pid = IPC::Open2::open2(my $out, my $in,
        Gavel::Test::built('chaos/crowd'), $t->dir . '/record', $seed,
        $rate, $watchers, join(',', map { $_->port } @{ $t->{node} }),
        join(',', @{ $nemesis->{far} }), join(',', @auctions), $file);
    $in->autoflush;

    return ($pid, $out, $in);
}

# Bidders stop, auctions pause, everybody comes to the end of the logs.
sub silence {
    print $to "stop\n";
    my $said = <$from> // die 'the crowd is gone';

    for my $id (@auctions) {
        ok eventually(sub {
            my $r = eval { $t->post("auctions/$id/pause", {}, as => $t->host,
                headers => { 'Idempotency-Key' => "pause-$id" }) };
            return $r && $r->{status} =~ /^(?:2|409)/;
        }, 20), "auction $id pauses";
    }

    sleep 1;

    for my $id (@auctions) {
        my $seq = $t->sql("select seq from gavel.log_head
                            where auction_id = $id");
        print $to "end $id $seq\n";
    }

    print $to "finish\n";
    waitpid $crowd, 0;
    is $?, 0, 'the crowd has come to the end';

    return $t->dir . '/record';
}


# --- what was found ---

sub report {
    my ($complaint) = @_;

    diag $complaint->{text};
    diag "    $_" for $nemesis->before($complaint->{at});
}

# Would it have been found?  The record and the log with one lie in each.
sub blind {
    my @lines = do {
        open my $f, '<', $record or die $!;
        <$f>;
    };
    my @told = grep { $lines[$_] =~ /^A (?:\S+ ){3}ok (\d+) (\d+) \d+ (\d+)/
                      && !$witness->lost($3, $1, $2) } 0 .. $#lines;
    my @seen = grep { $lines[$_] =~ /^E (\d+) (\d+) (\d+)/
                      && !$witness->lost($1, $3, $2) } 0 .. $#lines;
    my @last = grep { $lines[$_] =~ /^F/ } 0 .. $#lines;

    found($_->[0], [@lines], @$_[1 .. 3]) for
        ['another place in the log', $told[-1],
            sub { s/ ok (\d+) (\d+)/" ok $1 " . ($2 - 1)/e }],
        ['a bid that is not in the log', $told[@told / 2],
            sub { s/ chaos-\d+-\d+/ chaos-0-0/ }],
        ['another event', $seen[@seen / 2], sub { s/ (\d+) (\d+)$/ 1$1 $2/ }],
        ['an event too few', $last[0],
            sub { s/^(F \d+ \d+ \d+) (\d+)/"$1 " . ($2 - 1)/e }];

    lied('a lot closed early', qr/early/, sub {
        $_->{type} eq 'lot.sold' && $_->{data}{how} eq 'clock'
        && ($_->{ts} -= 60_000) });
    lied('a lot sold to another one', qr/won by/, sub {
        $_->{type} eq 'lot.sold' && $_->{data}{winner_id}++ });
    lied('an overdrawn purse', qr/team \d+ has -/, sub {
        $_->{type} eq 'bid.accepted' && $_->{data}{team_id}
        && ($_->{data}{amount} += 20_000) });
    lied('a hole', qr/follows/, sub { $_->{seq} > 100 && $_->{seq}++ });
}

sub found {
    my ($what, $lines, $n, $lie) = @_;

    $lie->() for $lines->[$n];

    open my $f, '>', "$record.lie" or die $!;
    print $f @$lines;
    close $f;

    my $other = Gavel::Witness->new(test => $t, record => "$record.lie",
        auctions => [], logs => $witness->{logs});
    $other->$_ for qw(told watched);
    cmp_ok scalar($other->complaints), '>', @complaints, "$what would be found";
}

sub lied {
    my ($what, $complaint, $lie) = @_;

    my %logs = %{ $witness->{logs} };

    EVENT: for my $id (keys %logs) {
        for my $n (0 .. $#{ $logs{$id} }) {
            my $e = $logs{$id}[$n];
            local $_ = { %$e, data => { %{ $e->{data} } } };
            next if !$lie->();
            $logs{$id} = [ @{ $logs{$id} } ];
            $logs{$id}[$n] = $_;
            last EVENT;
        }
    }

    my $other = Gavel::Witness->new(test => $t, record => '/dev/null',
        auctions => [], logs => \%logs);
    $other->$_ for qw(chained lots purses);
    ok +(grep { $_->{text} =~ $complaint } $other->complaints),
        "$what would be found";
}

# The whole log and all tables, by the engine's own code.
sub verified {
    my $program = Gavel::Test::built('gavel-verify');

    return if !-x $program;

    my $pg = $t->pg;
    my $said = `$program --db "host=$pg->{host} dbname=$pg->{name} user=gavel_operator" --all 2>&1`;

    is $?, 0, 'gavel-verify finds nothing' or diag $said;
}
