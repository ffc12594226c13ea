package Gavel::Front;

# An nginx in front of all nodes of a test: conf/proxy.conf as it is, but for
# names, addresses and TLS, which a test has none of.  It becomes one more
# node: $t->ws(node => $front->n).

use strict;
use warnings;

use Gavel::Node;

our @ISA = qw(Gavel::Node);

sub new {
    my ($class, $t) = @_;

    my @ports = map { $_->port } @{ $t->{node} };
    my $self = Gavel::Node::new($class, $t, scalar @ports);

    $self->{ports} = \@ports;
    push @{ $t->{node} }, $self;
    $self->start;

    return $self;
}

sub n { $_[0]{n} }

sub conf {
    my ($self) = @_;

    my $dir = $self->{dir};
    my $user = $> == 0 ? 'user root root;' : '';
    my $servers = join ' ', map { "server 127.0.0.1:$_;" } @{ $self->{ports} };

    open my $f, '<', "$Gavel::Test::ROOT/conf/proxy.conf" or die $!;
    my $proxy = do { local $/; <$f> };

    $proxy =~ s/server\s+127\.0\.0\.1:8080;/$servers/ or die 'no upstream';
    $proxy =~ s/listen\s+443 ssl http2;/listen 127.0.0.1:$self->{port};/
        or die 'no listen';
    $proxy =~ s/server \{\s+listen\s+80;.*?\n\}//s or die 'no redirect';
    $proxy =~ s/ssl_certificate\w*\s+\S+;//g;

    return <<"CONF";
$user
daemon off;
worker_processes 1;
pid $dir/nginx.pid;
error_log $dir/error.log warn;
events {
    worker_connections 4096;
}
http {
    access_log off;
    client_body_temp_path $dir/body;
    proxy_temp_path $dir/proxy;
    fastcgi_temp_path $dir/fastcgi;
    uwsgi_temp_path $dir/uwsgi;
    scgi_temp_path $dir/scgi;
    $proxy
}
CONF
}

1;
