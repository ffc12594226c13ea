// block: the lot that is sold now, its price and clock, and the way to bid.

import { html, useState } from "/vendor/htm/preact/standalone.module.js";
import { Countdown } from "./countdown.js";
import { money, t } from "./text.js";

/** The step at a price: a ladder is one step, or rows of [from, step]. */
const step = ({ ladder }, price) =>
  Array.isArray(ladder)
    ? ladder.filter(([from]) => from <= price).pop()[1]
    : ladder;

export function Block({ state, lot, world, bid }) {
  if (!lot) {
    return html`<section class="card block">
      <p class="empty">${t("no_lot")}</p>
    </section>`;
  }

  const about = world.lot(lot.lot_id);

  return html`
    <section class="card block" id="block" data-lot=${lot.lot_id}>
      ${about?.image_url &&
      html`<img class="photo" src=${about.image_url} alt="" />`}
      <div class="facts">
        <h2 id="lot-title">${about?.title || `#${lot.number}`}</h2>
        <${Attributes} values=${about?.attributes} />
        <p class="price" aria-live="polite">
          <small>${lot.bid_count ? t("price") : t("base_price")}</small>
          <b id="price">
            ${money(lot.bid_count ? lot.price : lot.base_price, world.currency)}
          </b>
        </p>
        <p>
          <small>${t("leader")}</small>
          <b id="leader">${leader(lot, world)}</b>
          <small>${t("bids", lot.bid_count)}</small>
        </p>
        <${Countdown}
          ends=${lot.ends_at}
          now=${world.now}
          frozen=${state.status === "paused" ? state.paused_at : null}
        />
        <${Bidding} state=${state} lot=${lot} world=${world} bid=${bid} />
      </div>
    </section>
  `;
}

const leader = (lot, world) =>
  lot.leader_team_id
    ? world.team(lot.leader_team_id)
    : lot.leader_id
      ? world.name(lot.leader_id)
      : t("nobody");

function Attributes({ values }) {
  const entries = Object.entries(values || {}).filter(
    ([, value]) => typeof value !== "object" || Array.isArray(value),
  );

  return html`<ul class="tags">
    ${entries.map(
      ([name, value]) =>
        html`<li><small>${name}</small> ${[value].flat().join(", ")}</li>`,
    )}
  </ul>`;
}

function Bidding({ state, lot, world, bid }) {
  const [custom, setCustom] = useState("");

  if (!world.user) {
    return html`<p class="hint">${t("login_to_bid")}</p>`;
  }

  if (state.owner_id === world.user.id) {
    return null;
  }

  if (lot.leader_id === world.user.id) {
    return html`<p class="good" id="leading">${t("you_lead")}</p>`;
  }

  const least = lot.min_next;
  const more = step(state.rules, least);
  const amounts = [least, least + more, least + 2 * more];

  const submit = (event) => {
    event.preventDefault();
    bid(lot, Number(custom));
    setCustom("");
  };

  return html`
    <div class="bidding">
      ${amounts.map(
        (amount, i) =>
          html`<button
            id=${i === 0 ? "bid" : undefined}
            disabled=${state.status !== "live" || lot.status !== "open"}
            onClick=${() => bid(lot, amount)}
          >
            ${t("bid_with", money(amount, world.currency))}
          </button>`,
      )}
      <form onSubmit=${submit}>
        <input
          type="number"
          min=${least}
          step="1"
          required
          aria-label=${t("amount")}
          placeholder=${t("amount")}
          value=${custom}
          onInput=${(event) => setCustom(event.target.value)}
        />
        <button type="submit">${t("bid")}</button>
      </form>
    </div>
  `;
}
