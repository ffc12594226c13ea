# Fuzzing, a minute for each target, with sanitizers (SAN=1): nothing is found.
# What was kept in t/fuzz/corpus is tried by every run, among the unit tests.

use strict;
use warnings;

use File::Temp qw(tempdir);
use Test::More;


my $seconds = $ENV{GAVEL_FUZZ_SECONDS} // 60;
my @targets = glob 'build/san/fuzz/*.fuzz';

ok @targets >= 4, 'the targets are built';

for my $target (@targets) {
    my ($name) = $target =~ m{(\w+)\.fuzz$};
    my $dir = tempdir(CLEANUP => 1);

    my $said = `$target -max_total_time=$seconds -max_len=4096 -timeout=20 \\
                -print_final_stats=1 -artifact_prefix=$dir/ $dir \\
                t/fuzz/corpus/$name 2>&1`;

    if (!ok $? == 0, "$name: nothing is found") {
        diag substr $said, -4000;
        diag "$name: ", unpack 'H*', slurp($_)
            for glob "$dir/crash-* $dir/oom-* $dir/timeout-* $dir/leak-*";
    }

    my ($runs) = $said =~ /number_of_executed_units:\s*(\d+)/;
    note "$name: ", $runs // 0, ' runs';
}

done_testing;


sub slurp {
    my ($file) = @_;
    open my $f, '<:raw', $file or return '';
    local $/;
    return scalar <$f>;
}
