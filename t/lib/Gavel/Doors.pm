package Gavel::Doors;

# Every way in which Gavel tells somebody something, and all that comes
# through: each GET of the API's document and of its old names with whatever
# ids there are, sockets, streams.
#
#   my $doors = Gavel::Doors->new($t, fill => { auction_id => [ 1, 2 ] });
#   my $told = $doors->look($kim);             # { door => bytes }

use strict;
use warnings;

use Time::HiRes qw(time);

use Gavel::Http;

use constant BATCH => 200;                     # below keepalive_requests

# fill: values of parameters by their names; `more`: other paths.
sub new {
    my ($class, $t, %o) = @_;
    return bless { t => $t, more => [], %o }, $class;
}


# --- REST ---

# Paths of all GETs, with parameters: those of the document (but itself and
# streams), and the old names that the sources have for them.
sub operations {
    my ($self) = @_;

    return @{ $self->{operations} } if $self->{operations};

    my $paths = $self->{t}->get('openapi.json')->{json}{paths};
    my @all = map { [ $_, @{ $paths->{$_}{get}{parameters} || [] } ] }
              grep { $paths->{$_}{get} && !m{/(?:events/stream|openapi\.json)$} }
              sort keys %$paths;

    for my $file (glob "$Gavel::Test::ROOT/src/api/*.c") {
        open my $f, '<', $file or die "$file: $!";
        my $text = do { local $/; <$f> };

        while ($text =~ m/\{\s*(?:NGX_HTTP_)?GET,\s*"(\/[^"]*)"/g) {
            my $path = $1;
            $path = "/api/v1$path" if $path !~ s{^//}{/};
            push @all, [ $path, map { { name => $_, in => 'path' } }
                                $path =~ /\{(\w+)\}/g ],
                       [ $path, { name => 'auction_id', in => 'query',
                                  required => 1 } ];
        }
    }

    return @{ $self->{operations} = \@all };
}

# All ways to fill one operation in: each id in its path, with all kinds of
# files; each other choice of a parameter by itself, for the first of them.
sub asked {
    my ($self, $path, @params) = @_;

    my @paths = ($path);
    my (@needed, @choices, @files, %of);

    for my $p (@params) {
        my @values = @{ $self->{fill}{ $p->{name} } || [] };

        if ($p->{in} eq 'path') {
            @paths = map { my $one = $_;
                map { $one =~ s/\{$p->{name}\}/$_/r } @values } @paths;
            next;
        }

        @values = @{ $p->{schema}{enum} }
            if $p->{schema}{enum} && $p->{name} !~ /^(?:ordering|header)$/;
        @values = ('true') if ($p->{schema}{type} // '') eq 'boolean';

        my @pairs = map { "$p->{name}=$_" } @values;
        $of{ $p->{name} } = \@pairs;
        push @{ $p->{required} ? \@needed : \@choices }, @pairs;
    }

    @files = map { my $what = $_; map { "$what&$_" } @{ $of{format} } }
             @{ $of{what} } if $of{what};
    @needed = '' if !@needed;

    return map { my $one = $_;
                 map { "$one?" . join '&', grep { length } @$_ }
                 map { my $need = $_;
                       map { [ $need, $_ ] } '', @files,
                           $one eq $paths[0] ? @choices : () } @needed }
           @paths;
}

sub paths {
    my ($self) = @_;

    return @{ $self->{paths} //= do {
        my %seen;
        [ sort grep { !$seen{$_}++ && !/[{}]/ } @{ $self->{more} },
              map { $self->asked(@$_) } $self->operations ];
    } };
}

# Many requests on one connection; the answers' bytes, by path.
sub gets {
    my ($self, $who, @paths) = @_;

    my $token = $self->{t}->token_of($who);
    my %told;

    while (my @some = splice @paths, 0, BATCH) {
        my $socket = Gavel::Http::open_socket($self->{t}->node->port);
        my $end = time + 30;
        my $bytes = '';
        my ($n, $answered) = (0, 0);

        for my $path (@some) {
            Gavel::Http::send_all($socket, "GET $path HTTP/1.1\r\n"
                . "Host: localhost\r\n"
                . (defined $token ? "Authorization: Bearer $token\r\n" : '')
                . ($path eq $some[-1] ? "Connection: close\r\n" : '')
                . "\r\n", $end);

            # a few are on their way at a time
            next if ++$n % 20;

            my $part = '';

            while ($answered + answers(\$part) < $n) {
                Gavel::Http::read_some($socket, \$part, $end) or last;
            }

            $answered += answers(\$part);
            $bytes .= $part;
        }

        1 while Gavel::Http::read_some($socket, \$bytes, $end);

        my @answers = split m{(?=HTTP/1\.1 \d{3} )}, $bytes;
        die scalar(@answers) . ' answers to ' . scalar(@some) . ' requests'
            if @answers != @some;

        @told{ map { "GET $_" } @some } = @answers;
    }

    return %told;
}

sub answers { return scalar(() = ${ $_[0] } =~ m{HTTP/1\.1 \d{3} }g) }


# --- what goes on ---

sub channels {
    my ($self) = @_;

    return 'me', (map { "me:$_" } @{ $self->{fill}{user} }),
        map { ("auction:$_", "chat:$_", "host:$_") }
        @{ $self->{fill}{auction_id} };
}

# A socket that follows all it is let follow, from the first line on.
sub socket {
    my ($self, $who, %o) = @_;

    my $ws = eval { $self->{t}->ws(defined $who ? (as => $who) : ()) }
        or return;
    my @channels = $self->channels;

    for my $channel (@channels) {
        $ws->send({ type => 'subscribe', channel => $channel,
                    epoch => 1, last_seq => 0 });
    }

    # each is answered, or the socket is closed
    my $left = @channels;
    my $end = time + 10;

    while ($left && time < $end) {
        my $m = $ws->recv(1) // ($ws->{closed} ? last : next);
        $left-- if $m->{type} =~ /^(?:subscribed|error)$/;
    }

    return $ws;
}

# All that a socket was told up to now.
sub heard {
    my ($self, $ws) = @_;
    1 while $ws->recv(0.15);
    return Gavel::Http::encode($ws->{seen});
}

sub stream {
    my ($self, $who, $auction, $channels) = @_;

    my $s = $self->{t}->sse(auction => $auction,
        defined $who ? (as => $who) : (), query => "channels=$channels"
        . '&last_event_id=1:0,chat:0' . ($channels =~ /me/ ? ',me:0' : ''));

    return $s;
}

# Everything, for somebody.
sub look {
    my ($self, $who, @more) = @_;

    my %told = $self->gets($who, $self->paths, @more);
    my @streams = map { [ "stream of $_",
        $self->stream($who, $_, defined $who ? 'chat,me,host' : 'chat') ] }
        @{ $self->{fill}{auction_id} };

    my $ws = $self->socket($who);
    $told{'a socket, later'} = $self->heard($ws) if $ws;

    for (@streams) {
        my ($name, $s) = @$_;
        1 while $s->recv(0.02);
        $told{$name} = join "\n", $s->{raw}, $s->{buf},
                                  map { $_->{data} } @{ $s->{seen} };
        $s->close;
    }

    return \%told;
}

1;
