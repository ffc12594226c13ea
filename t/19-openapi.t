# The document of the API is valid, and has an example for everything.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

my $t = Gavel::Test->new(workers => 1);
my $r = $t->get('openapi.json');

is $r->{status}, 200, 'it is there';
is $r->{json}{openapi}, '3.1.0', 'OpenAPI 3.1';

my $file = $t->dir . '/openapi.json';
open my $f, '>', $file or die $!;
print $f $r->{body};
close $f;

my $said = `node $Gavel::Test::ROOT/t/lib/openapi.mjs $file 2>&1`;
is $?, 0, 'a validator finds nothing' or diag $said;


# --- every operation ---

my $paths = $r->{json}{paths};
my %names;

for my $path (sort keys %$paths) {
    for my $method (sort keys %{ $paths->{$path} }) {
        my $op = $paths->{$path}{$method};
        my ($status) = grep { /^2/ } keys %{ $op->{responses} };
        my @missing;

        push @missing, 'unique name' if $names{ $op->{operationId} }++;
        push @missing, 'summary' if !$op->{summary};
        push @missing, 'errors' if !grep { /^[45]/ } keys %{ $op->{responses} };

        if ($status != 204) {
            my ($content) = values %{ $op->{responses}{$status}{content} || {} };
            push @missing, 'example' if !defined $content->{example};
            push @missing, 'schema' if !$content->{schema};
        }

        for my $p (@{ $op->{parameters} }) {
            push @missing, "example of $p->{name}" if !defined $p->{example};
        }

        is "@missing", '', "$method $path says everything";
    }
}

for my $known (['/api/v1/auctions', 'post'],
               ['/api/v1/auctions/{auction_id}/bids', 'post'],
               ['/api/v1/auctions/{auction_id}/snapshot', 'get'],
               ['/api/v1/auth/login', 'post'], ['/healthz', 'get'])
{
    ok $paths->{ $known->[0] }{ $known->[1] }, "@$known";
}

my $bid = $paths->{'/api/v1/auctions/{auction_id}/bids'}{post};
my $codes = $bid->{responses}{422}{content}{'application/problem+json'}{schema}
                {properties}{code}{enum};
ok grep({ $_ eq 'too_low' } @$codes), 'a bid may be too low';
