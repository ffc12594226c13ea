-- 0010_outbox: rows that nobody reads are gone; `me` is the only topic.

delete from gavel.outbox where topic = 'log';
