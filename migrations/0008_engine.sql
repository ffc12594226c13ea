-- What lots may be offered at beside a base price; kept apart from the rows
-- that every bid changes.  reserve is for the host's eyes.
create table gavel.lot_terms (
    lot_id      bigint primary key,
    auction_id  bigint not null,
    reserve     bigint not null default 0,
    buy_now     bigint not null default 0,
    ceiling     bigint not null default 0,
    quantity    int not null default 0,
    units       int not null default 0,      -- sold so far
    pot         int not null default 0,
    role        text not null default ''
);

create index lot_terms_auction on gavel.lot_terms (auction_id);

-- how_t of the engine: manual, max, buy_now, behalf, sealed, bot
alter table gavel.bid add column kind smallint not null default 6;

-- Hidden maxima: only their bidder ever sees them.
create table gavel.auto_bid (
    id          bigint primary key,          -- auction << 22 | seq
    auction_id  bigint not null,
    lot_id      bigint not null,
    bidder_id   bigint not null,
    team_id     bigint,
    max_amount  bigint not null,
    cancelled   boolean not null default false,
    ts          bigint not null,
    unique (lot_id, bidder_id)
);

create index auto_bid_bidder on gavel.auto_bid (bidder_id, id desc);

-- Sealed bids, readable by who made them; all others see revealed ones.
create table gavel.sealed_bid (
    lot_id      bigint not null,
    round       int not null,
    bidder_id   bigint not null,
    auction_id  bigint not null,
    team_id     bigint,
    amount      bigint not null,
    ts          bigint not null,
    primary key (lot_id, round, bidder_id)
);

create index sealed_bid_bidder on gavel.sealed_bid (bidder_id, ts desc);

-- Auction points, double entry: each row moves an amount from one account to
-- another (bank, available, held, spent), so that all of it sums to zero and
-- a team's balances are what its rows add up to.  Rows are never changed.
create table gavel.ledger (
    auction_id  bigint not null,
    seq         bigint not null,
    no          smallint not null,
    kind        text not null,
    team_id     bigint not null,
    lot_id      bigint,
    debit       text not null,
    credit      text not null,
    amount      bigint not null check (amount > 0),
    primary key (auction_id, seq, no)
);

create index ledger_team on gavel.ledger (team_id, seq);
