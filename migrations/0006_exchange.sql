-- Files of players and lots that came in, and auctions to make others from.

-- Each import, under the name that its file had.
create table gavel.import (
    id           bigint generated always as identity primary key,
    auction_id   bigint not null,
    actor_id     bigint not null,
    file_name    text not null default '',
    encoding     text,
    bytes        int not null default 0,
    lines        int not null default 0,
    added        int not null default 0,
    changed      int not null default 0,
    unchanged    int not null default 0,
    errors       int not null default 0,
    report       jsonb not null default '[]',    -- of the lines with errors
    created_at   timestamptz not null default now(),
    finished_at  timestamptz
);

create index import_auction on gavel.import (auction_id, id desc);

-- By what a line is known again: "x:" and its external id, "n:" and its name.
create table gavel.import_key (
    auction_id  bigint not null,
    key         text not null,
    item_id     bigint not null,
    primary key (auction_id, key)
);

create index import_key_item on gavel.import_key (auction_id, item_id);

-- An auction without its time: rules, lots with their items, teams.
create table gavel.template (
    id           bigint generated always as identity primary key,
    owner_id     bigint not null references gavel.account,
    name         text not null,
    mode         text not null,
    content      jsonb not null,
    created_at   timestamptz not null default now(),
    unique (owner_id, name)
);
