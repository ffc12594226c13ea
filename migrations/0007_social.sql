-- What people do beside the auction: watch, write, and hear of what concerns
-- them.

-- How many watched.  Whoever writes adds the time since the last write, so
-- that two who write at once do not count it twice.
create table gavel.viewing (
    auction_id      bigint primary key,
    viewers         int not null default 0,
    peak            int not null default 0,
    peak_at         timestamptz,
    seconds         double precision not null default 0,   -- watched by any
    viewer_seconds  double precision not null default 0,
    written_at      timestamptz not null default clock_timestamp()
) with (fillfactor = 50);

-- A chat: the place of its sequence, which lines and deletions share.
create table gavel.chat (
    auction_id  bigint primary key,
    seq         bigint not null default 0,
    slow_mode   int not null default 0          -- seconds between two lines
) with (fillfactor = 50);

create table gavel.comment (
    id           bigint generated always as identity primary key,
    auction_id   bigint not null,
    seq          bigint not null,
    user_id      bigint not null,
    body         text not null,
    request_id   text,
    created_at   timestamptz not null,
    deleted_seq  bigint,
    deleted_by   bigint,
    deleted_at   timestamptz
);

create unique index comment_seq on gavel.comment (auction_id, seq);
create unique index comment_deleted on gavel.comment (auction_id, deleted_seq)
    where deleted_seq is not null;
create unique index comment_request
    on gavel.comment (auction_id, user_id, request_id)
    where request_id is not null;
create index comment_user on gavel.comment (auction_id, user_id, seq desc);

create table gavel.moderator (
    auction_id  bigint not null,
    user_id     bigint not null references gavel.account,
    granted_by  bigint not null,
    created_at  timestamptz not null default now(),
    primary key (auction_id, user_id)
);

create table gavel.mute (
    auction_id  bigint not null,
    user_id     bigint not null references gavel.account,
    muted_by    bigint not null,
    reason      text not null default '',
    until       timestamptz,                    -- null: for good
    created_at  timestamptz not null default now(),
    primary key (auction_id, user_id)
);

-- The personal channel: an own sequence for each user.
create table gavel.me_head (
    user_id  bigint primary key,
    seq      bigint not null default 0
) with (fillfactor = 50);

create table gavel.me_event (
    user_id     bigint not null,
    seq         bigint not null,
    auction_id  bigint not null,
    log_seq     bigint not null,
    kind        text not null,
    body        text not null,
    created_at  timestamptz not null default now(),
    primary key (user_id, seq),
    unique (user_id, auction_id, log_seq, kind)
);

-- Up to where an auction's log was read for it.
create table gavel.me_place (
    auction_id  bigint primary key,
    seq         bigint not null
) with (fillfactor = 50);

create index outbox_topic on gavel.outbox (topic, created_at);

-- When somebody last looked for what ends soon.
create table gavel.me_clock (
    one  boolean primary key default true check (one),
    at   timestamptz not null default now()
) with (fillfactor = 20);

insert into gavel.me_clock default values;
