-- When the last time without a sign of life began: `since` is older if it goes
-- on with one that had hardly ended.

alter table gavel.pulse add column gap bigint not null default 0;
