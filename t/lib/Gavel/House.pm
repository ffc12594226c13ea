package Gavel::House;

# What people do in Gavel, by the public interface: register, make an auction
# with teams and lots, start it, bid.  A part of Gavel::Test.

use strict;
use warnings;

use MIME::Base64 qw(encode_base64url);
use Time::HiRes qw(time);

use Gavel::User;

our $requests = 0;

my %role = (member => 1, seller => 2, admin => 4, support => 8);

use constant PASSWORD => 'correct horse';


# --- people ---

# Registers NAME (NAME@test.gavel), once, and logs in.  Roles: member,
# seller, admin, support.
sub user {
    my ($self, $name, @roles) = @_;

    return $self->{users}{$name} if $self->{users}{$name};

    my $r = $self->post('auth/register', { username => $name,
        email => "$name\@test.gavel", password => PASSWORD,
        full_name => ucfirst $name });
    die "register $name: $r->{status} $r->{body}" if $r->{status} !~ /^20[01]$/;

    my $user = Gavel::User->new($self, $name, $r->{json});

    if (@roles) {
        my $bits = 1;
        $bits |= $role{$_} // die "no role $_" for @roles;
        $self->sql("update gavel.account set roles = $bits "
                   . "where id = $user->{id}");
        $user->login;
    }

    return $self->{users}{$name} = $user;
}

# A user, a user's name, or a token as text.
sub token_of {
    my ($self, $who) = @_;

    return if !defined $who;
    return $who->{access} if ref $who;
    return $who if $who =~ /\./ || $who eq '';
    return $self->user($who)->{access};
}

# So many members that did not register one by one: accounts made in the
# database, and tokens signed with the test's key (and these claims).
sub crowd {
    my ($self, $n, $prefix, %claims) = @_;

    $prefix //= 'bidder';

    my @rows = $self->sql_rows(
        "insert into gavel.account (username, email, display_name) "
        . "select '$prefix' || i, '$prefix' || i || '\@test.gavel', "
        . "'$prefix' || i from generate_series(1, $n) i "
        . "returning id, username");

    return map {
        Gavel::User->new($self, $_->[1], { user => { id => $_->[0] },
            access => $self->sign({ sub => "$_->[0]", %claims }) });
    } @rows;
}

# A token signed with the server's own key: claims over a member's defaults.
# Options: header => {...}, key => file.
sub sign {
    my ($self, $claims, %o) = @_;

    my ($key) = $o{key} // (sort glob $self->keys_dir . '/*.pem')[-1];
    my ($kid) = $key =~ m{([^/]+)\.pem$};
    my $now = int time;

    my $header = { alg => 'RS256', typ => 'JWT', kid => $kid,
                   %{ $o{header} || {} } };
    my $body = { iss => 'gavel', sub => '1', sid => 0, roles => 1,
                 iat => $now, nbf => $now - 30, exp => $now + 900,
                 jti => sprintf('%032x', ++$requests), %$claims };

    delete @{$body}{grep { !defined $body->{$_} } keys %$body};

    my $text = join '.', map { encode_base64url(Gavel::Http::encode($_)) }
                         $header, $body;

    return "$text." . encode_base64url($self->signature($text, $key));
}

sub signature {
    my ($self, $text, $key) = @_;

    my $file = "$self->{dir}/to-sign";
    open my $f, '>', $file or die $!;
    print $f $text;
    close $f;

    my $signature = `openssl dgst -sha256 -sign '$key' '$file'`;
    die 'openssl cannot sign' if $?;

    return $signature;
}


# --- auctions ---

