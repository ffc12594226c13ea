#!/usr/bin/perl

# run: measures Gavel and its peers side by side, prints one table, writes
# build/bench.json.
#
#   run.pl [ROW...]          rows: engine, append, bids, hot, comments,
#                            fanout, memory (and contend, when it is named)
#
# RUNS=3 repeats what is compared, alternated, and takes medians; SECONDS=5 is
# how long one measurement lasts, SOCKETS=1000 how many watch, HOT=60 for how
# long two nodes with 200 bidders are tried, with Redis and without.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use JSON::PP;
use POSIX ();

my $runs = $ENV{RUNS} || 3;
my $seconds = $ENV{SECONDS} || 5;
my $sockets = delete $ENV{SOCKETS} || 1000;    # a word of scripts/pg as well
my $json = JSON::PP->new->canonical;
my @results;
my @children;

my %row = (engine => \&engine, append => \&append, bids => \&bids,
           hot => \&hot, fanout => \&fanout, memory => \&memory,
           contend => \&contend, comments => \&comments);

local $SIG{INT} = $SIG{TERM} = sub { exit 1 };

$row{$_}->() for @ARGV ? @ARGV : qw(engine append bids hot comments fanout memory);

table();

END {
    local $?;
    end_child($_) for @children;
}


# --- what is measured ---

sub engine {
    for my $line (split /\n/, run('build/bench/engine')) {
        my $r = $json->decode($line);
        note('engine', $r->{name}, per_second => $r->{per_second});
    }
}


# The log's append against a bare bulk insert of the same rows.

sub append {
    my $t = durable();
    my $pg = $t->pg;

    for my $line (split /\n/, run('build/bench/append', $pg->{host},
                                  $pg->{name}, $runs))
    {
        my $r = $json->decode($line);
        note('append', $r->{name}, per_second => $r->{per_second});
    }

    ratio('append', 'append', 'bulk insert', 'per_second');
    $t->finish;
}


# Deciders of one auction: the row skipped while another one has it, as the
# log does, or waited for.  Alternated, a second and a half each.

