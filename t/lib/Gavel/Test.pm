package Gavel::Test;

# The one way to open a test: nginx with Gavel, as many nodes as wanted, on a
# database and a Redis of its own.
#
#   my $t = Gavel::Test->new->auction('draft', leaders => 2);
#   my ($kim, $lee) = $t->leaders;
#   is $kim->bid(100)->{price}, 100, 'a first bid stands';
#
# Everything starts at first need and ends with the test, whatever happens.
# At the end the error logs must be clean: no [alert], no sanitizer.
#
# TEST_LEAVE=1 keeps the folder, TEST_VERBOSE=1 shows the logs of a failure,
# GAVEL_SAN=1 uses the module that was built with SAN=1.

use strict;
use warnings;

use Cwd ();
use File::Temp ();
use IO::Socket::INET;
use Test::More ();
use Time::HiRes qw(time sleep);

use Gavel::Http;
use Gavel::House;
use Gavel::Load;
use Gavel::Node;
use Gavel::Pg;
use Gavel::Redis;
use Gavel::Sentinel;
use Gavel::Sse;
use Gavel::Ws;

our @ISA = qw(Gavel::House);

our $ROOT = Cwd::abs_path(__FILE__) =~ s{/[^/]+/[^/]+/[^/]+/[^/]+$}{}r;

my @tests;
my %locked;

$SIG{INT} = $SIG{TERM} = sub { exit 1 };
$SIG{PIPE} = 'IGNORE';


# new(%options):
#   plan      how many tests; without it they are counted at the end
#   nodes     1      how many nginx
#   workers   2      of each
#   pg        'shared' (a database of its own in the run's cluster) or 'own'
#                    (a cluster of its own, to be stopped and started)
#   redis     'shared', 'own', 'sentinel' or 'off'
#   database  ''     more of the gavel_database directive
#   main, http, server  ''    more of nginx.conf
#   env       {}     more of nginx's environment
#   rate_limits      'off'
#   log       'info' level of the error log ('debug' is nginx's own)
#   daemon    'off'  'on': processes of their own, so that one can be upgraded
#   ready     1      wait for /readyz, not only for the port

sub new {
    my ($class, %o) = @_;

    my $self = bless {
        nodes => 1, workers => 2, pg => 'shared', redis => 'shared',
        database => '', main => '', http => '', server => '', env => {},
        rate_limits => 'off', log => 'info', ready => 1, daemon => 'off',
        %o,
        pid => $$, forgiven => {}, node => [], users => {},
    }, $class;

    $self->{dir} = File::Temp::tempdir('gavel-t-XXXXXX', TMPDIR => 1);
    chmod 0755, $self->{dir};

    Test::More::plan(tests => $o{plan} + 1) if $o{plan};

    push @tests, $self;

    return $self;
}

sub dir { $_[0]{dir} }


# --- services ---

sub pg {
    my ($self) = @_;

    return $self->{the_pg} //= Gavel::Pg->new(
        own => $self->{pg} eq 'own', dir => $self->{dir});
}

# How many rows of these tables ("bid,lot") a question looks at; what comes
# before it, and all that it does, is taken back.
sub looked {
    my ($self, $tables, $question, $before) = @_;

    my $n = "select 'looked ' || coalesce(sum(coalesce(seq_tup_read, 0)
             + coalesce(idx_tup_fetch, 0)), 0)
             from pg_stat_xact_user_tables
             where schemaname = 'gavel' and relname = any ('{$tables}');\n";

    my @n = map { $_->[0] =~ /^looked (\d+)/ }
        $self->sql_rows("begin;\n" . ($before // '') . ";\n$n"
            . "\\o /dev/null\n$question;\n\\o\n${n}rollback");

    return $n[1] - $n[0];
}

sub redis {
    my ($self) = @_;

    return $self->{redis} eq 'off' ? undef
         : $self->{redis} eq 'sentinel'
           ? ($self->{the_redis} //= Gavel::Sentinel->new)
         : ($self->{the_redis} //= Gavel::Redis->new(
               own => $self->{redis} eq 'own', dir => $self->{dir}));
}

# A value, or the first column of the first row; and rows.
sub sql      { my $self = shift; return $self->pg->sql(@_) }
sub sql_rows { my $self = shift; return $self->pg->rows(@_) }

