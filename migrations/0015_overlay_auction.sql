-- A link may be tied to one auction; else it shows whichever is on.
alter table gavel.overlay_token add column auction_id bigint;
