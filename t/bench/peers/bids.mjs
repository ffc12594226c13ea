// bids: the same bidding protocol as a Node developer would serve it: fastify
// with WebSockets, PostgreSQL with a pool of 10, one transaction with a row
// lock a bid, and the answer after the commit.
//
//   node bids.mjs PORT        (PGHOST, PGUSER, PGDATABASE as usual)

import Fastify from "fastify";
import websocket from "@fastify/websocket";
import pg from "pg";

const pool = new pg.Pool({ max: 10 });
const app = Fastify();

await pool.query(`
  drop schema if exists peer cascade;
  create schema peer;
  create table peer.lot (id bigint primary key, price bigint not null,
      leader text, ends_at timestamptz not null, seq bigint not null);
  create table peer.bid (id bigserial primary key, lot_id bigint not null,
      bidder text not null, amount bigint not null, request_id text not null,
      seq bigint not null, at timestamptz not null default now(),
      unique (lot_id, bidder, request_id));
  insert into peer.lot values (1, 0, null, now() + interval '1 hour', 0);
`);

const text = {
  lock: {
    name: "lock",
    text: "select price, leader, ends_at > now() as open from peer.lot where id = 1 for update",
  },
  bid: {
    name: "bid",
    text: "insert into peer.bid (lot_id, bidder, amount, request_id, seq) values (1, $1, $2, $3, $4)",
  },
  lot: {
    name: "lot",
    text: "update peer.lot set price = $1, leader = $2, seq = seq + 1 where id = 1 returning seq",
  },
};

async function place(bidder, { amount, request_id }) {
  const client = await pool.connect();

  try {
    await client.query("begin");

    const { rows: [lot] } = await client.query(text.lock);
    const least = Number(lot.price) + 1;

    if (!lot.open || amount < least) {
      await client.query("rollback");

      return { type: "ack", request_id, ok: false, code: "too_low", min_next: least };
    }

    const { rows: [moved] } = await client.query({ ...text.lot, values: [amount, bidder] });

    await client.query({ ...text.bid, values: [bidder, amount, request_id, moved.seq] });
    await client.query("commit");

    return { type: "ack", request_id, ok: true, seq: Number(moved.seq), price: amount };
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
}

await app.register(websocket);

app.get("/api/v1/ws", { websocket: true }, (socket, request) => {
  const bidder = request.headers.authorization;

  socket.send(JSON.stringify({ type: "hello" }));
  socket.on("message", async (data) => {
    socket.send(JSON.stringify(await place(bidder, JSON.parse(data))));
  });
});

await app.listen({ port: Number(process.argv[2]), host: "127.0.0.1" });
