package Gavel::Node;

# One nginx with Gavel: its configuration, its processes, its log.

use strict;
use warnings;

use IO::Socket::INET;
use POSIX ();
use Time::HiRes qw(time sleep);

sub new {
    my ($class, $t, $n) = @_;

    my $self = bless {
        t => $t, n => $n, dir => "$t->{dir}/node$n",
        port => Gavel::Test::port(),
    }, $class;

    mkdir $self->{dir} or die "$self->{dir}: $!";

    return $self;
}

sub port { $_[0]{port} }
sub pid  { $_[0]{pid} }


sub module {
    my $san = $ENV{GAVEL_SAN} ? 'san/' : '';
    return "$Gavel::Test::ROOT/build/${san}ngx_gavel.so";
}

# The text of nginx.conf; a test may change it and reload.
sub conf {
    my ($self) = @_;

    my $t = $self->{t};
    my $root = $Gavel::Test::ROOT;
    my $dir = $self->{dir};
    my $module = module();
    my $user = $> == 0 ? 'user root root;' : '';
    my $pg = $self->{database} // $t->pg->conninfo;
    my $redis = $t->redis ? ($self->{redis} // $t->redis->conninfo)
                            . ' prefix=' . $t->redis->prefix : 'off';
    my $keys = $t->keys_dir;
    my $env = join ' ', map { "env $_;" } sort keys %{ sanitizer() };
    chomp(my $files = `ulimit -Hn;`);
    $files = 65536 if $files eq 'unlimited' || $files > 65536;

    return <<"CONF";
load_module $module;
$user
daemon $t->{daemon};
worker_processes $t->{workers};
worker_rlimit_nofile $files;
pid $dir/nginx.pid;
error_log $dir/error.log $t->{log};
thread_pool gavel threads=1 max_queue=64;
$env
$t->{main}
events {
    worker_connections 16384;
}
http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log $dir/access.log;
    client_body_temp_path $dir/body;
    proxy_temp_path $dir/proxy;
    fastcgi_temp_path $dir/fastcgi;
    uwsgi_temp_path $dir/uwsgi;
    scgi_temp_path $dir/scgi;
    gavel_database $pg user=gavel_app $t->{database};
    gavel_redis $redis;
    gavel_keys $keys;
    gavel_bcrypt_cost 4;
    gavel_rate_limits $t->{rate_limits};
    $t->{http}
    server {
        listen 127.0.0.1:$self->{port};
        root $root/build/html;
        include $root/conf/gavel.conf;
        $t->{server}
    }
}
CONF
}

sub write {
    my ($self, $text) = @_;

    open my $f, '>', "$self->{dir}/nginx.conf" or die $!;
    print $f $text // $self->conf;
    close $f;
}

sub command {
    my ($self) = @_;

    return ('/usr/sbin/nginx', '-p', "$self->{dir}/", '-c',
            "$self->{dir}/nginx.conf", '-e', "$self->{dir}/error.log");
}

# What a module built with SAN=1 needs: Debian's nginx does not bring it.
sub sanitizer {
    return {} if !$ENV{GAVEL_SAN};

    chomp(my $library = `cc -print-file-name=libasan.so`);

    return { LD_PRELOAD => $library, ASAN_OPTIONS => 'detect_leaks=0' };
}

# nginx -t: (right or wrong, what it said).
sub check {
    my ($self, $text) = @_;

    $self->write($text);

    my @command = ($self->command, '-t');
    my $said = do {
        local %ENV = (%ENV, %{ sanitizer() });
        open my $p, '-|', 'sh', '-c', '"$@" 2>&1', 'sh', @command or die $!;
        my $text = do { local $/; <$p> };
        close $p;
        $text;
    };

    return ($? == 0, $said);
}

sub start {
    my ($self) = @_;

    return if $self->{pid};

    $self->write;

    my $pid = fork // die "fork: $!";

    if ($pid == 0) {
        my %env = (%{ $self->{t}{env} }, %{ $self->{env} || {} });
        @ENV{keys %env} = values %env;

        @ENV{keys %$_} = values %$_ for sanitizer();

        open STDOUT, '>>', "$self->{dir}/error.log";
        open STDERR, '>&', \*STDOUT;
        POSIX::setsid();
        exec $self->command or POSIX::_exit(127);
    }

    $self->{pid} = $pid;

    my $daemon = $self->{t}{daemon} eq 'on';

    my $ok = Gavel::Test::eventually(sub {
        if (waitpid($pid, POSIX::WNOHANG()) == $pid) {
            return 'gone' if !$daemon || $?;
        }

        my $now = $self->pid_of('nginx.pid') or return 0;
        $self->{pid} = $now if $daemon;

        return $self->{t}{ready} ? $self->ready : $self->connect;
    }, 15);

    return if $ok && $ok ne 'gone';

    $self->{pid} = 0 if $ok;
    die "nginx did not start:\n" . $self->tail;
}

sub connect {
    my ($self) = @_;
    return IO::Socket::INET->new(PeerAddr => "127.0.0.1:$self->{port}");
}