# auction('draft', ...), a team_draft; 'live'; 'timed'.  Made through the
# interface, and unless told otherwise published, started, its first lot open.
#
#   leaders  0      teams, each with its leader (team_draft)
#   lots     3      of base price `base` (100)
#   points   1000   of each team
#   rules    {}     more rules
#   until    open   or: draft, published, started
#   starts_at, title, host (a user; 'host')
sub auction {
    my ($self, $kind, %o) = @_;

    my $mode = $kind eq 'draft' ? 'team_draft' : $kind;
    my $host = $self->{host} = ref $o{host} ? $o{host}
             : $self->user($o{host} // 'host', 'seller');
    my $until = $o{until} // 'open';
    my $leaders = $o{leaders} // 0;
    my $lots = $o{lots} // 3;

    my %rules = $mode eq 'team_draft'
              ? (start_budget => $o{points} // 1000, roster_min => 0,
                 roster_max => $lots || 1)
              : ();

    my $a = $self->must('auctions', { mode => $mode,
        title => $o{title} // 'An auction', description => 'Made by a test.',
        starts_at => $o{starts_at} // iso(time + 1),
        $o{ends_at} ? (ends_at => $o{ends_at}) : (),
        rules => { clock => { duration_ms => $o{duration} // 600_000 },
                   %rules, %{ $o{rules} || {} } } });

    my $id = $self->{auction} = $a->{id};

    $self->{teams} = [];
    $self->{leaders} = [];
    $self->{lots} = [];

    for my $n (1 .. $leaders) {
        my $leader = $self->user("leader$n");
        my $team = $self->must("auctions/$id/teams",
            { name => "Team $n", leader_id => $leader->{id} });
        push @{ $self->{teams} }, $team->{id} // $team->{team}{id};
        push @{ $self->{leaders} }, $leader;
    }

    for my $n (1 .. $lots) {
        my $lot = $self->must("auctions/$id/lots",
            { title => "Lot $n", base_price => $o{base} // 100 });
        push @{ $self->{lots} }, $lot->{id} // $lot->{lot_id} // $lot->{lot}{id};
    }

    return $self if $until eq 'draft';
    $self->must("auctions/$id/publish");

    return $self if $until eq 'published';
    $self->must("auctions/$id/start");

    return $self if $until eq 'started' || $mode eq 'timed' || !$lots;
    $self->must("auctions/$id/lots/$self->{lots}[0]/open");

    return $self;
}

sub host       { $_[0]{host} }
sub leaders    { @{ $_[0]{leaders} } }
sub teams      { @{ $_[0]{teams} } }
sub lots       { @{ $_[0]{lots} } }
sub auction_id { $_[0]{auction} }

# A POST of the host that has to succeed: its JSON.
sub must {
    my ($self, $path, $json, %o) = @_;

    my $r = $self->post($path, $json // {}, as => $self->{host},
        headers => { 'Idempotency-Key' => 'must-' . $$ . '-' . ++$requests },
        %o);
    die "POST $path: $r->{status} $r->{body}\n" if $r->{status} !~ /^2/;

    return $r->{json} // {};
}

# What anybody sees of the auction: { epoch, seq, state }.
sub snapshot {
    my ($self, %o) = @_;
    return $self->get("auctions/$self->{auction}/snapshot", %o)->{json};
}

sub log_length {
    my ($self, $id) = @_;
    return $self->sql('select count(*) from gavel.event where auction_id = '
                      . ($id // $self->{auction})) // 0;
}

# The log, as the database has it.
sub log_events {
    my ($self, $id) = @_;
    return map { Gavel::Http::decode($_) } split /\n/, $self->pg->psql(
        'select replace(public, chr(10), \' \') from gavel.event where '
        . 'auction_id = ' . ($id // $self->{auction}) . ' order by seq');
}

# The bids in the log: { request id => amount }.
sub logged_bids {
    my ($self, $id) = @_;

    return { map { $_->[0] => $_->[1] } $self->sql_rows(
        "select request_id, public::json->'data'->>'amount'
           from gavel.event where auction_id = $id and type = 24") };
}

# How many ms after its end the auction's last lot was closed.
sub closed_after {
    my ($self, $id) = @_;

    return $self->sql("select s.ts - l.ends_at
                         from gavel.event s join gavel.lot l using (auction_id)
                        where auction_id = $id and s.type in (22, 23)
                          and l.status in ('sold', 'unsold')");
}

# What gavel-verify says of an auction's log and of all that follows from it,
# unless all is well.
sub verified {
    my ($self, $id) = @_;

    my $san = $ENV{GAVEL_SAN} ? 'san/' : '';
    my $said = '';

    open my $p, '-|', 'sh', '-c', '"$@" 2>&1', 'sh',
        "$Gavel::Test::ROOT/build/${san}gavel-verify", '--db', 'host='
            . $self->pg->{host} . " dbname=" . $self->pg->{name}
            . ' user=gavel_operator', $id or die $!;
    $said .= $_ while <$p>;
    close $p;

    return $? == 0 ? '' : $said || "status $?";
}

# ISO 8601 of seconds since 1970.
sub iso {
    my ($at) = @_;
    my @t = gmtime int $at;
    return sprintf '%04d-%02d-%02dT%02d:%02d:%02d.%03dZ', $t[5] + 1900,
        $t[4] + 1, @t[3, 2, 1, 0], 1000 * ($at - int $at);
}

1;
