package Gavel::Probe;

# An nginx with the test module (t/module) instead of Gavel: the clients of
# the event loop on their own.
#
#   my $p = Gavel::Probe->new(probe => ['queue 4']);
#   is $p->get('/task?ms=5')->{body}, 10;

use strict;
use warnings;

use Gavel::Test;

our @ISA = qw(Gavel::Node);

# new(%options): probe => [ 'KEY VALUE' ], workers, log, main, pg and redis as
# Gavel::Test has them; pg => 'off'.
sub new {
    my ($class, %o) = @_;

    my $t = Gavel::Test->new(workers => 1, ready => 0, %o);
    my $self = Gavel::Node::new($class, $t, 0);

    $t->{node}[0] = $self;
    $self->{probe} = $o{probe} || [];
    $self->{no_pg} = ($o{pg} // '') eq 'off';

    $self->functions if !$self->{no_pg} && !$o{bare};
    $self->start if !exists $o{start} || $o{start};

    return $self;
}

# A second node beside this one, with the same services.
sub another {
    my ($self) = @_;

    my $t = $self->{t};
    my $other = Gavel::Node::new(ref $self, $t, scalar @{ $t->{node} });

    $other->{$_} = $self->{$_} for qw(probe no_pg);
    push @{ $t->{node} }, $other;
    $other->start;

    return $other;
}

sub the_test { $_[0]{t} }
sub the_pg   { $_[0]{t}->pg }

sub conf {
    my ($self) = @_;

    my $t = $self->{t};
    my $dir = $self->{dir};
    my $san = $ENV{GAVEL_SAN} ? 'san/' : '';
    my $module = "$Gavel::Test::ROOT/build/${san}probe.so";
    my $user = $> == 0 ? 'user root root;' : '';
    my @probe = @{ $self->{probe} };

    if (!$self->{no_pg}) {
        my $pg = $t->pg;
        push @probe, "host $pg->{host}" if !grep { /^host / } @probe;
        push @probe, "dbname $pg->{name}";
        push @probe, 'user postgres' if !grep { /^user / } @probe;
    }

    if ($t->redis && !grep { /^redis/ } @probe) {
        push @probe, 'redis ' . $t->redis->path;
    }

    my $probe = join '', map { "    probe $_;\n" } @probe;

    return <<"CONF";
load_module $module;
$user
daemon off;
worker_processes $t->{workers};
pid $dir/nginx.pid;
error_log $dir/error.log $t->{log};
thread_pool gavel threads=1 max_queue=64;
$t->{main}
events {
    worker_connections 512;
}
http {
    access_log off;
    client_body_temp_path $dir/body;
    proxy_temp_path $dir/proxy;
    fastcgi_temp_path $dir/fastcgi;
    uwsgi_temp_path $dir/uwsgi;
    scgi_temp_path $dir/scgi;
$probe
    server {
        listen 127.0.0.1:$self->{port};
        location / {
            probe_here;
        }
    }
}
CONF
}

# What the tests of pg call.
sub functions {
    my ($self) = @_;

    $self->the_pg->psql(<<'SQL');
create schema if not exists gavel;
create table if not exists gavel.probe (
    v text, constraint once unique (v) deferrable initially deferred);

create function gavel.echo(text) returns text language sql as 'select $1';
create function gavel.writable() returns text language sql
    as $$ select current_setting('transaction_read_only') $$;
create function gavel.whoami() returns text language sql
    as $$ select current_setting('application_name') $$;
create function gavel.big(text) returns text language sql
    as $$ select repeat('x', $1::int) $$;
create function gavel.nap(text) returns text language sql
    as $$ select 'slept' from (select pg_sleep($1::float / 1000)) s $$;
create function gavel.die(text) returns text language plpgsql
    as $$ begin raise exception using errcode = $1, message = 'as asked';
    end $$;
create function gavel.put(text) returns text language sql
    as $$ insert into gavel.probe values ($1) returning v $$;
create function gavel.cmd(bigint, jsonb)
    returns table (status int, code text, body text, etag text)
    language plpgsql as $$
begin
    if $2 ? 'raise' then
        raise exception using errcode = $2 ->> 'raise';
    end if;

    return query select 201, $2 ->> 'code',
        jsonb_build_object('actor', $1, 'x', $2 -> 'x')::text, '"e1"';
end $$;
SQL
}

sub get {
    my ($self, $path, %o) = @_;

    return Gavel::Http::request(port => $self->port, method => 'GET',
                                path => $path, %o);
}

sub text  { my $self = shift; return $self->get(@_)->{body} }
sub stats { return Gavel::Http::decode($_[0]->text('/stats')) }

# The outcomes of operations: "FN STATUS SQLSTATE VALUE" each.
sub ops {
    my ($self, $lane, @ops) = @_;

    return split /\n/, $self->text("/pg?lane=$lane&ops=" . join ',', @ops);
}

# Sends a request and does not wait for the answer.
sub begin {
    my ($self, $path) = @_;

    my $socket = Gavel::Http::open_socket($self->port);
    print $socket "GET $path HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    $socket->flush;

    return $socket;
}

sub end {
    my ($self, $socket) = @_;

    return Gavel::Http::exchange($socket, '', 15);
}

# Processor seconds that the worker has used.
sub cpu {
    my ($self) = @_;

    my $ticks = 0;

    for my $pid ($self->workers(all => 1)) {
        open my $f, '<', "/proc/$pid/stat" or next;
        my @field = split ' ', <$f> =~ s/^.*\) //r;
        $ticks += $field[11] + $field[12];
    }

    return $ticks / 100;
}

1;
