package Bench::Log;

# The engine alone, and what PostgreSQL makes of its events.

use strict;
use warnings;

use Bench;


sub engine {
    for my $line (split /\n/, run('build/bench/engine')) {
        my $r = decode($line);
        note('engine', $r->{name}, per_second => $r->{per_second});
    }

    target('engine', 'engine.bids', 'per_second', '>= 1000000');
    target('engine', 'engine.encode_and_hash', 'per_second', '>= 400000');
}


# The log's append against a bare bulk insert of the same rows.

sub append {
    my $t = durable();
    my $pg = $t->pg;

    for my $line (split /\n/, run('build/bench/append', $pg->{host},
                                  $pg->{name}, 3 * $Bench::runs))
    {
        my $r = decode($line);
        note('append', $r->{name}, per_second => $r->{per_second});
    }

    ratio('append', 'append', 'bulk insert', 'per_second', '>= 0.9');
    $t->finish;
}


# Deciders of one auction: the row skipped while another one has it, as the
# log does, or waited for.  Alternated, a second and a half each.

sub contend {
    my $t = durable();
    my $pg = $t->pg;
    my $source = slurp('migrations/functions/log_append.sql');

    $source =~ s/.*?(create or replace function gavel\.append)\(/$1_wait(/s;
    $source =~ s/ for update skip locked/ for update/g;
    $source =~ s/^as \$\$/set lock_timeout = '50ms'\n$&/m;
    $pg->psql($source);

    for (1 .. 3 * $Bench::runs) {
        for my $deciders (2, 4) {
            for my $function ('gavel.append', 'gavel.append_wait') {
                $pg->psql('truncate gavel.event, gavel.log_head');
                my $r = decode(run('build/bench/contend', $pg->{host},
                    $pg->{name}, $function, one_append($pg, $function),
                    $deciders, 1.5, 5));
                note('contend', delete $r->{name}, %$r);
            }
        }
    }

    for my $deciders (2, 4) {
        ratio('contend', "gavel.append x $deciders",
              "gavel.append_wait x $deciders", $_) for qw(per_second p99);
    }

    $t->finish;
}


# A statement that appends one event and nothing else; see contend.c.

sub one_append {
    my ($pg, $function) = @_;

    my %value = (p_auction => 7777, p_epoch => 1, p_seq => '$1::bigint',
        p_head => q{decode($2, 'hex')}, p_engine_rev => 1, p_by => '$3',
        p_reserve => '$4::boolean', p_not_before => 0, e_epoch => 1,
        e_type => q('{24}'), e_ts => q('{1}'), e_actor => q('{0}'),
        e_request => q('{NULL}'), e_hash => 'sha256($5::bytea)',
        e_public => q(') . 'an event ' x 20 . q('));

    my @arguments = map {
        my ($name, $type) = @$_;
        "$name => " . ($value{$name} // ($type =~ /\[\]$/ ? q('{}')
            : $type =~ /^(?:text|bytea)$/ && $name =~ /^e_/ ? q('')
            : 'null')) . "::$type";
    } $pg->rows("select n, t::regtype from pg_proc p, unnest(proargtypes::oid[],
        proargnames[1:pronargs]) as x (t, n) where oid = '$function'::regproc");

    return "select kind, seq, encode(hash, 'hex') from $function("
         . join(', ', @arguments) . ')';
}

1;
