#!/usr/bin/perl
#
# A draw is checked by a stranger: from the public log and the text at the top
# of src/engine/draw.c alone, in another language.

use strict;
use warnings;

use Digest::SHA qw(sha256 sha256_hex);
use FindBin;
use JSON::PP;
use Test::More;

my $program = ($ENV{GAVEL_SAN} ? "$FindBin::Bin/../build/san/unit/draw.t"
                               : "$FindBin::Bin/../build/unit/draw.t");

plan skip_all => "no $program: make build" unless -x $program;


# numbers below n, from the seed, the beacon and a counter
sub numbers {
    my ($seed, $beacon) = @_;
    my $k = 0;

    return sub {
        my ($n) = @_;

        while (1) {
            my $hash = sha256($seed . $beacon . pack('Q>', $k++));
            my ($high, $low) = unpack 'nN', $hash;
            my $v = $high * 2**32 + $low;
            return $v % $n if $v < 2**48 - 2**48 % $n;
        }
    };
}

sub shuffled {
    my ($below, @x) = @_;

    for my $i (reverse 1 .. $#x) {
        my $k = $below->($i + 1);
        @x[$i, $k] = @x[$k, $i];
    }

    return @x;
}

sub drawn {
    my ($below, $order, @lots) = @_;

    return map { $_->{lot_id} } shuffled($below, @lots) if $order eq 'drawn';

    my %pot;
    push @{ $pot{ $_->{pot} // 0 } }, $_ for @lots;
    my @pots = map { [ shuffled($below, @{ $pot{$_} }) ] }
               sort { $a <=> $b } keys %pot;

    return map { $_->{lot_id} } map { @$_ } @pots if $order eq 'pots';

    my @turns;
    while (grep { @$_ } @pots) {
        push @turns, map { @$_ ? shift @$_ : () } @pots;
    }
    return map { $_->{lot_id} } @turns;
}


for my $order (qw(drawn pots rotation)) {
    my (@lots, @teams, $seed, $commitment, $beacon, %place, %seat);

    for my $line (split /\n/, `$program log $order`) {

        if ($line =~ /^(lots|teams) (.*)/) {
            my $to = $1 eq 'lots' ? \%place : \%seat;
            $to->{$1} = $2 while $line =~ /(\d+):(\d+)/g;
            next;
        }

        my $e = decode_json($line);
        my $data = $e->{data};

        push @lots, $data if $e->{type} eq 'lot.queued';
        push @teams, $data->{team_id} if $e->{type} eq 'team.joined';

        if ($e->{type} eq 'team.moved') {
            @teams = grep { $_ != $data->{team_id} } @teams;
            splice @teams, $data->{position} - 1, 0, $data->{team_id};
        }

        $commitment = $data->{commitment} if $e->{type} eq 'draw.committed';
        ($seed, $beacon) = map { pack 'H*', $_ } @$data{qw(seed beacon)}
            if $e->{type} eq 'draw.revealed';
    }

    is sha256_hex($seed), $commitment, "$order: the seed is the promised one";

    my $below = numbers($seed, $beacon);
    my @seats = shuffled($below, @teams);
    my @queue = drawn($below, $order, @lots);

    is_deeply [ sort { $seat{$a} <=> $seat{$b} } keys %seat ], \@seats,
        "$order: the teams";
    is_deeply [ sort { $place{$a} <=> $place{$b} } keys %place ], \@queue,
        "$order: the lots";
    isnt "@queue", join(' ', map { $_->{lot_id} } @lots),
        "$order: which are not as they were";
}

done_testing;
