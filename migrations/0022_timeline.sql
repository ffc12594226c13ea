-- On which server and timeline this database was last seen, and since when: a
-- standby that was promoted, or a copy that was restored, is known by it, and
-- may lack what only those remember who saw it.

create table gavel.timeline (
    one    boolean primary key default true check (one),
    name   text not null,
    since  timestamptz not null
);