sub kill_redis    { $_[0]->redis->kill;  return $_[0] }
sub restart_redis { $_[0]->redis->start; return $_[0] }

sub keys_dir {
    my ($self) = @_;

    return $self->{keys} //= do {
        my $keys = $ENV{GAVEL_TEST_KEYS} || "$self->{dir}/keys";
        system("$ROOT/scripts/keys", $keys) == 0 or die "scripts/keys: $?";
        $keys;
    };
}


# --- nodes ---

# Starts all nodes, once.
sub run {
    my ($self) = @_;

    return $self if $self->{running};
    $self->{running} = 1;

    $self->pg;
    $self->redis;
    $self->start_node($_) for 0 .. $self->{nodes} - 1;

    return $self;
}

sub start_node {
    my ($self, $n) = @_;

    $self->{node}[$n] //= Gavel::Node->new($self, $n);
    $self->{node}[$n]->start;

    return $self->{node}[$n];
}

sub node {
    my ($self, $n) = @_;

    $self->run;

    return $self->{node}[$n // 0] // $self->start_node($n);
}

sub stop    { $_->stop   for @{ $_[0]{node} }; $_[0]{running} = 0; $_[0] }
sub reload  { $_[0]->node($_[1])->reload;  return $_[0] }
sub quit    { $_[0]->node($_[1])->quit;    return $_[0] }
sub workers { return $_[0]->node($_[1])->workers }

# Kills one worker of a node as a crash would, and waits for its successor.
sub kill_a_worker {
    my ($self, $n) = @_;

    my $node = $self->node($n);
    my ($pid) = $node->workers;

    $self->{forgiven}{$pid} = 1;
    kill 'KILL', $pid;

    eventually(sub {
        my @now = $node->workers;
        return @now == $self->{workers} && !grep { $_ == $pid } @now;
    }, 5) or die 'no successor of a killed worker';

    return $pid;
}

# The end of this process is expected: its [alert] line is no failure.
sub forgive { my ($self, @pids) = @_; @{ $self->{forgiven} }{@pids} = (1) x @pids }

sub log_text { my ($self, $n) = @_; return $self->node($n)->log_text }

sub log_like {
    my ($self, $pattern, $name) = @_;
    return Test::More::like($self->log_text, $pattern, $name);
}

sub log_unlike {
    my ($self, $pattern, $name) = @_;
    return Test::More::unlike($self->log_text, $pattern, $name);
}


# --- clients ---

# A path without a leading slash lies under /api/v1/.  Options: as => user,
# json, body, headers, node, timeout.

sub get    { my $t = shift; return $t->http('GET',    @_) }
sub delete { my $t = shift; return $t->http('DELETE', @_) }
sub post   { my ($t, $path, @o) = @_; return $t->send_json('POST',  $path, @o) }
sub put    { my ($t, $path, @o) = @_; return $t->send_json('PUT',   $path, @o) }
sub patch  { my ($t, $path, @o) = @_; return $t->send_json('PATCH', $path, @o) }

sub send_json {
    my ($self, $method, $path, @o) = @_;

    my $json = @o % 2 ? shift @o : {};

    return $self->http($method, $path, json => $json, @o);
}

sub http {
    my ($self, $method, $path, %o) = @_;

    my %headers = %{ delete $o{headers} || {} };
    my $token = $self->token_of(delete $o{as});

    $headers{Authorization} //= "Bearer $token" if defined $token;

    my $r = Gavel::Http::request(
        port => $self->node(delete $o{node})->port,
        method => $method, path => $self->path($path),
        headers => \%headers, %o);

    # A bid for "the lot" that came before it was open is for another one, and
    # the clocks of workers differ, more so on a busy machine.  Where a lot
    # comes onto the block by itself, a test has to name it in a bid.
    sleep 0.05 if $method =~ /^P/ && $r->{status} =~ /^2/
                  && $path =~ m{/(?:start|open|next|nominate)/?$};

    return $r;
}

sub path { my ($self, $path) = @_; return $path =~ m{^/} ? $path : "/api/v1/$path" }

# A WebSocket that has read its hello, and logged in if `as` is given.
# Options: as, node, path, headers, protocol, hello => 0.
sub ws {
    my ($self, %o) = @_;

    my $token = $self->token_of(delete $o{as});

    return Gavel::Ws->new(
        port => $self->node(delete $o{node})->port, token => $token,
        auction => $self->{auction},
        log_length => sub { $self->log_length }, %o);
}

# Server-sent events of an auction.  Options: auction, as, node, last => id,
# query.
sub sse {
    my ($self, %o) = @_;

    my $token = $self->token_of(delete $o{as});
    my $id = delete $o{auction} // $self->auction_id;

    return Gavel::Sse->new(
        port => $self->node(delete $o{node})->port,
        path => "/api/v1/auctions/$id/events/stream"
                . (defined $o{query} ? "?$o{query}" : ''),
        token => $token, log_length => sub { $self->log_length($id) }, %o);
}


# --- small things ---

sub import {
    my $caller = caller;
    no strict 'refs';
    *{"${caller}::eventually"} = \&eventually;
    *{"${caller}::rss"} = \&rss;
    *{"${caller}::fds"} = \&fds;
}

# Calls the block until it is true, at most so many seconds: its last value.
sub eventually(&;$) {
    my ($block, $seconds) = @_;

    my $end = time + ($seconds || 10);
    my $value;

    until ($value = $block->()) {
        return $value if time > $end;
        sleep 0.02;
    }

    return $value;
}

# KiB of a process that are in memory, and how many descriptors it has.
sub rss {
    my ($pid) = @_;
    open my $f, '<', "/proc/$pid/status" or return 0;
    return (join '', <$f>) =~ /VmRSS:\s+(\d+)/ ? $1 : 0;
}

sub fds {
    my ($pid) = @_;
    opendir my $d, "/proc/$pid/fd" or return 0;
    return scalar grep { !/^\./ } readdir $d;
}

# A program that make build made.
sub built { return "$ROOT/build/" . ($ENV{GAVEL_SAN} ? 'san/' : '') . $_[0] }

# A free port.  The UDP socket of the same number, held to the end, keeps
# tests that run beside this one away.
sub port {
    for (1 .. 1000) {
        my $port = 20000 + int rand 12000;
        next if $locked{$port};

        my $lock = IO::Socket::INET->new(Proto => 'udp',
            LocalAddr => "127.0.0.1:$port") or next;
        my $try = IO::Socket::INET->new(Proto => 'tcp', Listen => 1,
            ReuseAddr => 1, LocalAddr => "127.0.0.1:$port") or next;

        close $try;
        $locked{$port} = $lock;

        return $port;
    }

    die 'no free port';
}


# --- the end ---

# Lines of the logs that no healthy server writes.
sub complaints {
    my ($self) = @_;

    my @bad;

    for my $node (@{ $self->{node} }) {
        for (split /\n/, $node->log_text) {
            next if !/\[(?:alert|emerg)\]|Sanitizer|runtime error:|open socket/;
            next if /process (\d+) exited on signal 9/ && $self->{forgiven}{$1};
            next if $self->{expect} && $_ =~ $self->{expect};
            push @bad, $_;
        }
    }

    return @bad;
}

sub finish {
    my ($self) = @_;

    return if $self->{finished}++;

    my $ok = eval { $self->stop; 1 };
    my $why = $@;

    $_ && eval { $_->stop } for @{$self}{qw(the_redis the_pg)};

    my @bad = $self->complaints;
    push @bad, "cannot stop: $why" unless $ok;

    if (!$self->{quiet}) {
        Test::More::ok(!@bad, 'the error log is clean');
        Test::More::diag($_) for @bad[0 .. ($#bad > 19 ? 19 : $#bad)];
    }

    my $failed = !Test::More->builder->is_passing;

    if ($ENV{TEST_VERBOSE} && $failed) {
        Test::More::diag($_->log_text) for @{ $self->{node} };
    }

    if ($ENV{TEST_LEAVE}) {
        Test::More::diag("left: $self->{dir}");
    } else {
        system 'rm', '-rf', $self->{dir};
    }
}

END {
    my $code = $?;

    for my $self (grep { $_->{pid} == $$ } @tests) {
        $self->finish;
        Test::More::done_testing()
            if !$self->{plan} && !$self->{quiet} && !$code
               && $self == $tests[-1];
    }

    $? = $code;
}

1;
