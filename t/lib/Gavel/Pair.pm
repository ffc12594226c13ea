package Gavel::Pair;

# Two PostgreSQL clusters: one takes writes, the other follows it and may be
# promoted.  A synchronous one is asked about every commit; one that is not
# may lag, or be cut off.  `primary` changes with a promotion; sockets, as
# links know them, do not.

use strict;
use warnings;

use Time::HiRes qw(time);

use Gavel::Pg;

use constant SETTINGS => ('fsync=off', 'wal_keep_size=256MB',
    'wal_retrieve_retry_interval=200ms', 'wal_receiver_timeout=5s',
    'wal_sender_timeout=5s', 'max_connections=300');

# new($pg, synchronous => 1): $pg is a cluster of its own.
sub new {
    my ($class, $first, %o) = @_;

    my $dir = File::Temp::tempdir('gavel-pg-XXXXXX', TMPDIR => 1);
    chmod 0755, $dir;

    my $second = bless { %$first, host => $dir, running => 0 }, 'Gavel::Pg';
    my $self = bless { primary => $first, standby => $second, owner => $$,
                       synchronous => 1, %o }, $class;

    $first->restart(SETTINGS);
    $self->follow;

    return $self;
}

sub primary { $_[0]{primary} }
sub standby { $_[0]{standby} }

# The socket that a TCP port is forwarded to.
sub socket_of { my ($self, $pg) = @_; return "$pg->{host}/.s.PGSQL.5432" }

# What gavel_database says, before a promotion and behind it.
sub conninfo {
    my ($self) = @_;
    return join ' ', (map { "host=$_->{host}" } @{$self}{qw(primary standby)}),
                     "dbname=$self->{primary}{name}";
}

# The standby is made anew; from then on no commit is done without a
# synchronous one.
sub follow {
    my ($self) = @_;

    my ($to, $from) = @{$self}{qw(standby primary)};

    system("$Gavel::Test::ROOT/scripts/postgres", 'standby', $to->{host},
           $from->{host}) == 0 or die 'no copy of the primary';
    $to->start(SETTINGS);
    $self->ask($self->{synchronous} ? '*' : '');
}

# Which standbys the primary asks about a commit.
sub ask {
    my ($self, $names) = @_;

    $self->{primary}->psql(
        "alter system set synchronous_standby_names = '$names'", 'postgres');
    $self->{primary}->psql('select pg_reload_conf()', 'postgres');
}

# Does the standby have all that anybody may have seen at the primary?  What
# was written just before a crash is seen after it, and may not be there yet.
sub caught_up {
    my ($self) = @_;

    my $state = $self->{synchronous} ? 'sync' : 'async';
    my $lsn = $self->{primary}->sql('select pg_current_wal_flush_lsn()');

    return Gavel::Test::eventually(sub {
        $self->{primary}->sql("select count(*) from pg_stat_replication
            where sync_state = '$state' and flush_lsn >= '$lsn'");
    }, 10);
}

# From now on the standby, which is not synchronous, hears nothing.
sub cut_off {
    my ($self) = @_;

    my $standby = $self->{standby};

    $standby->psql("alter system set primary_conninfo = ''");
    $standby->psql('select pg_reload_conf()');

    Gavel::Test::eventually(sub {
        $standby->sql('select count(*) from pg_stat_wal_receiver') == 0;
    }, 10) or die 'a standby cannot be cut off';
}

# The standby takes over.  The primary is lost for good before that, or
# (undead => 1) lives on and does not know.
sub fail_over {
    my ($self, %o) = @_;

    $self->{primary}->kill if $self->{primary}{running} && !$o{undead};

    system("$Gavel::Test::ROOT/scripts/postgres", 'promote',
           $self->{standby}{host}) == 0 or die 'no promotion';

    @{$self}{qw(primary standby)} = @{$self}{qw(standby primary)};
    $self->ask('');
}

sub start { my ($self, $which) = @_; $self->{$which}->start(SETTINGS) }

sub DESTROY {
    my ($self) = @_;

    return if $self->{owner} != $$;

    local $?;
    eval { $_->stop } for grep { $_->{host} && -d $_->{host} } @{$self}{qw(primary standby)};
}

1;
