-- Everything that Gavel keeps.  Two sides: people and catalogue, which plain
-- functions read and write; and the log of each auction, which only
-- gavel.append writes.  The application role has no right on any table: it
-- may only execute the functions of this schema.

create table gavel.category (
    id          bigint generated always as identity primary key,
    parent_id   bigint references gavel.category,
    slug        text not null unique,
    name_ko     text not null,
    name_en     text not null,
    position    int not null default 0
);

-- roles: 1 member, 2 seller, 4 admin, 8 support
create table gavel.account (
    id             bigint generated always as identity primary key,
    username       text,
    email          text,
    phone          text,
    display_name   text not null,
    password_hash  text,
    roles          int not null default 1,
    status         text not null default 'active' check (status in
                   ('pending', 'active', 'suspended', 'banned', 'erased')),
    status_reason  text,
    status_until   timestamptz,
    type           text not null default 'Normal',
    locale         text not null default 'ko',
    full_name      text,
    bio            text,
    avatar_url     text,
    game_stats     jsonb not null default '{}',
    kyc_status     text not null default 'none',
    version        int not null default 1,
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now()
);

create unique index account_username on gavel.account (lower(username));
create unique index account_email on gavel.account (lower(email));
create unique index account_phone on gavel.account (phone);

create table gavel.business (
    account_id  bigint primary key references gavel.account,
    legal_name  text not null,
    tax_id      text,
    address     text,
    status      text not null default 'pending',
    updated_at  timestamptz not null default now()
);

-- A family of refresh tokens: one device that stayed logged in.  Only the
-- hash of its current token is kept.
create table gavel.session (
    id             bigint generated always as identity primary key,
    account_id     bigint not null references gavel.account,
    refresh_hash   bytea not null unique,
    device         text not null default '',
    ip             text not null default '',
    created_at     timestamptz not null default now(),
    used_at        timestamptz not null default now(),
    expires_at     timestamptz not null,
    revoked_at     timestamptz,
    revoked_why    text
);

create index session_account on gavel.session (account_id)
    where revoked_at is null;

-- Every hash a family has outgrown: for a moment it is honoured, later it is
-- a sign of theft, for as long as its family lives.
create table gavel.session_spent (
    refresh_hash  bytea primary key,
    session_id    bigint not null references gavel.session on delete cascade,
    spent_at      timestamptz not null default now()
);

create index session_spent_session on gavel.session_spent (session_id);

-- First answers of commands outside the log, by Idempotency-Key.
create table gavel.idempotency (
    account_id  bigint not null,
    key         text not null,
    body_hash   bytea not null,
    status      int not null,
    code        text,
    body        text,
    etag        text,
    created_at  timestamptz not null default now(),
    primary key (account_id, key)
);

create table gavel.audit (
    id          bigint generated always as identity primary key,
    actor_id    bigint,
    action      text not null,
    target      text not null,
    detail      jsonb not null default '{}',
    ip          text,
    request_id  text,
    at          timestamptz not null default now()
);

create table gavel.setting (
    key         text primary key,
    value       jsonb not null,
    version     int not null default 1,
    actor_id    bigint,
    updated_at  timestamptz not null default now()
);

-- What can be offered: a product, a player, anything.
create table gavel.item (
    id           bigint generated always as identity primary key,
    owner_id     bigint not null references gavel.account,
    kind         text not null default 'generic'
                 check (kind in ('product', 'player', 'generic')),
    title        text not null,
    description  text not null default '',
    category_id  bigint references gavel.category,
    image_url    text,
    attributes   jsonb not null default '{}',
    status       text not null default 'active',
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now()
);

create index item_owner on gavel.item (owner_id);

-- An auction as people see it in lists.  status, rules and times are copies
-- of what the log says (append keeps them; `new` has no log yet and is seen by
-- nobody); card is the static part of its JSON.
create table gavel.auction (
    id            bigint generated always as identity primary key,
    owner_id      bigint not null references gavel.account,
    mode          text not null
                  check (mode in ('team_draft', 'live', 'timed')),
    title         text not null,
    description   text not null default '',
    category_id   bigint references gavel.category,
    image_url     text,
    images        jsonb not null default '[]',
    rules         jsonb not null default '{}',
    status        text not null default 'draft',
    starts_at     timestamptz,
    ends_at       timestamptz,
    started_at    timestamptz,
    ended_at      timestamptz,
    hidden        boolean not null default false,
    archived_at   timestamptz,
    card          text not null default '{}',
    version       int not null default 1,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now()
);

create index auction_status on gavel.auction (status, id desc)
    where not hidden and archived_at is null;
create index auction_owner on gavel.auction (owner_id, id desc);
create index auction_ends on gavel.auction (ends_at)
    where status in ('live', 'paused');

