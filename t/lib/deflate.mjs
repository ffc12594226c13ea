// deflate PORT AUCTION: follows an auction as the ws package does, compressed
// both ways, and tells what it saw.

import { createRequire } from "node:module";

const WebSocket = createRequire(import.meta.url)("ws");
const [, , port, auction] = process.argv;

const ws = new WebSocket(`ws://127.0.0.1:${port}/api/v1/ws`, {
  perMessageDeflate: { threshold: 0 },
});
const seen = { extensions: "", messages: [] };

const finish = (code) => {
  console.log(JSON.stringify(seen));
  process.exit(code);
};

setTimeout(() => finish(1), 10000);

ws.on("open", () => {
  seen.extensions = ws.extensions;
  ws.send(JSON.stringify({ type: "subscribe", channel: `auction:${auction}` }));
});

ws.on("message", (data) => {
  const m = JSON.parse(data);
  seen.messages.push(m.type);

  if (m.type === "snapshot") {
    seen.lots = Object.keys(m.state.lots).length;
    ws.send(JSON.stringify({ type: "ping", t: 7, pad: "x".repeat(20000) }));
  } else if (m.type === "pong") {
    seen.t = m.t;
    ws.close(1000);
  }
});

ws.on("error", (e) => {
  seen.error = e.message;
  finish(1);
});

ws.on("close", (code) => {
  seen.code = code;
  finish(0);
});
