package Gavel::Ws;

# A WebSocket that speaks the canonical protocol, and any malformed frame.

use strict;
use warnings;

use Compress::Raw::Zlib ();
use Digest::SHA qw(sha1_base64);
use MIME::Base64 ();
use Time::HiRes qw(time sleep);

use Gavel::Http;

use parent 'Gavel::Watcher';

use constant { TEXT => 1, BINARY => 2, CLOSE => 8, PING => 9, PONG => 10 };

# Options: port, path, headers (a list: so many lines), protocol, auction, log_length, token, hello.
sub new {
    my ($class, %o) = @_;

    my $self = bless { seen => [], pongs => [], hello => 1, %o }, $class;

    $self->open;

    return $self;
}

# Connects, reads the hello (unless hello => 0) and logs in.
sub open {
    my ($self) = @_;

    @{$self}{qw(buf partial closed close_code)} = ('', '', 0, undef);
    $self->{socket} = Gavel::Http::open_socket($self->{port});
    $self->handshake;

    return if !$self->{hello};

    $self->{greeting} = $self->expect('hello') or die 'no hello';
    $self->login($self->{token}) if defined $self->{token};
}

sub login {
    my ($self, $token) = @_;

    $self->send({ type => 'auth', token => $token, request_id => 'auth' });
    $self->expect('authenticated') or die 'not authenticated';
}

# Comes back as a client does whose server went away: with the place where
# it was.
sub resume {
    my ($self) = @_;

    my ($epoch, $seq) = (1, 0);

    for my $event ($self->events_seen) {
        ($epoch, $seq) = @{$event}{qw(epoch seq)};
    }

    $self->open;
    $self->subscribe(channel => $self->{subscribed}{channel},
                     epoch => $epoch, last_seq => $seq)
        if $self->{subscribed};

    return $self;
}

