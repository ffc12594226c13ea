#!/usr/bin/perl

# A rule that is refused is told with what it may be, and the engine holds to
# that: the bounds are taken, what lies behind them is not, each word is.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use Test::More;

my $t = Gavel::Test->new;
my $host = $t->user('host', 'seller');

open my $f, '<', 'src/engine/rules_json.c' or die $!;
my $source = do { local $/; <$f> };

# What the engine knows, by its own table.
my @members;
push @members, $1 while $source =~ /^ {4}RULE\w*\((\w+),/mg;
push @members, "clock.$1" while $source =~ /^ {4}CLOCK\w*\((\w+),/mg;
push @members, qw(currency ladder quotas clock.preset);
cmp_ok scalar @members, '>', 45, 'many rules';

# What comes of a draft with this rule: nothing bad, or the problem.
sub refused {
    my ($member, $value, %more) = @_;

    my %rules = %more;
    my $at = \%rules;
    my @path = split /\./, $member;
    my $last = pop @path;
    $at = $at->{$_} ||= {} for @path;
    $at->{$last} = $value;

    my $r = $host->post('auctions', { title => 'x', mode => 'team_draft',
                                      rules => \%rules });
    return $r->{status} == 201 ? undef : $r->{json};
}

for my $member (@members) {
    my $p = refused($member, { no => 'such' });
    is $p->{code}, 'invalid_rules', "$member: refused";
    is $p->{errors}{rules}, $member, '... by its name';
    my $allowed = $p->{errors}{allowed} // '';
    ok length $allowed, '... with what it may be';

    if ($allowed =~ /^(-?\d+)\.\.(\d+)$/) {
        my ($low, $high) = ($1, $2);
        ok !refused($member, 0 + $_), "... $_ is" for $low, $high;
        ok refused($member, 0 + $_), "... $_ is not"
            for $low - 1, $high < 9e15 ? $high + 1 : ();
        is refused($member, $low - 1)->{errors}{allowed}, $allowed,
            '... and that is told';

    } elsif ($allowed eq 'false, true') {

        ok !refused($member, $_), '... yes and no' for \0, \1;
        ok refused($member, 2), '... nothing between';

    } elsif ($allowed =~ /^[a-z_]+(?:, [a-z_]+)*$/) {
        for my $word (split /, /, $allowed) {
            ok !refused($member, $word,
                   $word eq 'dutch' ? (dutch_drop => 1, dutch_every_ms => 100)
                   : $word eq 'bonus' ? (broke_bonus => 1) : ()),
                "... $word is";
        }
        ok refused($member, 'else'), '... no other word';
    }
}

for my $case ([ 'roster_max', 0, 1000, 1 ], [ 'roster_min', 6, 5 ],
              [ 'dutch_drop', 0, 1, undef, format => 'dutch',
                dutch_every_ms => 100 ],
              [ 'dutch_every_ms', 99, 100, undef, format => 'dutch',
                dutch_drop => 1 ],
              [ 'clock.hard_end_ms', 14_999, 15_000, 0 ],
              [ 'cycle_duration_ms', 999, 1000, 0 ],
              [ 'bots', 9, 8, 0, rehearsal => \1 ], [ 'bots', 1, 0 ],
              [ 'reverse_bonus', 1, 0 ],
              [ 'broke_bonus', 0, 1, undef, broke => 'bonus' ],
              [ 'nomination', 'else', 'snake' ])
{
    my ($member, $bad, $good, $also, %more) = @$case;
    my $p = refused($member, $bad, %more);
    is $p->{errors}{rules}, $member, "$member: not $bad";
    ok length($p->{errors}{allowed} // ''), '... but what is told';
    ok !refused($member, $_, %more), "... $_"
        for $good, defined $also ? $also : ();
}

my $p = refused('no_such_rule', 1);
is $p->{errors}{rules}, 'no_such_rule', 'a rule that is none';
ok !exists $p->{errors}{allowed}, '... may be nothing';

$t->finish;
