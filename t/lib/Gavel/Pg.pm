package Gavel::Pg;

# A database for one test: a copy of the migrated template in the run's
# cluster, or a cluster of its own that the test may stop and start.

use strict;
use warnings;

use File::Temp ();
use IO::Handle;
use IPC::Open2 ();

my $count = 0;

sub new {
    my ($class, %o) = @_;

    my $root = $Gavel::Test::ROOT;
    my $self = bless { %o, name => 'gavel' }, $class;

    if ($o{own} || !$ENV{GAVEL_TEST_PG}) {
        $self->{own} = 1;
        $self->{host} = File::Temp::tempdir('gavel-pg-XXXXXX', TMPDIR => 1);
        chmod 0755, $self->{host};
        $self->start;

        local @ENV{qw(PGHOST PGUSER PGPORT)} = ($self->{host}, 'postgres', 5432);
        my $said = `$root/scripts/migrate $self->{name} 2>&1`;
        die "scripts/migrate: $said" if $?;

        return $self;
    }

    $self->{host} = $ENV{GAVEL_TEST_PG};
    $self->{name} = "t_$$" . '_' . ++$count;

    # The template must be free of sessions at that moment: tests that run
    # side by side take turns.
    $self->psql("create database $self->{name} template gavel_template",
                'postgres');

    # Settings of a role in a database are not copied with it.
    $self->psql("alter role gavel_app in database $self->{name} "
                . "set search_path = gavel, pg_temp; "
                . "revoke all on database $self->{name} from public; "
                . "grant connect on database $self->{name} "
                . "to gavel_app, gavel_operator",
                'postgres');

    return $self;
}

sub conninfo {
    my ($self) = @_;
    return $self->{conninfo} // "host=$self->{host} dbname=$self->{name}";
}

sub start {
    my ($self, @settings) = @_;

    @settings = ('fsync=off') if !@settings;

    # /readyz insists on durable commits unless it is told not to.
    unshift @settings, 'gavel.unsafe=on'
        if grep { $_ eq 'fsync=off' } @settings;

    system("$Gavel::Test::ROOT/scripts/postgres", 'start', $self->{host},
           @settings) == 0 or die 'PostgreSQL does not start';
    $self->{running} = 1;
}

# Only of a cluster of its own; kill is as the power going off.
sub halt {
    my ($self) = @_;
    system("$Gavel::Test::ROOT/scripts/postgres", 'stop', $self->{host}) == 0
        or die 'PostgreSQL does not stop';
    $self->{running} = 0;
}

sub kill {
    my ($self) = @_;
    system("$Gavel::Test::ROOT/scripts/postgres", 'kill', $self->{host}) == 0
        or die 'PostgreSQL does not stop';
    $self->{running} = 0;
}

# All its processes, the ones that serve too: nothing is lost, nothing answers.
sub pause  { my ($self) = @_; CORE::kill 'STOP', $self->pids }
sub resume { my ($self) = @_; CORE::kill 'CONT', $self->pids }

sub pids {
    my ($self) = @_;

    open my $f, '<', "$self->{host}/pg/postmaster.pid" or die "no server: $!";
    my $pid = <$f> + 0;

    return ($pid, Gavel::Node::children($pid));
}

sub restart { my $self = shift; $self->halt; $self->start(@_) }

# Runs SQL as the administrator, or as `user`; dies on an error.
sub psql {
    my ($self, $sql, $database, $user) = @_;

    my ($in, $name) = File::Temp::tempfile('gavel-sql-XXXXXX', TMPDIR => 1);
    binmode $in, ':utf8';
    print $in $sql;
    close $in;

    my @command = ('psql', '-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1',
        '-F', "\t", '-h', $self->{host}, '-U', $user || 'postgres',
        '-d', $database || $self->{name}, '-f', $name);

    local $ENV{PGOPTIONS} = '-c client_min_messages=warning';
    open my $p, '-|', 'sh', '-c', '"$@" 2>&1', 'sh', @command or die $!;
    binmode $p, ':utf8';
    my $text = do { local $/; <$p> } // '';
    close $p;
    my $failed = $?;
    unlink $name;

    die "psql: $text" if $failed;

    chomp $text;

    return $text;
}

# Runs SQL in a transaction that stays open until it is let go.
sub hold {
    my ($self, $sql) = @_;

    my $pid = IPC::Open2::open2(my $out, my $in, 'psql', '-X', '-A', '-t',
        '-q', '-h', $self->{host}, '-U', 'postgres', '-d', $self->{name});
    print $in "begin;\n$sql;\n\\echo held\n";
    $in->flush;

    while (<$out>) {
        return { pid => $pid, in => $in, out => $out } if /^held/;
    }

    die 'psql ended';
}

sub let_go {
    my ($self, $held, $how) = @_;

    print { $held->{in} } $how // 'rollback', ";\n\\q\n";
    close $held->{in};
    1 while readline $held->{out};
    waitpid $held->{pid}, 0;
}

sub sql {
    my ($self, $sql) = @_;
    return (split /[\t\n]/, $self->psql($sql))[0];
}

sub rows {
    my ($self, $sql) = @_;
    return map { [ split /\t/, $_, -1 ] } split /\n/, $self->psql($sql);
}

sub stop {
    my ($self) = @_;

    if ($self->{own}) {
        $self->kill if $self->{running};
        system 'rm', '-rf', $self->{host};

    } else {
        $self->psql("drop database $self->{name} with (force)", 'postgres');
    }
}

1;
