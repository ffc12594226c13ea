// list: the newest auctions as a Node developer would serve them: fastify with
// a schema for its answers, PostgreSQL with a pool of 10 and prepared
// statements.  The tables are Gavel's own.
//
//   node list.mjs PORT        (PGHOST, PGUSER, PGDATABASE as usual)

import Fastify from "fastify";
import pg from "pg";

pg.types.setTypeParser(pg.types.builtins.INT8, Number);

const pool = new pg.Pool({ max: 10 });
const app = Fastify();

const shown = `a.status = any ($1) and not a.hidden and a.archived_at is null`;
const statuses = [
  "scheduled", "lobby", "live", "paused", "ending", "ended", "settled",
  "cancelled", "aborted",
];

const page = {
  name: "page",
  text: `select a.id, a.owner_id, a.mode, a.title,
           left(a.description, 200) as description, a.category_id,
           c.slug as category,
           coalesce(nullif(a.image_url, ''), a.images->>0) as image_url,
           a.created_at, a.status, a.starts_at, a.ends_at, a.started_at,
           a.ended_at, a.rules->>'currency' as currency,
           (select count(*)::int from gavel.lot l where l.auction_id = a.id)
             as lot_count
         from gavel.auction a left join gavel.category c on c.id = a.category_id
         where ${shown} order by a.id desc limit $2 offset $3`,
};

const count = {
  name: "count",
  text: `select count(*) from (select from gavel.auction a where ${shown} limit 1000) x`,
};

const text = { type: ["string", "null"] };
const time = { type: ["string", "null"], format: "date-time" };
const int = { type: ["integer", "null"] };

const schema = {
  querystring: {
    type: "object",
    properties: {
      page: { type: "integer", minimum: 1, default: 1 },
      page_size: { type: "integer", minimum: 1, maximum: 100, default: 20 },
    },
  },
  response: {
    200: {
      type: "object",
      properties: {
        count: int,
        next: text,
        previous: text,
        next_cursor: text,
        results: {
          type: "array",
          items: {
            type: "object",
            properties: {
              id: int, owner_id: int, mode: text, title: text,
              description: text, category_id: int, category: text,
              image_url: text, created_at: time, status: text,
              starts_at: time, ends_at: time, started_at: time,
              ended_at: time, currency: text, lot_count: int,
            },
          },
        },
      },
    },
  },
};

app.get("/api/v1/auctions", { schema }, async (request) => {
  const { page: n, page_size: size } = request.query;
  const [{ rows: results }, { rows: [all] }] = await Promise.all([
    pool.query({ ...page, values: [statuses, size, (n - 1) * size] }),
    pool.query({ ...count, values: [statuses] }),
  ]);
  const link = (to) => `/api/v1/auctions?page=${to}`;

  return {
    count: all.count,
    next: n * size < all.count ? link(n + 1) : null,
    previous: n > 1 ? link(n - 1) : null,
    next_cursor: results.length === size ? String(results.at(-1).id) : null,
    results,
  };
});

await app.listen({ port: Number(process.argv[2]), host: "127.0.0.1" });
