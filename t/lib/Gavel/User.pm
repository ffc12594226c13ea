package Gavel::User;

# Somebody who is logged in.

use strict;
use warnings;

sub new {
    my ($class, $t, $name, $answer) = @_;

    return bless { t => $t, name => $name, id => $answer->{user}{id},
                   access => $answer->{access},
                   refresh => $answer->{refresh} }, $class;
}

sub id { $_[0]{id} }

# Again, for a token that knows new roles.
sub login {
    my ($self) = @_;

    my $r = $self->{t}->post('auth/login', { identifier => $self->{name},
        password => Gavel::House::PASSWORD() });
    die "login $self->{name}: $r->{status} $r->{body}" if $r->{status} != 200;

    @{$self}{qw(access refresh)} = @{ $r->{json} }{qw(access refresh)};

    return $self;
}

sub get    { my $u = shift; return $u->{t}->get(@_, as => $u) }
sub delete { my $u = shift; return $u->{t}->delete(@_, as => $u) }
sub post   { my ($u, $path, @o) = @_; return $u->{t}->post($path, with($u, @o)) }
sub put    { my ($u, $path, @o) = @_; return $u->{t}->put($path, with($u, @o)) }
sub patch  { my ($u, $path, @o) = @_; return $u->{t}->patch($path, with($u, @o)) }

sub with { my ($u, @o) = @_; return (@o, as => $u) }

sub ws { my ($u, %o) = @_; return $u->{t}->ws(%o, as => $u) }

# A bid by REST in the test's auction: the answer's JSON and its {status}
# (HTTP's).  Options: lot_id, request_id, node, auction.
sub bid {
    my ($self, $amount, %o) = @_;

    my $id = delete $o{auction} // $self->{t}->auction_id;
    my $key = delete $o{request_id}
           // sprintf '%s-%d-%d', $self->{name}, $$, ++$Gavel::House::requests;
    my %body = (amount => $amount,
                $o{lot_id} ? (lot_id => delete $o{lot_id}) : ());

    my $r = $self->{t}->post("auctions/$id/bids", \%body, as => $self,
        headers => { 'Idempotency-Key' => $key }, %o);

    return { %{ ref $r->{json} eq 'HASH' ? $r->{json} : {} },
             status => $r->{status} + 0, request_id => $key };
}

1;
