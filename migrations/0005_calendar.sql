-- The calendar: how an auction's entry is decorated, the points that pay for
-- it, and what people watch.  When an auction starts and ends is the log's to
-- say; nothing here repeats it.

-- Whose calendar it stands in is the auction's owner's.
create table gavel.schedule_entry (
    auction_id  bigint primary key references gavel.auction,
    icon        text,
    color       text,
    label       text,
    spent       bigint not null default 0,     -- icon points, all in all
    version     int not null default 0,
    updated_at  timestamptz not null default now()
);

create index auction_span
    on gavel.auction (greatest(starts_at, coalesce(ended_at, ends_at)))
    where archived_at is null;
create index auction_owner_starts on gavel.auction (owner_id, starts_at)
    where archived_at is null;

-- Icon points, by double entry, in books of their own: nothing leads from
-- here to the points of an auction or to money.  Points come from `issued`
-- and go to `sold`; people's accounts never fall below zero.
create table gavel.icon_account (
    id        bigint generated always as identity primary key,
    kind      text not null check (kind in ('person', 'issued', 'sold')),
    owner_id  bigint unique references gavel.account,
    balance   bigint not null default 0,       -- the sum of its entries
    check ((kind = 'person') = (owner_id is not null)),
    check (kind <> 'person' or balance between 0 and 9007199254740991)
);

create unique index icon_account_house on gavel.icon_account (kind)
    where owner_id is null;

create table gavel.icon_txn (
    id               bigint generated always as identity primary key,
    kind             text not null
                     check (kind in ('grant', 'revoke', 'spend')),
    actor_id         bigint not null references gavel.account,
    auction_id       bigint,
    note             text not null default '',
    idempotency_key  text not null unique,
    created_at       timestamptz not null default now()
);

create table gavel.icon_entry (
    id          bigint generated always as identity primary key,
    txn_id      bigint not null references gavel.icon_txn,
    account_id  bigint not null references gavel.icon_account,
    amount      bigint not null check (amount <> 0),
    balance     bigint not null,               -- of the account, after it
    unique (txn_id, account_id)
);

create index icon_entry_account on gavel.icon_entry (account_id, id desc);

insert into gavel.icon_account (kind) values ('issued'), ('sold');

-- What is written stays written, and sums to zero when it is committed.
create function gavel.icon_fixed()
returns trigger language plpgsql as $$
begin
    raise exception 'the ledger of icon points is append-only';
end
$$;

create function gavel.icon_zero()
returns trigger language plpgsql security definer as $$
begin
    if (select sum(e.amount) <> 0 or count(*) < 2 from gavel.icon_entry e
        where e.txn_id = new.txn_id)
    then
        raise exception 'transaction % does not sum to zero', new.txn_id;
    end if;

    return null;
end
$$;

create trigger icon_txn_fixed
    before update or delete or truncate on gavel.icon_txn
    for each statement execute function gavel.icon_fixed();

create trigger icon_entry_fixed
    before update or delete or truncate on gavel.icon_entry
    for each statement execute function gavel.icon_fixed();

create constraint trigger icon_entry_zero
    after insert on gavel.icon_entry deferrable initially deferred
    for each row execute function gavel.icon_zero();

-- What decorations cost; admins change it.  Colours are names of CSS.
insert into gavel.setting (key, value) values ('icon_prices', '{
    "icons": {
        "star":    { "glyph": "⭐", "price": 10 },
        "fire":    { "glyph": "🔥", "price": 10 },
        "trophy":  { "glyph": "🏆", "price": 20 },
        "crown":   { "glyph": "👑", "price": 30 },
        "gem":     { "glyph": "💎", "price": 50 },
        "game":    { "glyph": "🎮", "price": 10 },
        "party":   { "glyph": "🎉", "price": 15 },
        "hammer":  { "glyph": "🔨", "price": 5 }
    },
    "colors": {
        "tomato": 5, "gold": 10, "seagreen": 5, "royalblue": 5,
        "mediumpurple": 5, "hotpink": 5
    },
    "label": 20
}');

-- Calendars of others know an entry by this, for ever, wherever the server
-- moves.
insert into gavel.setting (key, value)
values ('calendar_uid', to_jsonb(gen_random_uuid()));

-- Who watches what; lot 0 is the auction as a whole.
create table gavel.watch (
    id          bigint generated always as identity primary key,
    account_id  bigint not null references gavel.account,
    auction_id  bigint not null references gavel.auction,
    lot_id      bigint not null default 0,
    created_at  timestamptz not null default now(),
    unique (account_id, auction_id, lot_id)
);

create index watch_auction on gavel.watch (auction_id, lot_id);
create index watch_account on gavel.watch (account_id, id desc);
