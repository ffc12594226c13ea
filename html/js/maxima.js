// maxima: hidden maxima, up to which the server bids for somebody.

import { html } from "/vendor/htm/preact/standalone.module.js";
import { get, remove } from "./api.js";
import { ask } from "./dialog.js";
import { money, stepOf, t, toMajor, toMinor } from "./text.js";

/** Whether there are any by these rules. */
export const hasMaxima = ({ rules }) =>
  !rules.no_proxy && (rules.format || "open") === "open";

/** My maxima in an auction, by lot. */
export async function maximaOf(id) {
  const page = await get(`/auto-bids?auction_id=${id}&page_size=100`);
  const newest = new Map();

  page.results
    .filter((max) => max.state !== "cancelled")
    .forEach((max) => {
      if (!newest.has(max.lot_id)) {
        newest.set(max.lot_id, max);
      }
    });

  return [...newest.values()];
}

/** Sets or changes a maximum; tells what came of it. */
export function setMaximum(world, lot, amount) {
  return world.run(
    { type: "auto_bid", lot_id: lot.lot_id, max_amount: amount },
    t("max_set", money(amount, world.currency)),
  );
}

/** Asks for a maximum, of a lot that may still be in the queue. */
export async function askMaximum(world, lot, now) {
  const answer = await ask(t("max_of", world.title(lot)), {
    yes: t("set_max"),
    fields: [
      {
        name: "amount",
        label: t("amount"),
        type: "number",
        min: stepOf(world.currency),
        step: stepOf(world.currency),
        value: toMajor(now ?? lot.min_next, world.currency),
        required: true,
      },
    ],
  });

  return answer && setMaximum(world, lot, toMinor(answer.amount, world.currency));
}

export function Maxima({ state, maxima, world }) {
  const shown = maxima.filter((max) => max.state !== "cancelled");

  if (!shown.length) {
    return null;
  }

  const withdraw = (max) =>
    world.attempt(async () => {
      await remove(`/auto-bids/${max.id}`);
      world.tell({ text: t("max_withdrawn") });
    });

  return html`
    <section class="card maxima" id="maxima">
      <h2>${t("my_maxima")}</h2>
      <ul>
        ${shown.map((max) => {
          const lot = state.lots.find((one) => one.lot_id === max.lot_id);
          const active = ["queued", "open"].includes(lot?.status);

          return html`<li key=${max.id} data-lot=${max.lot_id}>
            <div>
              <b>${lot ? world.title(lot) : `#${max.lot_id}`}</b>
              <small>
                ${money(max.max_amount, world.currency)}
                ${` · ${t(`max_${max.state}`)}`}
              </small>
            </div>
            ${active &&
            html`<button
              class="plain"
              onClick=${() => askMaximum(world, lot, max.max_amount)}
            >
              ${t("change")}
            </button>`}
            ${lot?.status === "queued" &&
            html`<button class="plain" onClick=${() => withdraw(max)}>
              ${t("withdraw")}
            </button>`}
          </li>`;
        })}
      </ul>
    </section>
  `;
}
