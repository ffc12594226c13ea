-- Who leaves is gone wherever his token is known, too.

drop index gavel.session_ended;

create index session_ended on gavel.session (revoked_at)
    where revoked_why in ('everywhere', 'revoked', 'password', 'reuse',
                          'admin', 'logout');
