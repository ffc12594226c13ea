-- The end of a settled log, signed once: the signature stays the same when
-- keys are rotated.
create table gavel.proof (
    auction_id  bigint not null,
    epoch       int not null,
    seq         bigint not null,             -- of auction.settled
    head        text not null,               -- its hash
    settled_at  bigint not null,             -- ms
    jws         text not null,
    created_at  timestamptz not null default now(),
    primary key (auction_id, epoch, seq)
);
