package Bench::Memory;

# Resident memory that a socket adds to the workers.

use strict;
use warnings;

use Bench;
use Gavel::Test;
use Time::HiRes ();

my $crowd = 12_500;              # of one process: files are limited


# Sockets that say nothing, that follow an auction, with TLS, and streams.
sub memory {
    for my $kind ('idle', 'subscribed', 'TLS', 'stream') {
        my $tls = Gavel::Test::port();
        my $t = durable(server => $kind eq 'TLS' ? tls($tls) : '');

        hot_auction($t);

        my $id = $t->auction_id;
        my ($port, $front) = $kind eq 'TLS' ? front($tls) : $t->node->port;
        my $path = $kind eq 'stream' ? "/api/v1/auctions/$id/events/stream"
                                     : '/api/v1/ws';

        note('memory', $kind, added($t, 10_000, port => $port, path => $path,
            frame => $kind eq 'subscribed' ? subscribe($id) : undef));

        end_child($front) if $front;
        $t->finish;
    }

    target('memory', 'idle', 'kib_per_socket', '<= 2');
}

# As many as fifty thousand, and workers that are sized for them.
sub idle50k {
    my $n = $ENV{IDLE} || 50_000;
    my ($t, $port) = wide($n);

    hot_auction($t);
    note('idle50k', "$n sockets",
         added($t, $n, port => $port, path => '/api/v1/ws'));
    target('idle50k', "$n sockets", 'added_mib', '<= 200');
    $t->finish;
}


# A server for so many sockets, and the port at which workers share them
# evenly.
sub wide {
    my ($n, %o) = @_;

    my $port = Gavel::Test::port();
    my $workers = POSIX::ceil($n / $crowd);

    return (durable(workers => $workers < 2 ? 2 : $workers, %o, server =>
                "listen 127.0.0.1:$port reuseport backlog=4096;"), $port);
}

# Opens them, and what the workers have grown by.
sub added {
    my ($t, $n, %o) = @_;

    my @workers = $t->workers;
    my $before = resident(@workers);
    my @held = crowds($n, %o);

    Time::HiRes::sleep(2);

    my $kib = resident(@workers) - $before;

    end_child($_) for @held;

    return (sockets => $n, added_mib => $kib / 1024,
            kib_per_socket => $kib / $n);
}

# So many watchers, who only hold on.
sub crowds {
    my ($n, %o) = @_;

    my @held;

    for (my $i = 2; $n > 0; $n -= $crowd, $i++) {
        push @held, hold(%o, source => "127.0.0.$i",
                         sockets => $n < $crowd ? $n : $crowd);
    }

    return @held;
}

sub resident {
    my $kib = 0;
    $kib += rss($_) for @_;
    return $kib;
}

sub tls {
    my ($port) = @_;

    my $dir = File::Temp::tempdir(CLEANUP => 1);

    chmod 0755, $dir;
    run('sh', '-c', 'openssl req -x509 -newkey ec -nodes -days 2 '
        . '-pkeyopt ec_paramgen_curve:P-256 -subj /CN=gavel '
        . "-keyout $dir/key -out $dir/cert 2> /dev/null");

    return "listen 127.0.0.1:$port ssl; ssl_certificate $dir/cert; "
         . "ssl_certificate_key $dir/key;";
}

# Ends TLS's other side: its port and its process.
sub front {
    my ($to) = @_;

    my $dir = File::Temp::tempdir(CLEANUP => 1);
    my $port = Gavel::Test::port();

    chmod 0777, $dir;
    spew("$dir/nginx.conf", slurp('t/bench/peers/front.conf')
        =~ s/%%DIR%%/$dir/gr =~ s/%%PORT%%/$port/gr =~ s/%%TO%%/$to/gr);

    my $pid = child({}, '/usr/sbin/nginx', '-p', $dir, '-c',
                    "$dir/nginx.conf");

    listening($port);

    return ($port, $pid);
}

1;
