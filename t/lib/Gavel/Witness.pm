package Gavel::Witness;

# Compares what clients were told (the record of t/chaos/crowd) with the log,
# and the log with what must always be true of it.  Each complaint is one line
# and the time at which it happened, for whoever asks what was done then.

use strict;
use warnings;

use Compress::Raw::Zlib ();
use Digest::SHA qw(sha256);
use Time::Local ();

use Gavel::Http;

# Answers that say nothing of the log: they are asked again.
my %transient = map { $_ => 1 } qw(busy unavailable internal engine_halted
                                   rate_limited);

# new(test => , record => FILE, auctions => [IDS], outages => [[FROM, TO]]);
# logs => those of another witness, not to read them again
sub new {
    my ($class, %o) = @_;

    my $self = bless { complaints => [], count => {}, %o }, $class;

    $self->{logs}{$_} //= $self->log_of($_) for @{ $o{auctions} };
    $self->read_record;

    for my $id (keys %{ $self->{logs} }) {
        $self->{epochs}{$id} = [ grep { $_->{type} eq 'auction.recovered' }
                                 @{ $self->{logs}{$id} } ];
    }

    return $self;
}

sub complain {
    my ($self, $at, $text) = @_;
    push @{ $self->{complaints} }, { at => $at, text => $text };
}

sub complaints { @{ $_[0]{complaints} } }
sub count      { $_[0]{count}{$_[1]} // 0 }

# Milliseconds of an ISO 8601 time.
sub ms {
    my ($text) = @_;

    return if !defined $text;

    my ($y, $m, $d, $h, $min, $s, $ms)
        = $text =~ /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)\.(\d{3})Z$/
        or die "no time: $text";

    return 1000 * Time::Local::timegm($s, $min, $h, $d, $m - 1, $y) + $ms;
}


# --- what there is ---

