// block: the lot that is sold now, its price and clock, and the way to bid.

import { html } from "/vendor/htm/preact/standalone.module.js";
import { Bidding, dutchPrice } from "./bidding.js";
import { Countdown, useTick } from "./countdown.js";
import { isDutch, isSealed } from "./find.js";
import { money, nameOf, t, when } from "./text.js";

/** What is said while nothing is on the block. */
function Empty({ state, about }) {
  const before = ["draft", "scheduled", "lobby"].includes(state.status);

  return html`<section class="card block">
    <p class="empty">
      ${before && about?.starts_at
        ? t("starts", when(about.starts_at))
        : ["live", "paused", "ending"].includes(state.status)
          ? t("no_lot")
          : t(before ? state.status : "is_over")}
    </p>
  </section>`;
}

export function Block({ state, lot, world, about: auction }) {
  if (!lot) {
    return html`<${Empty} state=${state} about=${auction} />`;
  }

  const about = world.lot(lot.lot_id);

  return html`
    <section class="card block" id="block" data-lot=${lot.lot_id}>
      ${about?.image_url &&
      html`<img class="photo" src=${about.image_url} alt="" />`}
      <div class="facts">
        <h2 id="lot-title">${world.title(lot)}</h2>
        <${Attributes} values=${about?.attributes} />
        ${about?.description && html`<p class="about">${about.description}</p>`}
        <${Terms} lot=${lot} world=${world} />
        <${Price} state=${state} lot=${lot} world=${world} />
        ${isSealed(state) &&
        html`<p id="submissions">
          <small>${t("submissions", lot.bid_count)}</small>
        </p>`}
        ${!isSealed(state) &&
        html`<p>
          <small>${t("leader")}</small>
          <b id="leader">${world.leader(lot) || t("nobody")}</b>
          ${!isDutch(state) && html`<small>${t("bids", lot.bid_count)}</small>`}
        </p>`}
        <${Stage} state=${state} lot=${lot} world=${world} />
        <${Bidding}
          key=${`${lot.lot_id}.${lot.round}`}
          state=${state}
          lot=${lot}
          world=${world}
        />
      </div>
    </section>
  `;
}

function Price({ state, lot, world }) {
  const amount = lot.leader_id ? lot.price : lot.base_price;

  if (isDutch(state) && lot.status === "open" && !lot.leader_id) {
    return html`<${Falling} ...${{ state, lot, world }} />`;
  }

  if (isSealed(state)) {
    return html`<p class="price">
      <small>${t(lot.revealed ? "best_bid" : "base_price")}</small>
      <b id="price">
        ${money(
          lot.revealed ? lot.revealed.at(-1).amount : lot.min_next,
          world.currency,
        )}
      </b>
    </p>`;
  }

  return html`<p class="price" aria-live="polite">
    <small>${lot.leader_id ? t("price") : t("base_price")}</small>
    <b id="price">${money(amount, world.currency)}</b>
    ${lot.reserve_met !== undefined &&
    html`<span class=${`tag ${lot.reserve_met ? "good" : ""}`} id="reserve">
      ${t(lot.reserve_met ? "reserve_met" : "reserve_not_yet")}
    </span>`}
  </p>`;
}

function Falling({ state, lot, world }) {
  useTick(100);

  return html`<p class="price">
    <small>${t("falling")}</small>
    <b id="price">${money(dutchPrice(state, lot, world.now()), world.currency)}</b>
    <small>
      ${t(
        "falls_by",
        money(state.rules.dutch_drop, world.currency),
        state.rules.dutch_every_ms / 1000,
      )}
    </small>
  </p>`;
}

/** Where the lot stands: its clock, a warning, a lock, a question. */
function Stage({ state, lot, world }) {
  if (lot.status === "locked" || lot.status === "reserve_not_met") {
    return html`
      <p class="warning" id="stage" role="status">
        ${t(lot.status)}
        ${lot.until &&
        html`<${Countdown} ends=${lot.until} now=${world.now} over="…" />`}
      </p>
      <${Revealed} lot=${lot} world=${world} />
    `;
  }

  if (lot.status === "frozen") {
    return html`<p class="warning" id="stage" role="status">${t("frozen")}</p>`;
  }

  return html`
    <div class="stage">
      <${Countdown}
        ends=${lot.ends_at}
        now=${world.now}
        frozen=${state.status === "paused" ? state.paused_at : null}
        spoken=${true}
      />
      <${Warning} lot=${lot} />
    </div>
  `;
}

/** Going once, going twice. */
export function Warning({ lot }) {
  const text = lot.warnings
    ? t(`going_${Math.min(lot.warnings, 3)}`)
    : lot.closing
      ? t("closing")
      : "";

  return html`<span class="warning" id="warning" aria-live="assertive"
    >${text}</span
  >`;
}

export function Revealed({ lot, world }) {
  return (
    lot.revealed &&
    html`<ol class="revealed" aria-live="polite">
      ${[...lot.revealed].reverse().map(
        (bid) =>
          html`<li key=${bid.bid_id}>
            ${bid.team_id ? world.team(bid.team_id) : world.name(bid.bidder_id)}
            <b>${money(bid.amount, world.currency)}</b>
          </li>`,
      )}
    </ol>`
  );
}

/** What a lot is offered at, beside its price. */
export function Terms({ lot, world }) {
  const tags = [
    lot.role && [t("role"), lot.role],
    lot.pot && [t("pot"), lot.pot],
    lot.quantity > 1 && [t("units"), `${lot.units || 0}/${lot.quantity}`],
    lot.buy_now && [t("buy_now"), money(lot.buy_now, world.currency)],
    lot.bonus && [t("bonus"), money(lot.bonus, world.currency)],
    lot.round > 1 && [t("round"), lot.round],
  ].filter(Boolean);

  return (
    tags.length > 0 &&
    html`<ul class="tags terms">
      ${tags.map(
        ([name, value]) => html`<li><small>${name}</small> ${value}</li>`,
      )}
    </ul>`
  );
}

/* A player's title has them. */
const titles = ["nickname", "tag"];

function Attributes({ values }) {
  const entries = Object.entries(values || {}).filter(
    ([name, value]) =>
      !titles.includes(name) &&
      (typeof value !== "object" || Array.isArray(value)),
  );

  return html`<ul class="tags">
    ${entries.map(
      ([name, value]) =>
        html`<li><small>${nameOf("attr", name)}</small> ${[value].flat().join(", ")}</li>`,
    )}
  </ul>`;
}
