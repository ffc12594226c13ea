// draft: whose turn it is, and what is offered to somebody alone.

import { html } from "/vendor/htm/preact/standalone.module.js";
import { Countdown } from "./countdown.js";
import { money, t } from "./text.js";

/** Whether my team may call a player now. */
export const mayNominate = (state, world) =>
  state.status === "live" &&
  Boolean(state.turn) &&
  state.turn.team_id === world.mine?.team_id;

export function Turn({ state, world }) {
  if (!state.turn || !["live", "paused"].includes(state.status)) {
    return null;
  }

  const mine = mayNominate(state, world);

  return html`
    <section class=${`card turn ${mine ? "mine" : ""}`} id="turn" aria-live="polite">
      <p>
        ${mine
          ? t("your_turn")
          : t("turn_of", world.team(state.turn.team_id))}
        <small>${t("turn_number", state.turn.number)}</small>
      </p>
      ${state.turn.until &&
      html`<${Countdown}
        ends=${state.turn.until}
        now=${world.now}
        frozen=${state.status === "paused" ? state.paused_at : null}
        over="…"
      />`}
    </section>
  `;
}

/** Second chances that are offered to me. */
export function Offers({ state, world }) {
  return state.lots
    .filter(
      (lot) =>
        lot.status === "offered" &&
        world.user &&
        lot.offered_to === world.user.id,
    )
    .map(
      (lot) => html`
        <section class="card turn mine offer" key=${lot.lot_id} role="alert">
          <p>
            ${t(
              "offered_to_you",
              world.title(lot),
              money(lot.offer_price, world.currency),
            )}
          </p>
          <${Countdown} ends=${lot.until} now=${world.now} />
          <button
            class="gold"
            onClick=${() =>
              world.run(
                { type: "offer_accept", lot_id: lot.lot_id },
                t("offer_taken"),
              )}
          >
            ${t("accept")}
          </button>
          <button
            class="plain"
            onClick=${() =>
              world.run(
                { type: "offer_decline", lot_id: lot.lot_id },
                t("offer_declined"),
              )}
          >
            ${t("decline")}
          </button>
        </section>
      `,
    );
}
