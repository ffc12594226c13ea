-- Read-only links for overlays: each belongs to a person, shows whichever of
-- his auctions is on, and is kept as a hash.

create table gavel.overlay_token (
    id          bigint generated always as identity primary key,
    account_id  bigint not null references gavel.account,
    name        text not null default '',
    token_hash  bytea not null unique,
    created_at  timestamptz not null default now(),
    rotated_at  timestamptz,
    revoked_at  timestamptz
);

create index overlay_token_account on gavel.overlay_token (account_id)
    where revoked_at is null;