create table gavel.team (
    id          bigint generated always as identity primary key,
    auction_id  bigint not null,
    name        text not null,
    color       text,
    logo_url    text,
    leader_id   bigint,
    budget      bigint not null default 0,
    held        bigint not null default 0,
    spent       bigint not null default 0,
    roster      int not null default 0,
    slots       int not null default 0,
    suspended   boolean not null default false,
    joined      boolean not null default false,
    gone        boolean not null default false,
    created_at  timestamptz not null default now(),
    unique (auction_id, name)
) with (fillfactor = 50);

-- The log.  No foreign keys from here on: they cost a third of the append
-- path, and append writes only what the engine has already checked.

-- One row an auction: the place of its log, moved by compare-and-set.
create table gavel.log_head (
    auction_id      bigint primary key,
    epoch           int not null default 1,
    seq             bigint not null default 0,
    head            bytea not null default decode(repeat('00', 32), 'hex'),
    engine_rev      int not null default 0,
    reserved_by     text,
    reserved_until  timestamptz,
    due_at          bigint                   -- what gavel.due says (ms)
) with (fillfactor = 50);

create table gavel.event (
    auction_id   bigint not null,
    seq          bigint not null,
    epoch        int not null,
    type         smallint not null,
    ts           bigint not null,
    actor_id     bigint,
    request_id   text,
    body_hash    bytea,
    public       text not null,
    private      text,
    nonce        bytea,
    hash         bytea not null,
    primary key (auction_id, seq)
);

-- A request id wins once.  Only the first event of a client's command has
-- one; internal commands have none (their keys are in the state).
create unique index event_request
    on gavel.event (auction_id, actor_id, request_id)
    where request_id is not null;

create table gavel.snapshot (
    auction_id  bigint not null,
    seq         bigint not null,
    engine_rev  int not null,
    state       bytea not null,
    state_hash  bytea not null,
    created_at  timestamptz not null default now(),
    primary key (auction_id, seq)
);

create table gavel.lot (
    id           bigint primary key,         -- auction << 22 | seq
    auction_id   bigint not null,
    item_id      bigint not null,
    number       int not null,
    position     int not null,
    status       text not null,
    round        int not null default 0,
    base_price   bigint not null,
    price        bigint not null default 0,
    leader_id    bigint,
    leader_team  bigint,
    leader_bid   bigint,
    bid_count    int not null default 0,
    opened_at    bigint,                     -- ms
    ends_at      bigint
) with (fillfactor = 50);

create index lot_auction on gavel.lot (auction_id, number);

-- What append says of a team.
create type gavel.team_image as (
    id         bigint,
    leader_id  bigint,
    budget     bigint,
    held       bigint,
    spent      bigint,
    roster     int,
    slots      int,
    suspended  boolean,
    gone       boolean
);

create table gavel.bid (
    id          bigint primary key,          -- auction << 22 | seq
    auction_id  bigint not null,
    lot_id      bigint not null,
    round       int not null,
    bidder_id   bigint not null,
    team_id     bigint,
    amount      bigint not null,
    origin      smallint not null,
    at          bigint not null,             -- ms, stamp of the frame
    voided      boolean not null default false
);

create index bid_bidder on gavel.bid (bidder_id, id desc);

create table gavel.sale (
    lot_id      bigint not null,
    round       int not null,
    auction_id  bigint not null,
    winner_id   bigint not null,
    team_id     bigint,
    price       bigint not null,
    bid_id      bigint not null,
    ts          bigint not null,
    primary key (lot_id, round)
);

create index sale_winner on gavel.sale (winner_id);

create table gavel.roster (
    lot_id      bigint primary key,
    auction_id  bigint not null,
    team_id     bigint not null,
    price       bigint not null,
    via         text not null
);

create index roster_team on gavel.roster (team_id);

-- A lower bound of when an auction's clock does something next (ms).
create table gavel.due (
    auction_id  bigint primary key,
    at          bigint not null
);

create index due_at on gavel.due (at);

-- What spans auctions follows from here, at least once, keyed by the log.
create table gavel.outbox (
    auction_id  bigint not null,
    seq         bigint not null,
    topic       text not null,
    created_at  timestamptz not null default now(),
    primary key (auction_id, seq, topic)
);

insert into gavel.category (slug, name_ko, name_en, position) values
    ('esports', 'e스포츠', 'Esports', 1),
    ('collectibles', '수집품', 'Collectibles', 2),
    ('fashion', '패션', 'Fashion', 3),
    ('electronics', '전자제품', 'Electronics', 4),
    ('art', '예술', 'Art', 5),
    ('home', '생활', 'Home', 6),
    ('other', '기타', 'Other', 7);
