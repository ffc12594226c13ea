package Gavel::Pair;

# Two PostgreSQL clusters: one takes writes, the other follows it and is
# asked about every commit, and may be promoted.  `primary` changes with that;
# sockets, as links know them, do not.

use strict;
use warnings;

use Time::HiRes qw(time);

use Gavel::Pg;

use constant SETTINGS => ('fsync=off', 'wal_keep_size=256MB',
    'wal_retrieve_retry_interval=200ms', 'wal_receiver_timeout=5s',
    'wal_sender_timeout=5s', 'max_connections=300');

sub new {
    my ($class, $first) = @_;

    my $dir = File::Temp::tempdir('gavel-pg-XXXXXX', TMPDIR => 1);
    chmod 0755, $dir;

    my $second = bless { %$first, host => $dir, running => 0 }, 'Gavel::Pg';
    my $self = bless { primary => $first, standby => $second, owner => $$ },
                     $class;

    $first->restart(SETTINGS);
    $self->follow;

    return $self;
}

sub primary { $_[0]{primary} }
sub standby { $_[0]{standby} }

# The socket that a TCP port is forwarded to.
sub socket_of { my ($self, $pg) = @_; return "$pg->{host}/.s.PGSQL.5432" }

# The standby is made anew, and from then on no commit is done without it.
sub follow {
    my ($self) = @_;

    my ($to, $from) = @{$self}{qw(standby primary)};

    system("$Gavel::Test::ROOT/scripts/postgres", 'standby', $to->{host},
           $from->{host}) == 0 or die 'no copy of the primary';
    $to->start(SETTINGS);
    $self->synchronous('*');
}

sub synchronous {
    my ($self, $names) = @_;

    $self->{primary}->psql(
        "alter system set synchronous_standby_names = '$names'", 'postgres');
    $self->{primary}->psql('select pg_reload_conf()', 'postgres');
}

# Does the standby have all that anybody may have seen at the primary?  What
# was written just before a crash is seen after it, and may not be there yet.
sub caught_up {
    my ($self) = @_;

    my $lsn = $self->{primary}->sql('select pg_current_wal_flush_lsn()');

    return Gavel::Test::eventually(sub {
        $self->{primary}->sql("select count(*) from pg_stat_replication
            where sync_state = 'sync' and flush_lsn >= '$lsn'");
    }, 10);
}

# The primary is lost for good, the standby takes over.
sub fail_over {
    my ($self) = @_;

    $self->{primary}->kill if $self->{primary}{running};

    system("$Gavel::Test::ROOT/scripts/postgres", 'promote',
           $self->{standby}{host}) == 0 or die 'no promotion';

    @{$self}{qw(primary standby)} = @{$self}{qw(standby primary)};
    $self->synchronous('');
}

sub start { my ($self, $which) = @_; $self->{$which}->start(SETTINGS) }

sub DESTROY {
    my ($self) = @_;

    return if $self->{owner} != $$;

    local $?;
    eval { $_->stop } for grep { $_->{host} && -d $_->{host} } @{$self}{qw(primary standby)};
}

1;
