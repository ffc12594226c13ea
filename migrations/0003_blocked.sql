-- Whoever was suspended, banned or erased lately: workers ask for them often.

create index account_stopped on gavel.account (updated_at)
    where status in ('suspended', 'banned', 'erased');
