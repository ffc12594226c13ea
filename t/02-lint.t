# lint finds what it is there to find.

use strict;
use warnings;
use Test::More;
use File::Temp ();

my ($root) = __FILE__ =~ m{^(.*)/t/[^/]+$} ? $1 : '.';
my $dir = File::Temp::tempdir('gavel-lint-XXXXXX', TMPDIR => 1, CLEANUP => 1);

mkdir "$dir/$_" for qw(src src/pg src/auction src/engine src/modules src/api
    src/room scripts migrations migrations/functions);
system 'cp', "$root/scripts/lint", "$dir/scripts/";

sub file {
    my ($name, $text) = @_;
    open my $f, '>', "$dir/$name" or die "$name: $!";
    print $f $text;
    close $f;
}

sub lint { my $said = `perl $dir/scripts/lint`; return ($said, $?) }

file('src/README.md', "pg/pg.c api/api.c engine/e.c modules/m.c\n");
file('README.md', "`gavel_known`\n");
file('src/pg/pg.h', "/* pg */\n");
file('src/room/room.h', "/* room */\n");
file('src/pg/pg.c', "/* pg */\n#include \"pg/pg.h\"\n");
file('src/api/api.c', "/* api: \"select a from b\" */\n#include \"pg/pg.h\"\n");
file('src/engine/e.c', "/* e */\n#include <stdint.h>\n");
file('src/modules/m.c', "/* m */\n{ ngx_string(\"gavel_known\") }\n");
file('migrations/functions/a.sql', "create function gavel.a() returns int\n"
    . "language sql security definer as \$\$ select 1 \$\$;\n");

my ($said, $rc) = lint();
is $rc, 0, 'a clean tree' or diag $said;

# what, file, text, complaint
my @bad = (
    [ 'an arrow that points up', 'src/pg/pg.c',
      "/* pg */\n#include \"api/api.h\"\n", qr/pg -> api|by room/ ],
    [ 'an arrow between neighbours', 'src/api/api.c',
      "/* api */\n#include \"room/room.h\"\n", qr/api -> room/ ],
    [ 'a source included', 'src/pg/pg.c',
      "/* pg */\n#include \"pg/pg.c\"\n", qr/a source/ ],
    [ 'an include without its room', 'src/pg/pg.c',
      "/* pg */\n#include \"pg.h\"\n", qr/by room/ ],
    [ 'nginx in the engine', 'src/engine/e.c',
      "/* e */\n#include <ngx_core.h>\n", qr/the engine includes ngx_core/ ],
    [ 'a clock in the engine', 'src/engine/e.c',
      "/* e */\nint f(void) { return time(0); }\n", qr/the engine calls time/ ],
    [ 'a call that blocks', 'src/pg/pg.c',
      "/* pg */\nvoid f(void) { PQexec(c, q); }\n", qr/calls PQexec/ ],
    [ 'SQL in C', 'src/pg/pg.c',
      "/* pg */\nchar *q = \"select a from b\";\n", qr/SQL text/ ],
    [ 'a file too long', 'src/pg/pg.c',
      "/* pg */\n" . "int a;\n" x 800, qr/801 lines/ ],
    [ 'a function too long', 'src/pg/pg.c',
      "/* pg */\nvoid\nf(void)\n{\n" . "    a();\n" x 101 . "}\n",
      qr/f has 101 lines/ ],
    [ 'a line too wide', 'src/pg/pg.c', "/* pg */\nint " . 'a' x 80 . ";\n",
      qr/80 columns/ ],
    [ 'no opening words', 'src/pg/pg.c', "int a;\n", qr/what it is for/ ],
    [ 'a source that is not on the map', 'src/pg/new.c', "/* new */\n",
      qr/src.README/ ],
    [ 'a directive that is not in the manual', 'src/modules/m.c',
      "/* m */\n{ ngx_string(\"gavel_new\") }\n", qr/gavel_new is not/ ],
    [ 'a function with the rights of its caller', 'migrations/functions/b.sql',
      "create or replace function gavel.b() returns int language sql\n"
      . "as \$\$ select 1 from gavel.account \$\$;\n", qr/gavel.b is not security definer/ ],
    [ 'a broken script', 'scripts/x', "#!/bin/sh\nif\n", qr/syntax error/ ],
);

for (@bad) {
    my ($what, $name, $text, $complaint) = @$_;

    my $old = -e "$dir/$name" ? `cat $dir/$name` : undef;

    file($name, $text);
    ($said, $rc) = lint();
    ok $rc && $said =~ $complaint, $what or diag $said;

    defined $old ? file($name, $old) : unlink "$dir/$name";
}

done_testing;
