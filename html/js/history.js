// history: what has happened, in words.

import { html } from "/vendor/htm/preact/standalone.module.js";
import { money, t } from "./text.js";

const who = (data, world) =>
  data.team_id
    ? world.team(data.team_id)
    : world.name(data.winner_id || data.bidder_id);

const titled = (data, world) => world.title({ lot_id: data.lot_id });

/** Where many lots are open at once, a bid says for which it is. */
const prefix = (data, world) => (world.many ? `${titled(data, world)}: ` : "");

const lines = {
  "bid.accepted": (data, world) =>
    `${prefix(data, world)}${who(data, world)} · ${money(data.amount, world.currency)}${
      data.kind === "behalf" ? ` (${t("on_behalf")})` : ""
    }`,
  "bid.reactive": (data, world) =>
    `${prefix(data, world)}${who(data, world)} · ${money(data.amount, world.currency)} (${t("automatic")})`,
  "bid.voided": (data) =>
    `✕ ${t(data.how === "retract" ? "bid_retracted" : "bid_voided")}${
      data.reason ? `: ${data.reason}` : ""
    }`,
  "sealed.submitted": (data) => `✉ ${t("submissions", data.submissions)}`,
  "sealed.locked": () => t("locked"),
  "sealed.revealed": (data, world) =>
    `✉ ${who(data, world)} · ${money(data.amount, world.currency)}`,
  "sealed.rebid": () => t("rebid"),
  "lot.sold": (data, world) =>
    `🔨 ${titled(data, world)}: ${t(
      "sold_to",
      who(data, world),
      money(data.price, world.currency),
    )}`,
  "lot.unsold": (data, world) => `${titled(data, world)}: ${t("unsold")}`,
  "lot.assigned": (data, world) =>
    `${titled(data, world)}: ${t("assigned_to", world.team(data.team_id))}`,
  "lot.opened": (data, world) => `▶ ${titled(data, world)}`,
  "lot.reopened": (data, world) => `↩ ${t("reopened", titled(data, world))}`,
  "lot.requeued": (data, world) => `↩ ${t("requeued", titled(data, world))}`,
  "lot.folded": (data, world) =>
    t("team_folded", world.team(data.team_id)),
  "lot.warned": (data) => t(`going_${Math.min(data.count, 3)}`),
  "lot.reserve_not_met": () => t("reserve_not_met"),
  "lot.offered": (data, world) => t("offered_to", who(data, world)),
  "offer.closed": () => t("offer_closed"),
  "lot.asked": (data, world) =>
    t("asked", money(data.min_next, world.currency)),
  "turn.started": (data, world) => t("turn_of", world.team(data.team_id)),
  "cycle.started": (data) => t("cycle_started", data.cycle, data.lots),
  "draw.revealed": () => t("drawn"),
  "points.granted": (data, world) =>
    `${world.team(data.team_id)}: ${data.amount > 0 ? "+" : ""}${money(
      data.amount,
      world.currency,
    )}`,
  "auction.started": () => t("started"),
  "auction.paused": () => t("paused"),
  "auction.resumed": () => t("resumed"),
  "auction.ending": () => t("ending"),
  "auction.ended": () => t("ended"),
};

export function History({ log, world }) {
  const shown = log.filter((event) => lines[event.type]);

  return html`
    <section class="card history" aria-live="polite">
      <h2>${t("history")}</h2>
      ${!shown.length && html`<p class="empty">${t("history_empty")}</p>`}
      <ol>
        ${shown.map(
          (event) =>
            html`<li key=${event.seq}>
              ${lines[event.type](event.data, world)}
            </li>`,
        )}
      </ol>
    </section>
  `;
}
