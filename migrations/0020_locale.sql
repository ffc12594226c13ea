-- A language that nobody chose is none: pages go by the browser's.

alter table gavel.account alter locale drop not null, alter locale drop default;
