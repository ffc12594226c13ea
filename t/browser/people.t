#!/usr/bin/perl

# Accounts and admins: see people.mjs; and that every text that pages ask for
# is there, in Korean and in English.

use strict;
use warnings;
use utf8;

use lib 't/lib';

use Gavel::Browser;
use Gavel::Test;
use Test::More;

sub slurp {
    my ($file) = @_;
    open my $f, '<:utf8', $file or die "$file: $!";
    local $/;
    return scalar <$f>;
}

my %words;
my @alone;

for my $file (glob 'html/js/words*.js') {
    my $text = slurp($file);

    while ($text =~ /^  (?:(\w+)|"([^"]+)"): \[(.*)\],$/mg) {
        my ($key, $texts) = ($1 // $2, $3);

        push @alone, $key if $words{$key}++ || $texts !~ /^".+", ".+"$/;
    }
}

is "@alone", '', 'each text is there once, in two languages';

my @missing;

for my $file (glob 'html/js/*.js') {
    my $text = slurp($file);

    while ($text =~ /\bt\(\s*"([^"]+)"/g) {
        push @missing, "$file: $1" unless $words{$1};
    }
}

is "@missing", '', 'all texts that pages ask for are there';

my $t = Gavel::Test->new;
my $kim = $t->user('kim');
my $admin = $t->user('boss', 'admin');

Gavel::Browser::run($t, 'people', "$kim->{name}\@test.gavel",
    "$admin->{name}\@test.gavel", Gavel::House::PASSWORD());