sub handshake {
    my ($self) = @_;

    my $key = MIME::Base64::encode_base64(join('', map { chr rand 256 } 1 .. 16), '');
    my %headers = (
        Host => 'localhost', Upgrade => 'websocket', Connection => 'Upgrade',
        'Sec-WebSocket-Key' => $key, 'Sec-WebSocket-Version' => 13,
        $self->{protocol} ? ('Sec-WebSocket-Protocol' => $self->{protocol}) : (),
        %{ $self->{headers} || {} },
    );
    my $path = $self->{path} // '/api/v1/ws';
    my $text = "GET $path HTTP/1.1\r\n"
        . join('', map { my $name = $_;
                         map { "$name: $_\r\n" } ref $headers{$name}
                             ? @{ $headers{$name} } : $headers{$name} }
                   grep { defined $headers{$_} } sort keys %headers)
        . "\r\n" . ($self->{early} // '');

    my $answer = Gavel::Http::exchange($self->{socket}, $text, 5);

    $self->{answer} = $answer;
    $self->{buf} = $answer->{rest} // '';

    return if $answer->{status} != 101;

    my $accept = sha1_base64($key . '258EAFA5-E914-47DA-95CA-C5AB0DC85B11') . '=';
    die 'wrong Sec-WebSocket-Accept'
        if $answer->{headers}{'sec-websocket-accept'} ne $accept;
}

# The HTTP answer of the handshake.
sub answer { $_[0]{answer} }


# --- sending ---

sub send {
    my ($self, $message) = @_;

    return $self->raw_frame(TEXT, Gavel::Http::encode($message));
}

sub frame_bytes {
    my ($op, $payload, %o) = @_;

    my $len = length $payload;
    my $mask = $o{mask} // 1;
    my $claimed = $o{length} // $len;
    my $head = chr((($o{fin} // 1) << 7) | (($o{rsv} // 0) << 4) | $op);
    my $bit = $mask ? 128 : 0;

    $head .= $o{long}        ? pack('Cn', $bit | 126, $claimed)
           : $claimed < 126  ? pack('C', $bit | $claimed)
           : $claimed < 65536 ? pack('Cn', $bit | 126, $claimed)
           :                   pack('CQ>', $bit | 127, $claimed);

    return $head . $payload if !$mask;

    my $key = pack 'N', int rand 2**32;
    my $pad = substr $key x (1 + $len / 4), 0, $len;

    return $head . $key . ($payload ^ $pad);
}

# Options: fin (1), mask (1), rsv (0), length: claims another one, long: not
# the shortest form, split: so many bytes at a time.
sub raw_frame {
    my ($self, $op, $payload, %o) = @_;

    return $self->raw(frame_bytes($op, $payload // '', %o), $o{split});
}

sub raw {
    my ($self, $bytes, $split) = @_;

    while (length $bytes) {
        my $part = substr $bytes, 0, $split || length $bytes, '';
        Gavel::Http::send_all($self->{socket}, $part, time + 5);
        sleep 0.002 if $split;
    }

    return $self;
}

sub ping { my ($self, $text) = @_; return $self->raw_frame(PING, $text // '') }


# --- receiving ---

# The next message, decoded; undef when there is none in time (2 s) or the
# socket is closed (then close_code tells).
sub recv {
    my ($self, $timeout) = @_;

    my $end = time + ($timeout // 10);

    until ($self->{closed}) {
        while (my $frame = $self->take_frame) {
            my $message = $self->handle(@$frame);
            next if !defined $message;
            push @{ $self->{seen} }, $message;
            return $message;
        }

        my $n = Gavel::Http::read_some($self->{socket}, \$self->{buf}, $end);
        return undef if !defined $n;

        if (!$n) {
            $self->{closed} = 1;
            $self->{close_code} //= 1006;
        }
    }

    return undef;
}

# (op, fin, payload) of the first whole frame in the buffer.
sub take_frame {
    my ($self) = @_;

    my $buf = \$self->{buf};
    return if length $$buf < 2;

    my ($one, $two) = unpack 'CC', $$buf;
    die 'the server masked a frame' if $two & 128;

    my ($len, $at) = ($two & 127, 2);

    if ($len == 126) {
        return if length $$buf < 4;
        ($len, $at) = (unpack('x2n', $$buf), 4);
    } elsif ($len == 127) {
        return if length $$buf < 10;
        ($len, $at) = (unpack('x2Q>', $$buf), 10);
    }

    return if length $$buf < $at + $len;

    my $payload = substr $$buf, $at, $len;
    substr $$buf, 0, $at + $len, '';
    $payload = $self->inflate($payload) if $one & 64;

    return [$one & 15, $one >> 7, $payload];
}

# A compressed message; how many came is in {inflated}.
sub inflate {
    my ($self, $payload) = @_;

    die 'nothing was agreed on compression'
        if !$self->{answer}{headers}{'sec-websocket-extensions'};

    my $i = Compress::Raw::Zlib::Inflate->new(-WindowBits => -15);
    my ($in, $out) = ("$payload\x00\x00\xff\xff", '');
    my $rc = $i->inflate($in, $out);

    die "a message that cannot be inflated: $rc"
        if $rc != Compress::Raw::Zlib::Z_OK() || length $in;

    $self->{inflated}++;

    return $out;
}

sub handle {
    my ($self, $op, $fin, $payload) = @_;

    if ($op == PING) {
        $self->raw_frame(PONG, $payload);
        return;
    }

    if ($op == PONG) {
        push @{ $self->{pongs} }, $payload;
        return;
    }

    if ($op == CLOSE) {
        $self->{close_code} = length $payload >= 2 ? unpack 'n', $payload : 1005;
        $self->{close_reason} = substr $payload, 2 if length $payload > 2;
        $self->raw_frame(CLOSE, substr $payload, 0, 2);
        $self->{closed} = 1;
        return;
    }

    $self->{partial} .= $payload;
    return if !$fin;

    my $text = $self->{partial};
    $self->{partial} = '';

    return Gavel::Http::decode($text) // { undecoded => $text };
}

# The next message of this type (and with these members); others before it
# are skipped.  undef: it did not come in time.
sub expect {
    my ($self, $type, %o) = @_;

    my $end = time + (delete $o{timeout} // 10);

    while ((my $left = $end - time) > 0) {
        my $m = $self->recv($left) // return undef;
        next if ref $m ne 'HASH' || ($m->{type} // '') ne $type;
        next if grep { ($m->{$_} // '') ne $o{$_} } keys %o;
        return $m;
    }

    return undef;
}

# The next event of this type ("bid.accepted"), or any.
sub event {
    my ($self, $type, $timeout) = @_;

    my $end = time + ($timeout // 10);

    while ((my $left = $end - time) > 0) {
        my $m = $self->expect('event', timeout => $left) // return undef;
        return $m->{event} if !$type || $m->{event}{type} eq $type;
    }

    return undef;
}

# 0: it was not closed in time.
sub close_code {
    my ($self, $timeout) = @_;

    my $end = time + ($timeout // 10);

    while (!$self->{closed} && time < $end) {
        $self->recv($end - time);
    }

    return $self->{closed} ? $self->{close_code} : 0;
}

sub close {
    my ($self, $code) = @_;

    $self->raw_frame(CLOSE, pack 'n', $code // 1000) if !$self->{closed};
    $self->close_code(1);
    CORE::close $self->{socket};
    $self->{closed} = 1;
}

# As a client whose network is cut.
sub drop { my ($self) = @_; CORE::close $self->{socket}; $self->{closed} = 1 }


# --- the protocol ---

# Subscribes to the test's auction from its first event on, or to another
# channel, from another place: channel, epoch, last_seq; fresh => 1: from now.
# Gives the socket; what the server said is in {subscribed}.
sub subscribe {
    my ($self, %o) = @_;

    my $fresh = delete $o{fresh};

    $o{channel} //= "auction:$self->{auction}";
    ($o{epoch}, $o{last_seq}) = (1, 0) if !$fresh && !defined $o{last_seq};

    $self->send({ type => 'subscribe', %o });
    $self->{subscribed} = $self->expect('subscribed', channel => $o{channel})
        or die 'not subscribed';

    return $self;
}

# A bid, and its ack.  Options: auction_id, lot_id, request_id.
sub bid {
    my ($self, $amount, %o) = @_;

    $o{request_id} //= sprintf 'ws-%d-%d', $$, ++$Gavel::House::requests;
    $self->send({ type => 'bid', auction_id => $self->{auction},
                  amount => $amount, %o });

    return $self->expect('ack', request_id => $o{request_id});
}

sub messages { @{ $_[0]{seen} } }

sub may_resume {
    my ($self) = @_;
    return grep { $_ == $self->{close_code} } 1001, 1006, 1012, 4000, 4004;
}

1;