sub contend {
    my $t = durable();
    my $pg = $t->pg;
    my $source = slurp('migrations/functions/log_append.sql');

    $source =~ s/.*?(create or replace function gavel\.append)\(/$1_wait(/s;
    $source =~ s/ for update skip locked/ for update/g;
    $source =~ s/^as \$\$/set lock_timeout = '50ms'\n$&/m;
    $pg->psql($source);

    for (1 .. 3 * $runs) {
        for my $deciders (2, 4) {
            for my $function ('gavel.append', 'gavel.append_wait') {
                $pg->psql('truncate gavel.event, gavel.log_head');
                my $r = $json->decode(run('build/bench/contend', $pg->{host},
                    $pg->{name}, $function, one_append($pg, $function),
                    $deciders, 1.5, 5));
                note('contend', delete $r->{name}, %$r);
            }
        }
    }

    for my $deciders (2, 4) {
        ratio('contend', "gavel.append x $deciders",
              "gavel.append_wait x $deciders", $_) for qw(per_second p99);
    }

    $t->finish;
}


# A statement that appends one event and nothing else; see contend.c.

sub one_append {
    my ($pg, $function) = @_;

    my %value = (p_auction => 7777, p_epoch => 1, p_seq => '$1::bigint',
        p_head => q{decode($2, 'hex')}, p_engine_rev => 1, p_by => '$3',
        p_reserve => '$4::boolean', p_not_before => 0, e_epoch => 1,
        e_type => q('{24}'), e_ts => q('{1}'), e_actor => q('{0}'),
        e_request => q('{NULL}'), e_hash => 'sha256($5::bytea)',
        e_public => q(') . 'an event ' x 20 . q('));

    my @arguments = map {
        my ($name, $type) = @$_;
        "$name => " . ($value{$name} // ($type =~ /\[\]$/ ? q('{}')
            : $type =~ /^(?:text|bytea)$/ && $name =~ /^e_/ ? q('')
            : 'null')) . "::$type";
    } $pg->rows("select n, t::regtype from pg_proc p, unnest(proargtypes::oid[],
        proargnames[1:pronargs]) as x (t, n) where oid = '$function'::regproc");

    return "select kind, seq, encode(hash, 'hex') from $function("
         . join(', ', @arguments) . ')';
}


# Accepted and acknowledged bids, 256 bidders, one hot lot.  A server that
# takes bids out of order refuses more of the rising amounts, so all answers
# are compared as well.

sub bids {
    my $t = durable();
    my $lot = hot_auction($t);
    my $gavel = bidders($t, $t->node->port);
    my $port = Gavel::Test::port();
    my $peer = child({ PGHOST => $t->pg->{host}, PGUSER => 'postgres',
                       PGDATABASE => $t->pg->{name} },
                     'node', 't/bench/peers/bids.mjs', $port);

    listening($port);

    my $node = bidders($t, $port);
    my $start = 1;

    for (1 .. $runs) {
        my $r = load_bids($t, $gavel, $t->auction_id, $lot, $start);
        note('bids', 'gavel', %$r);
        $start += 10_000_000;

        note('bids', 'node', %{ load_bids($t, $node, 1, 1, $start) });
        $start += 10_000_000;
    }

    end_child($peer);
    ratio('bids', 'gavel', 'node', 'per_second');
    ratio('bids', 'gavel', 'node', 'answered_per_second');
    $t->finish;
}


# The test of two nodes and one hot lot, longer than in make test.

sub hot {
    local $ENV{GAVEL_HOT_SECONDS} = $ENV{HOT} || 60;

    my $tap = run($^X, '-It/lib', 't/long/50-hot.t');

    note('hot', $1, accepted => $2 + 0, per_second => $2 / $ENV{GAVEL_HOT_SECONDS})
        while $tap =~ /^ok \d+ - (with(?:out)? Redis): (\d+) bids/mg;
}


# Lines of one chat, stored and acknowledged: as many as 256 people can write,
# and 2,000 a second.

sub comments {
    my $t = durable();

    $t->auction('live');

    my $file = bidders($t, $t->node->port);

    for (1 .. $runs) {
        for my $rate (0, 2000) {
            my $r = $json->decode(run('sh', '-c',
                'exec build/bench/load bids "$@" < ' . $file, 'sh',
                $t->auction_id, 0, $seconds, 1, 1, '/dev/null', $rate));
            note('comments', $rate ? "$rate a second" : 'at most', %$r);
        }
    }

    my ($stored, $seq) = @{ ($t->sql_rows(
        'select count(*), max(seq) from gavel.comment'))[0] };
    die "$stored lines, but the last is $seq" if $stored != $seq;

    $t->finish;
}


# What one delivered event costs the server, and when the last has it.

sub fanout {
    my $t = durable(workers => 1);         # as the loop beside it
    my $lot = hot_auction($t);
    my $bidders = bidders($t, $t->node->port, 4);
    my $rate = $ENV{RATE} || 50;
    my $bytes = 0;
    my $start = 1;

    for (1 .. $runs) {
        my $r = fanout_gavel($t, $lot, $bidders, $rate, $start);
        note('fanout', 'gavel', %$r);
        $start += 100_000;
        $bytes ||= int($r->{bytes} / ($r->{events} || 1)) - 4;

        note('fanout', 'epoll loop', %{ fanout_epoll($rate, $bytes) });
        note('fanout', 'nchan', %{ fanout_nchan($t, $rate, $bytes) });
        note('fanout', 'socket.io', %{ fanout_socketio($rate, $bytes) });
    }

    ratio('fanout', $_, 'epoll loop', 'cpu_us_per_event')
        for 'gavel', 'nchan', 'socket.io';
    $t->finish;
}

sub fanout_gavel {
    my ($t, $lot, $bidders, $rate, $start) = @_;

    my $tell = $t->dir . "/tell$start";
    my $id = $t->auction_id;
    my $frame = $json->encode({ type => 'subscribe',
                                channel => "auction:$id" });

    POSIX::mkfifo($tell, 0600) or die "mkfifo: $!";

    my $pid = child({}, 'sh', '-c', 'exec build/bench/load bids "$@" < '
        . "$bidders > /dev/null", 'sh', $id, $lot, $seconds + 6, 1, $start,
        '/dev/null', $rate, $tell);

    my $r = watch($tell, $t->node->port, '/api/v1/ws',
                  join(',', $t->workers), $frame);

    end_child($pid);

    return $r;
}

sub fanout_epoll {
    my ($rate, $bytes) = @_;

    my $port = Gavel::Test::port();
    my $pipe = File::Temp::tempdir(CLEANUP => 1) . '/pipe';

    POSIX::mkfifo($pipe, 0600) or die "mkfifo: $!";

    my $pid = child({}, 'sh', '-c', "exec build/bench/epoll $port $rate $bytes "
                                    . "> $pipe");
    my $r = watch($pipe, $port, '/', $pid);

    end_child($pid);

    return $r;
}

sub fanout_nchan {
    my ($t, $rate, $bytes) = @_;

    my $dir = File::Temp::tempdir(CLEANUP => 1);
    my $port = Gavel::Test::port();
    my $conf = slurp('t/bench/peers/nchan.conf');

    chmod 0777, $dir;
    $conf =~ s/%%DIR%%/$dir/g;
    $conf =~ s/%%PORT%%/$port/g;
    spew("$dir/nginx.conf", $conf);
    POSIX::mkfifo("$dir/pipe", 0600) or die "mkfifo: $!";

    my $server = child({}, '/usr/sbin/nginx', '-p', $dir, '-c',
                       "$dir/nginx.conf");
    listening($port);

    my $publisher = child({}, 'sh', '-c', 'exec t/bench/peers/publish.pl '
        . "$port $rate $bytes @{[ $seconds + 30 ]} > $dir/pipe");
    my $r = watch("$dir/pipe", $port, '/watch',
                  join(',', Gavel::Node::children($server)));

    end_child($publisher);
    end_child($server);

    return $r;
}

sub fanout_socketio {
    my ($rate, $bytes) = @_;

    my $port = Gavel::Test::port();
    my $pipe = File::Temp::tempdir(CLEANUP => 1) . '/pipe';

    POSIX::mkfifo($pipe, 0600) or die "mkfifo: $!";

    my $pid = child({}, 'sh', '-c', 'exec node t/bench/peers/socketio.mjs '
                                    . "$port $rate $bytes > $pipe");
    my $r = watch($pipe, $port, '/socket.io/?EIO=4&transport=websocket', $pid,
                  '40');

    end_child($pid);

    return $r;
}


# Resident memory per idle socket that follows an auction.

sub memory {
    my $n = $ENV{IDLE} || 10_000;

    for my $kind ('idle', 'subscribed') {
        my $t = durable();

        hot_auction($t);

        my @frame = $kind eq 'idle' ? () : $json->encode({
            type => 'subscribe', channel => 'auction:' . $t->auction_id });

        note('memory', $kind, %{ $json->decode(
            run('build/bench/load', 'idle', $n, $t->node->port, '/api/v1/ws',
                join(',', $t->workers), @frame)) });
        $t->finish;
    }
}


# --- the stage ---

# A server as one would run it: what is committed is on the disk.

sub durable {
    my $t = Gavel::Test->new(pg => 'own', redis => 'own', quiet => 1,
        log => 'error', @_);

    $t->pg->restart('fsync=on', 'shared_buffers=256MB', 'max_wal_size=4GB');

    return $t;
}

sub hot_auction {
    my ($t) = @_;

    $t->auction('live', lots => 1, base => 1, rules => {
        currency => 'KRW', ladder => 1,
        clock => { preset => 'hard', duration_ms => 3_600_000 } });

    return ($t->lots)[0];
}

# A file of so many bidders at a port.

sub bidders {
    my ($t, $port, $n) = @_;

    my $file = $t->dir . "/bidders$port";

    $t->{crowd} ||= [ $t->crowd(256) ];
    spew($file, join '', map { "$port $_->{access}\n" }
                         @{ $t->{crowd} }[0 .. ($n || 256) - 1]);

    return $file;
}

sub load_bids {
    my ($t, $file, $auction, $lot, $start) = @_;

    return $json->decode(run('sh', '-c', 'exec build/bench/load bids "$@" < '
        . $file, 'sh', $auction, $lot, $seconds, 1, $start, '/dev/null'));
}

sub watch {
    my ($pipe, $port, $path, $pids, @frame) = @_;

    # opened here for both ends, so that nobody waits for the other

    open my $in, '+<', $pipe or die "$pipe: $!";
    listening($port);

    return $json->decode(run('sh', '-c',
        "exec build/bench/load watch \"\$@\" < $pipe", 'sh', $sockets, $port,
        $path, $seconds, $pids, @frame));
}

sub listening {
    my ($port) = @_;

    eventually {
        IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port");
    } 15 or die "nobody listens on $port";
}


# --- processes ---

sub child {
    my ($env, @command) = @_;

    my $pid = fork // die "fork: $!";

    if ($pid == 0) {
        @ENV{keys %$env} = values %$env;
        exec @command or POSIX::_exit(127);
    }

    push @children, $pid;

    return $pid;
}

sub end_child {
    my ($pid) = @_;

    @children = grep { $_ != $pid } @children;
    kill 'TERM', $pid;
    waitpid $pid, 0;
}

sub run {
    my (@command) = @_;

    open my $p, '-|', @command or die "$command[0]: $!";
    local $/;
    my $text = <$p>;
    close $p or die "@command failed: $?";

    return $text;
}

sub slurp { open my $f, '<', $_[0] or die "$_[0]: $!"; local $/; return <$f> }

sub spew {
    my ($file, $text) = @_;

    open my $f, '>', $file or die "$file: $!";
    print $f $text;
    close $f;
}


# --- results ---

sub note {
    my ($row, $who, %values) = @_;

    push @results, { row => $row, who => $who, %values };
    print STDERR "$row $who: ", $json->encode(\%values), "\n";
}

sub median {
    my @sorted = sort { $a <=> $b } grep { defined } @_;
    return $sorted[@sorted / 2];
}

sub values_of {
    my ($row, $who, $key) = @_;
    return map { $_->{$key} }
           grep { $_->{row} eq $row && $_->{who} eq $who } @results;
}

sub ratio {
    my ($row, $who, $to, $key) = @_;

    my $a = median(values_of($row, $who, $key));
    my $b = median(values_of($row, $to, $key));

    push @results, { row => $row, who => "$who / $to, $key",
                     ratio => $a / $b }
        if $a && $b;
}

sub table {
    my %seen;

    for my $r (@results) {
        next if $seen{"$r->{row} $r->{who}"}++;

        my @keys = grep { !/^(?:row|who)$/ } sort keys %$r;
        my @cells = map {
            my $m = median(values_of($r->{row}, $r->{who}, $_));
            sprintf '%s %s', $_,
                $m =~ /\./ ? sprintf('%.3f', $m) + 0 : $m;
        } @keys;

        printf "%-8s %-36s %s\n", $r->{row}, $r->{who}, join ', ', @cells;
    }

    spew('build/bench.json', $json->pretty->encode(\@results));
}
