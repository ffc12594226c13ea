// socketio: fan-out as a Socket.IO user would build it.
//
//   node socketio.mjs PORT RATE BYTES
//
// Emits RATE messages a second to one room; prints "N microseconds" for each.

import { createServer } from "node:http";
import { Server } from "socket.io";

const [port, rate, bytes] = process.argv.slice(2).map(Number);
const http = createServer();
const io = new Server(http, { transports: ["websocket"] });
let amount = 0;

io.on("connection", (socket) => socket.join("auction"));

setInterval(() => {
  amount += 1;

  const text = "x".repeat(Math.max(0, bytes - 40));

  process.stdout.write(
    `${amount} ${process.hrtime.bigint() / 1000n}\n`,
  );
  io.to("auction").emit("event", { amount, text });
}, 1000 / rate);

http.listen(port, "127.0.0.1");
