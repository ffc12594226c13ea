# PostgreSQL over TCP with TLS and a password from a file.

use strict;
use warnings;
use Test::More;
use Gavel::Probe;
use Gavel::Test;

my $p = Gavel::Probe->new(pg => 'own', redis => 'off', start => 0);
my $pg = $p->the_pg;
my $dir = $pg->{host};
my $port = Gavel::Test::port();

system("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost "
     . "-keyout $dir/key.pem -out $dir/cert.pem 2> /dev/null") == 0
    or die 'openssl';
chmod 0600, "$dir/key.pem";
chown scalar getpwnam('nobody'), -1, "$dir/key.pem", "$dir/cert.pem"
    if $> == 0;

$pg->psql("create role secret login superuser password 'it''s a \"secret\"'");
open my $hba, '>', "$dir/pg/pg_hba.conf" or die $!;
print $hba "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n";
close $hba;

$pg->restart('fsync=off', 'ssl=on', "ssl_cert_file=$dir/cert.pem",
             "ssl_key_file=$dir/key.pem", "listen_addresses=127.0.0.1",
             "port=$port");

sub password {
    open my $f, '>', "$p->{dir}/password" or die $!;
    print $f "$_[0]\n";
    close $f;
}

password('wrong');

$p->{probe} = ["host 127.0.0.1=$port", 'user secret', 'sslmode require',
               "password_file $p->{dir}/password"];
$p->start;

ok eventually { $p->log_text =~ /\[error\].*password authentication failed/ },
    'a wrong password is told to the log';
is $p->stats->{lanes_up}, 0, 'and lets nobody in';

password('it\'s a "secret"');
ok eventually(sub { $p->stats->{lanes_up} == 3 }, 8),
    'the file is read for each attempt';

is_deeply [ $p->ops('read', 'echo:x') ], ['echo done - x'], 'it serves';

for my $size (16_000, 16_384, 33_000, 64_000) {
    is length join('', $p->ops('read', "big:$size")),
        $size + length 'big done - ', "$size bytes: nothing stays in OpenSSL";
}

unlike $p->log_text, qr/it's a/, 'the password is not in the log';
