# Reading and writing JSON.

use strict;
use warnings;
use Test::More;
use Gavel::Probe;

my $p = Gavel::Probe->new(pg => 'off', redis => 'off');

sub escaped { return join '', map { sprintf '%%%02x', ord } split //, $_[0] }
sub parse   { return $p->text('/json?parse=' . escaped($_[0])) }

sub written {
    my $text = $p->text('/json?write=' . escaped($_[0]));
    return (Gavel::Http::decode($text) || {})->{text} // "not JSON: $text";
}

is parse($_), 'good', "good: $_"
    for '{"a":[1,2.5,"x"]}', '7', '"text"', 'null', '{"a":"\"[{"}',
        '[' x 16 . ']' x 16, '[' . '[],' x 40 . '[]]';

is parse($_), 'bad', 'bad: ' . substr $_, 0, 30
    for '{"a":1', '{"a":1,"a":2}', '{a:1}', '[1,]', "\"\xff\"", '1 2',
        '"\ud800"', '"\u0000"', '01', '1e999', '[' x 17 . ']' x 17,
        '[' x 2000, ']' . '[' x 2000, '"' . '\\' x 7;

is $p->text('/json?write=x'), '{"text":"x","list":[-9007199254740991,true,'
    . 'null,{}],"at":"1970-01-01T00:00:00.000Z"}', 'commas where they belong';

is written(join '', map chr, 1 .. 127),
    join('', map chr, 1 .. 127), 'all of ASCII';
is written("\xed\x95\x9c\xf0\x9f\x8f\xa0"), "\x{d55c}\x{1f3e0}", 'UTF-8';

is written($_), "\x{fffd}" x length $_, 'not UTF-8: ' . unpack 'H*', $_
    for "\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82";

is written('x' x 2000), 'x' x 2000, 'grows';
