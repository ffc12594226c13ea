-- Since when nobody could append is known afterwards by this row alone: who
-- saw it may be gone.  Written about twice a second, in place.

create table gavel.pulse (
    one    boolean primary key default true check (one),
    at     bigint not null default 0,        -- the last sign of life (ms)
    since  bigint not null default 0,        -- the last time without any
    until  bigint not null default 0
) with (fillfactor = 20);

insert into gavel.pulse default values;
