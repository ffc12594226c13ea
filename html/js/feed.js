// feed: one auction over a WebSocket, in order, without gaps.
//
// It keeps `epoch:seq`, comes back after a loss with what it has, and hands on
// either a whole state (a snapshot) or the next event.  It keeps the server's
// time, so that every countdown shows the same.

import { remembered, renewed } from "./api.js";
import { begin, fold } from "./state.js";
import { t } from "./text.js";

const PROTOCOL = 4005;
const FORBIDDEN = 4002;
const EXPIRED = 4001;

/* Frames by which the server's time is known. */
const HEARD = 8;

export class Feed {
  /** on: { change(state, event|null), status(word), notice(frame),
   *  chat(frame), viewers(number), host(frame), hosted(whether its host is
   *  there; null: it needs none), slow(seconds between lines of the chat),
   *  unfolded(event): a snapshot follows }; with `chat` the auction's chat is
   *  followed, too. */
  constructor(auctionId, on) {
    this.channel = `auction:${auctionId}`;
    this.auctionId = auctionId;
    this.on = on;
    this.chat = on.chat ? `chat:${auctionId}` : null;
    this.chatSeq = null;
    this.state = null;
    this.hosting = false;
    this.offset = 0;
    this.heard = [];
    this.tries = 0;
    this.waiting = new Map();
    this.connect();
  }

  /** The server's time now, in ms. */
  now() {
    return Date.now() + this.offset;
  }

  /** A frame that came late makes the server's clock look slow, so the
   *  quickest of the last ones says how far ours is off. */
  hear(offset) {
    this.heard = [...this.heard, offset].slice(-HEARD);
    this.offset = Math.max(...this.heard);
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";

    this.on.status(this.tries ? "lost" : "connecting");
    this.socket = new WebSocket(`${scheme}://${location.host}/api/v1/ws`);
    this.socket.onmessage = (message) => this.receive(JSON.parse(message.data));
    this.socket.onclose = (close) => this.closed(close.code);
  }

  send(frame) {
    this.socket.send(JSON.stringify(frame));
  }

  subscribe() {
    const { epoch, seq } = this.state || {};

    this.send({
      type: "subscribe",
      channel: this.channel,
      ...(this.state ? { epoch, last_seq: seq } : {}),
    });
  }

  subscribeChat() {
    if (this.chat) {
      this.send({
        type: "subscribe",
        channel: this.chat,
        ...(this.chatSeq === null ? {} : { last_seq: this.chatSeq }),
      });
    }
  }

  /** Follows what only the host is told. */
  host() {
    this.hosting = true;

    if (this.socket.readyState === WebSocket.OPEN) {
      this.send({ type: "subscribe", channel: `host:${this.auctionId}` });
    }
  }

  /** Sends a command; resolves with its ack, rejects with the error.  What
   *  was sent before a loss is sent again after it, with the same id. */
  command(frame) {
    const id = frame.request_id || crypto.randomUUID();

    const open = this.socket.readyState === WebSocket.OPEN;

    /* sent later by itself it might surprise: prices go on meanwhile */
    if (!open && this.tries) {
      return Promise.reject({ code: "not_sent", message: t("not_sent") });
    }

    return new Promise((resolve, reject) => {
      this.waiting.set(id, { frame: { ...frame, request_id: id }, resolve, reject });
      if (open) {
        this.send({ ...frame, request_id: id });
      }
    });
  }

  receive(frame) {
    if (frame.server_time) {
      this.hear(Date.parse(frame.server_time) - Date.now());
    }

    if (frame.channel && frame.channel === this.chat) {
      this.line(frame);
      return;
    }

    switch (frame.type) {
      case "presence":
        this.on.viewers?.(frame.viewers);
        break;

      case "hello":
        this.hello(Boolean(frame.user_id));
        break;

      case "subscribed":
        if (frame.channel === this.channel) {
          this.on.status("connected");
          this.on.viewers?.(frame.viewers);
          this.on.hosted?.(frame.host ?? null);
        }
        break;

      case "host.left":
      case "host.returned":
        this.on.hosted?.(frame.type === "host.returned");
        break;

      case "host":
        this.on.host?.(frame);
        break;

      case "snapshot":
        this.state = begin(frame);
        this.on.change(this.state, null);
        break;

      case "event":
        this.event(frame.event);
        break;

      case "heartbeat":
        if (this.state && frame.seq > this.state.seq) {
          this.again();
        }
        break;

      case "ack":
      case "error":
        this.answer(frame);
        break;
    }
  }

  /** A socket takes its cookies when it opens: whose access has run out since
   *  would be a guest, so he gets a new one and comes again, once. */
  async hello(known) {
    const stranger = !known && !this.asked && remembered();

    this.asked = !known;

    if (stranger && (await renewed())) {
      this.rejoin();
      return;
    }

    this.tries = 0;
    this.subscribe();
    this.subscribeChat();

    if (this.hosting) {
      this.host();
    }

    this.waiting.forEach(({ frame: command }) => this.send(command));
  }

  /** Of the chat: its last lines, or one more, or how slow it is. */
  line(frame) {
    const slow = frame.slow_mode ?? frame.state?.slow_mode;

    if (slow !== undefined) {
      this.on.slow?.(slow);
    }

    if (frame.type === "snapshot") {
      this.chatSeq = frame.seq;
      this.on.chat(frame);
    } else if (frame.type === "event" && frame.event.seq > this.chatSeq) {
      this.chatSeq = frame.event.seq;
      this.on.chat(frame);
    }
  }

  event(event) {
    if (!this.state || event.seq <= this.state.seq) {
      return;
    }

    if (fold(this.state, event)) {
      this.on.change(this.state, event);
    } else {
      if (event.seq === this.state.seq + 1) {
        this.on.unfolded?.(event);
      }
      this.again();
    }
  }

  /** Asks for a fresh snapshot. */
  again() {
    this.state = null;
    this.send({ type: "unsubscribe", channel: this.channel });
    this.subscribe();
  }

  answer(frame) {
    const waiter = this.waiting.get(frame.request_id);

    if (!waiter) {
      if (frame.type === "error") {
        this.on.notice(frame);
      }
      return;
    }

    this.waiting.delete(frame.request_id);

    if (frame.type === "ack" && frame.ok !== false) {
      waiter.resolve(frame);
    } else {
      waiter.reject(frame);
    }
  }

  /** Comes back with the place it had; who is refused does not hammer. */
  closed(code) {
    if (code === FORBIDDEN || code === PROTOCOL) {
      this.on.status("lost");
      return;
    }

    if (this.renewed) {
      this.renewed = false;
      this.connect();
      return;
    }

    this.tries += 1;
    this.on.status("lost");

    this.later(code);
  }

  /** Who was logged out elsewhere is a guest then, and in no hurry. */
  async later(code) {
    const out = code === EXPIRED && remembered() && !(await renewed());
    const delay = out
      ? 10_000
      : Math.min(10_000, 250 * 2 ** Math.min(this.tries, 6));

    setTimeout(() => this.connect(), delay * (0.5 + Math.random()));
  }

  /** After a login or logout: the socket takes its cookies anew. */
  renew() {
    this.hosting = false;
    this.asked = false;
    this.rejoin();
  }

  rejoin() {

    /* one that is lost comes back by itself */
    if (this.socket.readyState <= WebSocket.OPEN) {
      this.tries = 0;
      this.renewed = true;
      this.socket.close(1000);
    }
  }
}
