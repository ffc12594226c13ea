package Bench;

# What every row of the bench stands on: processes that end with it, servers
# as one would run them, what was measured, and whether that is enough.

use strict;
use warnings;

use Exporter ();
use Gavel::Test;
use IPC::Open2 ();
use JSON::PP;
use POSIX ();

our @EXPORT = qw(
    decode subscribe child end_child meanwhile wait_for run pipe_of slurp spew
    durable peer_env hot_auction bidders bidding told listening watch hold
    note median values_of ratio target
);

our $runs = $ENV{RUNS} || 3;
our $seconds = $ENV{SECONDS} || 5;
our $watchers = $ENV{WATCHERS} || 1000;

my $json = JSON::PP->new->canonical;
my @measured;
my @targets;
my @children;

sub import {
    goto &Exporter::import;
}

sub decode { return $json->decode($_[0]) }

END {
    local $?;
    end_child($_) for @children;
}


# --- processes ---

# A process of ours, a command or code: its number.  Options: env, in and out
# (files).
sub child {
    my ($o, @command) = @_;

    my $pid = fork // die "fork: $!";

    if ($pid == 0) {
        @ENV{keys %{ $o->{env} }} = values %{ $o->{env} } if $o->{env};

        for (['<', in => *STDIN], ['>', out => *STDOUT]) {
            my ($mode, $name, $to) = @$_;
            next if !$o->{$name};
            open my $f, $mode, $o->{$name} or POSIX::_exit(126);
            POSIX::dup2(fileno $f, fileno $to);
        }

        if (ref $command[0]) {
            eval { $command[0]->(); 1 } or print STDERR $@;
            POSIX::_exit($@ ? 1 : 0);
        }

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

# Code in a process of its own meanwhile: a function that waits for its end and
# returns what it made.
sub meanwhile {
    my ($code) = @_;

    my ($f, $out) = File::Temp::tempfile(UNLINK => 1);
    my $pid = child({}, sub { spew($out, $json->encode($code->())) });

    return sub { wait_for($pid); return decode(slurp($out)) };
}

# It ends by itself, and well.
sub wait_for {
    my ($pid) = @_;

    waitpid $pid, 0;
    @children = grep { $_ != $pid } @children;
    die 'a child failed' if $?;
}

sub run {
    my (@command) = @_;

    open my $p, '-|', @command or die "$command[0]: $!";
    local $/;
    my $text = <$p>;
    close $p or die "@command failed: $?";

    return $text;
}

# A named pipe that lies in a folder of its own.
sub pipe_of {
    my $pipe = File::Temp::tempdir(CLEANUP => 1) . '/pipe';

    POSIX::mkfifo($pipe, 0600) or die "mkfifo: $!";

    return $pipe;
}

sub slurp { open my $f, '<', $_[0] or die "$_[0]: $!"; local $/; return <$f> }

sub spew {
    my ($file, $text) = @_;

    open my $f, '>', $file or die "$file: $!";
    print $f $text;
    close $f;
}


# --- the stage ---

# A server as one would run it: what is committed is on the disk.
sub durable {
    my $t = Gavel::Test->new(pg => 'own', redis => 'own', quiet => 1,
        log => 'error', @_);

    $t->pg->restart('fsync=on', 'shared_buffers=256MB', 'max_wal_size=4GB');

    return $t;
}

# How a peer finds the database of a server.
sub peer_env {
    my ($t) = @_;
    return { PGHOST => $t->pg->{host}, PGUSER => 'postgres',
             PGDATABASE => $t->pg->{name} };
}

# An auction with one lot that stays open: that lot.
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

# Everybody of the file bids until told() is called, at most for so long.
# Options: bidders, auction (or a file of rooms), lot, start, rate, tell, turn.
sub bidding {
    my ($t, %o) = @_;

    my $out = $t->dir . "/bids-$o{start}";
    my $pid = child({ in => $o{bidders}, out => $out }, 'build/bench/load',
        'bids', $o{auction} // $t->auction_id, $o{lot} // 0, 600, 1,
        $o{start}, '/dev/null', $o{rate}, $o{tell} || (), $o{turn} // ());

    return { pid => $pid, out => $out };
}

sub told {
    my ($bidding) = @_;

    end_child($bidding->{pid});

    return $json->decode(slurp($bidding->{out}));
}

sub listening {
    my ($port) = @_;

    eventually {
        IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port");
    } 15 or die "nobody listens on $port";
}

sub subscribe {
    my ($auction) = @_;
    return qq({"type":"subscribe","channel":"auction:$auction"});
}

# What watchers say who wait and count.  Options: pipe (who publishes tells
# there), port, path, pids (the server), sockets, seconds, source, frame,
# rooms, and start and stop, called when all are there and when they have
# counted, before they leave.
sub watch {
    my (%o) = @_;

    # opened here for both ends, so that nobody waits for the other

    open my $pipe, '+<', $o{pipe} or die "$o{pipe}: $!";
    listening($o{port});

    my $pid = open my $out, '-|', 'sh', '-c',
        'p=$1; shift; exec build/bench/load watch "$@" < $p', 'sh', $o{pipe},
        $o{sockets} || $watchers, $o{port}, $o{path},
        $o{seconds} || $seconds, $o{pids}, $o{source} || '127.0.0.1',
        grep { defined } @o{qw(frame rooms)};

    push @children, $pid;
    (<$out> // '') eq "watching\n" or die 'nobody watches';
    $o{start}->() if $o{start};
    (<$out> // '') eq "watched\n" or die 'nobody has watched';
    $o{stop}->() if $o{stop};

    my $text = <$out>;
    @children = grep { $_ != $pid } @children;
    close $out or die "load watch failed: $?";

    return $json->decode($text);
}

# Watchers that only hold on, until their number is given to end_child; they
# come in crowds, as a process may not have more files.
sub hold {
    my (%o) = @_;

    my $pid = IPC::Open2::open2(my $out, my $in, 'build/bench/load', 'hold',
        $o{sockets}, $o{port}, $o{path}, $o{source} || '127.0.0.1',
        grep { defined } @o{qw(frame rooms)});

    push @children, $pid;
    (<$out> // '') eq "watching\n" or die 'nobody holds on';

    # its input ends with us
    push @{ $Bench::held{$pid} }, $in, $out;

    return $pid;
}


# --- results ---

sub note {
    my ($row, $who, %values) = @_;

    push @measured, { row => $row, who => $who, %values };
    print STDERR "$row $who: ", $json->encode(\%values), "\n";
}

sub median {
    my @sorted = sort { $a <=> $b } grep { defined } @_;
    return $sorted[@sorted / 2];
}

sub values_of {
    my ($row, $who, $key) = @_;
    return grep { defined } map { $_->{$key} }
           grep { $_->{row} eq $row && $_->{who} eq $who } @measured;
}

# One against the other, and what it has to be: '>= 10', or nothing.
sub ratio {
    my ($row, $who, $to, $key, $bound) = @_;

    my $a = median(values_of($row, $who, $key)) or return;
    my $b = median(values_of($row, $to, $key)) or return;

    push @targets, { row => $row, what => "$who / $to, $key",
                     measured => $a / $b, judged($a / $b, $bound) };
}

# The median of what was noted under a key, and what it has to be.
sub target {
    my ($row, $who, $key, $bound) = @_;

    my $m = median(values_of($row, $who, $key)) // return;

    push @targets, { row => $row, what => "$who, $key", measured => $m,
                     judged($m, $bound) };
}

sub judged {
    my ($value, $bound) = @_;

    return () if !$bound;

    my ($op, $than) = $bound =~ /^([<>])= (\S+)$/ or die "what is $bound?";

    return (target => $bound,
            met => ($op eq '<' ? $value <= $than : $value >= $than)
                   ? JSON::PP::true : JSON::PP::false);
}

sub number {
    my ($n) = @_;
    return $n =~ /\./ ? sprintf('%.3f', $n) + 0 : $n;
}

# What was measured, then what was to be reached.
sub table {
    my %seen;

    for my $r (@measured) {
        next if $seen{"$r->{row} $r->{who}"}++;

        my @cells = map {
            "$_ " . number(median(values_of($r->{row}, $r->{who}, $_)));
        } grep { !/^(?:row|who)$/ } sort keys %$r;

        printf "%-8s %-24s %s\n", $r->{row}, $r->{who}, join ', ', @cells;
    }

    printf "\n%-8s %-52s %12s  %-12s %s\n", qw(row what measured target met);

    for my $r (@targets) {
        printf "%-8s %-52s %12s  %-12s %s\n", $r->{row}, $r->{what},
            number($r->{measured}), $r->{target} // '',
            !defined $r->{met} ? '' : $r->{met} ? 'yes' : 'NO';
    }

    spew('build/bench.json', $json->pretty->encode(
        { measured => \@measured, targets => \@targets }));
}

1;