sub log_of {
    my ($self, $id) = @_;

    return [ map {
        my ($seq, $epoch, $public, $private, $nonce, $hash, $actor, $request)
            = @$_;
        my $e = Gavel::Http::decode($public) // {};
        { seq => $seq, epoch => $epoch, public => $public,
          private => $private, nonce => pack('H*', $nonce),
          hash => pack('H*', $hash), actor => $actor, request => $request,
          type => $e->{type}, ts => ms($e->{ts}), data => $e->{data} };
    } $self->{test}->sql_rows("select seq, epoch, public,
        coalesce(private, ''), encode(coalesce(nonce, ''), 'hex'),
        encode(hash, 'hex'), coalesce(actor_id, 0), coalesce(request_id, '')
        from gavel.event where auction_id = $id order by seq") ];
}

sub read_record {
    my ($self) = @_;

    open my $f, '<', $self->{record} or die "$self->{record}: $!";

    while (my $line = <$f>) {
        chomp $line;
        my ($kind, @field) = split ' ', $line;
        push @{ $self->{lines}{$kind} }, \@field;
        $self->{count}{$kind}++;
    }

    close $f;
}

sub lines { return @{ $_[0]{lines}{$_[1]} // [] } }


# Was this place of the log lost with the tail of an epoch?  Only a later one
# that began at it, or before it, tells so.
sub lost {
    my ($self, $auction, $epoch, $seq) = @_;

    return scalar grep { $_->{epoch} > $epoch && $_->{seq} <= $seq }
                  @{ $self->{epochs}{$auction} };
}


# --- what was told, against the log ---

sub told {
    my ($self) = @_;

    my (%log, %first, %answer);

    for my $id (keys %{ $self->{logs} }) {
        for my $e (@{ $self->{logs}{$id} }) {
            next if $e->{request} !~ /^chaos-/;
            $self->complain($e->{ts} / 1000,
                "$e->{request} is in the log twice: $log{$e->{request}}{seq} "
                . "and $e->{seq} of auction $id") if $log{$e->{request}};
            $log{$e->{request}} = { %$e, auction => $id };
        }
    }

    $first{"$_->[0] $_->[1]"} = $_->[4] for $self->lines('E');

    for ($self->lines('A')) {
        my ($at, $request, $sent, $code, $epoch, $seq, $bid, $auction, $lot,
            $amount) = @$_;
        my $e = $log{$request};
        my $what = "$request of auction $auction was told $code"
                 . ($code eq 'ok' ? " ($epoch:$seq, bid $bid)" : '');

        $self->{count}{$code}++;

        # who asks for something else meanwhile knows it by the bid's number

        $auction = $bid >> 22 if !$sent && $bid;

        if ($code eq 'ok' && $self->lost($auction, $epoch, $seq)) {
            $self->{count}{lost}++;

        } elsif ($code eq 'ok') {
            my $was = $answer{$request};

            $self->complain($at / 1e6, "$what, before that $was")
                if defined $was && $was ne "$epoch:$seq $bid";
            $self->{count}{again}++ if defined $was;
            $answer{$request} = "$epoch:$seq $bid";
            $self->{count}{accepted}++ if !defined $was;

            if (!$e) {
                $self->complain($at / 1e6, "$what and is not in the log");
            } elsif ($e->{seq} != $seq || $e->{epoch} != $epoch
                     || $e->{data}{bid_id} != $bid
                     || ($sent && ($e->{auction} != $auction
                                   || $e->{data}{lot_id} != $lot
                                   || $e->{data}{amount} != $amount)))
            {
                $self->complain($at / 1e6,
                                "$what, but the log has: $e->{public}");
            }

        } elsif (!$transient{$code} && $e && $sent) {
            my $known = $first{"$auction $e->{seq}"};

            $self->complain($at / 1e6, "$what, asked after others were told "
                . "that it stands ($e->{seq})") if $known && $sent > $known;
        }
    }
}

sub watched {
    my ($self) = @_;

    for ($self->lines('V')) {
        my ($at, $watcher, $auction, @text) = @$_;
        $self->complain($at / 1e6,
            "watcher $watcher of auction $auction: @text");
    }

    for ($self->lines('J')) {
        my ($at, $watcher, $auction, $from, $seq, $epoch, $reason) = @$_;

        $self->{count}{"joined $reason"}++;
        $self->complain($at / 1e6, "watcher $watcher of auction $auction, at "
            . "$from, was told $reason (the log: $epoch:$seq)")
            if ($reason eq 'new' && $from >= 0)
               || ($reason eq 'epoch' && $self->{logs}{$auction}[-1]{epoch} == 1);
    }

    for ($self->lines('F')) {
        my ($watcher, $auction, $epoch, $seq, $events, $kind) = @$_;
        my $last = $self->{logs}{$auction}[-1];

        $self->{count}{seen} += $events;
        $self->complain(time, "watcher $watcher ($kind) of auction $auction "
            . "ends at $epoch:$seq, the log at $last->{epoch}:$last->{seq}")
            if $epoch != $last->{epoch} || $seq != $last->{seq};
    }

    for ($self->lines('E')) {
        my ($auction, $seq, $epoch, $crc, $at) = @$_;
        my $e = $self->{logs}{$auction}[$seq - 1];

        if ((!$e || $e->{epoch} != $epoch
             || Compress::Raw::Zlib::crc32($e->{public}) != $crc)
            && !$self->lost($auction, $epoch, $seq))
        {
            $self->complain($at / 1e6, "event $epoch:$seq of auction $auction "
                . 'was told, and is not so in the log');
        }
    }
}


# --- the log ---

sub chained {
    my ($self) = @_;

    for my $id (keys %{ $self->{logs} }) {
        my $hash = "\0" x 32;
        my $seq = 0;

        for my $e (@{ $self->{logs}{$id} }) {
            my $at = $e->{ts} / 1000;
            $hash = sha256($hash . $e->{public}
                           . sha256($e->{nonce} . $e->{private}));
            $self->complain($at, "auction $id: $e->{seq} follows $seq")
                if $e->{seq} != ++$seq;
            $self->complain($at, "auction $id: the chain breaks at $e->{seq}")
                if $hash ne $e->{hash};
            $self->complain($at, "auction $id: $e->{seq} is older than "
                            . 'the event before it')
                if $seq > 1 && $e->{ts} < $self->{logs}{$id}[$seq - 2]{ts};
        }

        $self->{head}{$id} = unpack 'H*', $hash;
    }
}

# Lots: none is closed by the clock before its end, nor without the time that
# an outage took; the best bid wins, and one does.
sub lots {
    my ($self) = @_;

    for my $id (keys %{ $self->{logs} }) {
        my (%ends, %set, %best, %won);

        for my $e (@{ $self->{logs}{$id} }) {
            my $d = $e->{data};
            my $lot = $d->{lot_id} // next;
            my $at = $e->{ts} / 1000;
            my $name = "auction $id, lot $lot, event $e->{seq}";

            if ($e->{type} eq 'lot.opened') {
                delete $best{$lot};
            }

            if ($e->{type} eq 'bid.accepted') {
                $self->complain($at, "$name: a bid of $d->{amount} after "
                                . "$best{$lot}{amount}")
                    if $best{$lot} && $d->{amount} <= $best{$lot}{amount};
                $self->complain($at, "$name: a bid of " . ms($d->{at})
                                . " after the end, $ends{$lot}")
                    if defined $ends{$lot} && ms($d->{at}) >= $ends{$lot};
                $best{$lot} = { amount => $d->{amount},
                                bidder => $d->{bidder_id} };
            }

            if (exists $d->{ends_at}) {
                $ends{$lot} = ms($d->{ends_at});
                $set{$lot} = sprintf '%s %d of %s', $e->{type}, $e->{seq},
                    Gavel::House::iso($at);
            }

            $self->{count}{recovered}++
                if $e->{type} eq 'lot.timer' && $d->{how} eq 'recovery';

            next if $e->{type} !~ /^lot\.(?:un)?sold$/;

            $self->{count}{closed}++;
            $self->closed($e, "$name (its end by $set{$lot})", $ends{$lot})
                if $d->{how} eq 'clock';
            delete $ends{$lot};

            next if $e->{type} ne 'lot.sold';

            $self->complain($at, "$name: round $d->{round} is sold again")
                if $won{"$lot $d->{round}"}++;
            $self->complain($at, "$name: won by $d->{winner_id} for "
                . "$d->{price}, but the best bid is "
                . ($best{$lot} ? "$best{$lot}{amount} of $best{$lot}{bidder}"
                               : 'none'))
                if !$best{$lot} || $best{$lot}{bidder} != $d->{winner_id}
                   || $best{$lot}{amount} != $d->{price};
        }

        for my $row ($self->{test}->sql_rows("select lot_id, round, count(*)
            from gavel.sale where auction_id = $id group by 1, 2
            having count(*) > 1"))
        {
            $self->complain(time, "auction $id: lot @$row sales");
        }
    }
}

sub closed {
    my ($self, $e, $name, $end) = @_;

    $self->complain($e->{ts} / 1000, "$name: closed "
        . ($end - $e->{ts}) . ' ms early') if $e->{ts} < $end;

    # a deadline within an outage that lasted, and no time given back

    for (@{ $self->{outages} }) {
        my ($from, $to) = map { 1000 * $_ } @$_;

        $self->complain($e->{ts} / 1000, sprintf '%s: its end lay %d ms '
            . 'within an outage of %d ms, and it closed %d ms behind that',
            $name, $end - $from, $to - $from, $e->{ts} - $to)
            if $to - $from > 2000 && $end > $from + 1200 && $end < $to;
    }
}

# Purses as the log tells them, and as the tables have them.
sub purses {
    my ($self) = @_;

    for my $id (keys %{ $self->{logs} }) {
        my (%left, %held);

        for my $e (@{ $self->{logs}{$id} }) {
            my $d = $e->{data};
            my $team = $d->{team_id};

            if ($e->{type} eq 'team.joined') {
                $left{$team} = $d->{budget};

            } elsif ($e->{type} eq 'bid.accepted' && defined $team) {
                $held{$d->{lot_id}} = [ $team, $d->{amount} ];

            } elsif ($e->{type} eq 'lot.sold' && defined $team) {
                delete $held{$d->{lot_id}};
                $left{$team} -= $d->{price};

            } elsif ($e->{type} eq 'lot.unsold') {
                delete $held{$d->{lot_id}};
            }

            next if !defined $team || !exists $left{$team};

            my $available = $left{$team};
            $available -= $_->[1] for grep { $_->[0] == $team } values %held;
            $self->complain($e->{ts} / 1000, "auction $id: team $team has "
                . "$available after $e->{seq}") if $available < 0;
        }

        for my $row ($self->{test}->sql_rows("select id, budget, held, spent
            from gavel.team where auction_id = $id and budget is not null"))
        {
            my ($team, $budget, $held, $spent) = @$row;
            my $own = 0;
            $own += $_->[1] for grep { $_->[0] == $team } values %held;

            $self->complain(time, "auction $id: team $team has @$row[1 .. 3]"
                . ", the log leaves " . ($left{$team} // '?') . " and $own held")
                if $budget - $held - $spent < 0 || $held != $own
                   || $budget - $spent != ($left{$team} // -1);
        }
    }
}

sub judge {
    my ($self) = @_;

    $self->$_ for qw(told watched chained lots purses);

    return $self;
}

1;
