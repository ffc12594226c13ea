package Gavel::Browser;

# Pages in a real browser: runs t/browser/NAME.mjs with the node's address and
# more arguments, and makes its TAP one's own.

use strict;
use warnings;

use Test::More ();

sub run {
    my ($t, $name, @args) = @_;

    open my $node, '-|', 'node', "t/browser/$name.mjs",
        'http://127.0.0.1:' . $t->node->port, @args or die "node: $!";

    while (<$node>) {
        chomp;

        if (/^(not )?ok \d+ - (.*)/) {
            Test::More::ok(!$1, $2);
        } elsif (/^# /) {
            Test::More::diag($_);
        }
    }

    Test::More::ok(close $node, 'the browser ran to its end');
}

1;