sub ready {
    my ($self) = @_;

    my $r = eval {
        Gavel::Http::request(port => $self->{port}, method => 'GET',
                             path => '/readyz', timeout => 2);
    };

    $self->{last_ready} = $r && $r->{body};

    return $r && $r->{status} == 200;
}

sub tail {
    my ($self) = @_;

    my %seen;
    my @lines = grep { !$seen{s/\d+//gr}++ } split /\n/, $self->log_text;
    splice @lines, 0, -20 if @lines > 20;

    return join "\n", @lines, '/readyz: ' . ($self->{last_ready} // 'silent');
}

sub log_text {
    my ($self) = @_;

    open my $f, '<', "$self->{dir}/error.log" or return '';
    local $/;
    return scalar <$f> // '';
}

# Worker processes that do not shut down; all => 1: those too.
sub workers {
    my ($self, %o) = @_;

    my @pids;

    for my $pid (children($self->{pid})) {
        open my $f, '<', "/proc/$pid/cmdline" or next;
        my $title = <$f> // '';
        next if $title !~ /worker process/;
        next if $title =~ /shutting down/ && !$o{all};
        push @pids, $pid;
    }

    return @pids;
}

sub children {
    my ($pid) = @_;

    open my $f, '<', "/proc/$pid/task/$pid/children" or return;

    return split ' ', <$f> // '';
}

# Reloads and waits until new workers serve, and nobody else takes who comes;
# the old ones may still drain.
sub reload {
    my ($self) = @_;

    my %old = map { $_ => 1 } $self->workers;

    kill 'HUP', $self->{pid};

    Gavel::Test::eventually(sub {
        my @now = $self->workers;
        return @now == $self->{t}{workers} && !grep({ $old{$_} } @now)
               && $self->connect;
    }, 10) or die "no new workers:\n" . $self->tail;

    return keys %old;
}

sub old_workers_gone {
    my ($self, $seconds) = @_;

    return Gavel::Test::eventually(sub {
        return $self->workers(all => 1) == $self->{t}{workers};
    }, $seconds || 10);
}

# A new binary takes over, as the manual says: the old workers drain, then the
# old master goes.  Needs daemon => 'on'.
sub upgrade {
    my ($self) = @_;

    my $old = $self->{pid};

    kill 'USR2', $old;

    Gavel::Test::eventually(sub {
        my $pid = $self->pid_of('nginx.pid');
        return 0 if !$pid || $pid == $old;
        $self->{pid} = $pid;
        return $self->workers == $self->{t}{workers};
    }, 30) or die "no new binary:\n" . $self->tail;

    return $self->{leaving} = $old;
}

# The new binary is taken back: the old one's workers serve again.
sub take_back {
    my ($self) = @_;

    @{$self}{qw(pid leaving)} = @{$self}{qw(leaving pid)};

    kill 'HUP', $self->{pid};

    Gavel::Test::eventually(sub {
        return $self->workers == $self->{t}{workers};
    }, 15) or die "no old binary:\n" . $self->tail;

    kill 'QUIT', $self->{leaving};
}

sub pid_of {
    my ($self, $file) = @_;

    open my $f, '<', "$self->{dir}/$file" or return 0;
    my ($pid) = (<$f> // '') =~ /^(\d+)\n/;

    return $pid // 0;
}

# As a machine that loses its power: the master, then whoever it had.
sub crash {
    my ($self) = @_;

    my @masters = grep { $_ && !ended($_) } delete @{$self}{qw(pid leaving)};

    kill 'STOP', @masters;
    my @pids = (@masters, map { children($_) } @masters);
    kill 'KILL', @pids;
    unlink map { "$self->{dir}/$_" } qw(nginx.pid nginx.pid.oldbin);

    for my $pid (@pids) {
        gone($pid, 5) or die 'nginx was not killed';
    }
}

# Graceful; a server that cannot end within the deadline is a failure.
sub quit {
    my ($self, $seconds) = @_;

    my $pid = delete $self->{pid} or return;

    kill 'QUIT', $pid;
    return if gone($pid, $seconds || 15);

    my @left = children($pid);
    kill 'KILL', $pid, @left;
    gone($pid, 3);

    die "nginx did not quit in time";
}

# At once: what a test needs at its end.
sub stop {
    my ($self) = @_;

    my $leaving = delete $self->{leaving};

    if ($leaving && !ended($leaving)) {
        kill 'TERM', $leaving;
        gone($leaving, 10);
    }

    my $pid = delete $self->{pid} or return;

    kill 'TERM', $pid;
    return if gone($pid, 10);

    my @left = children($pid);
    kill 'KILL', $pid, @left;
    gone($pid, 3);

    die "nginx did not stop in time";
}

sub gone {
    my ($pid, $seconds) = @_;

    return Gavel::Test::eventually(sub {
        my $got = waitpid $pid, POSIX::WNOHANG();
        return $got == $pid || $got == -1 && ended($pid);
    }, $seconds);
}

# Of a process that is not ours: what nobody has waited for has ended, too.
sub ended {
    my ($pid) = @_;

    open my $f, '<', "/proc/$pid/stat" or return 1;

    return (<$f> // ') Z') =~ /\) [ZX]/;
}

1;
