-- What goes on in a span of time: an index from which both of its ends are
-- asked, so that a month of long ago is not all that came since.

create index auction_when on gavel.auction using gist
    (tstzrange(starts_at, greatest(starts_at, coalesce(ended_at, ends_at)),
               '[]'))
    where starts_at is not null and archived_at is null;
drop index gavel.auction_span;
