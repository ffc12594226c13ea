// desk: a host's hands on one lot of the list.

import { html } from "/vendor/htm/preact/standalone.module.js";
import { isOpen, queueOf } from "./find.js";
import { lotHands, move, possible, takesLots } from "./hands.js";
import { t } from "./text.js";

/** `lot` may be in the queue, on the block or gone. */
export function Desk({ id, state, lot, world }) {
  const at = { id, state, lot, world };
  const queue = queueOf(state);
  const place = queue.indexOf(lot);
  const hands = possible(lotHands, at);

  if (!hands.length || (isOpen(lot) && state.rules.one_at_a_time)) {
    return null;
  }

  return html`<span class="desk">
    ${place >= 0 &&
    takesLots(at) &&
    html`
      <button
        class="plain up"
        disabled=${place === 0}
        aria-label=${`${t("up")}: ${world.title(lot)}`}
        onClick=${() => move(at, -1)}
      >
        ↑
      </button>
      <button
        class="plain down"
        disabled=${place === queue.length - 1}
        aria-label=${`${t("down")}: ${world.title(lot)}`}
        onClick=${() => move(at, 1)}
      >
        ↓
      </button>
    `}
    <details class="menu" name="desk">
      <summary aria-label=${`${t("more")}: ${world.title(lot)}`}>⋯</summary>
      <div>
        ${hands.map(
          (hand) =>
            html`<button
              class="plain"
              data-action=${hand.name}
              onClick=${(event) => {
                event.target.closest("details").open = false;
                hand.run(at);
              }}
            >
              ${t(hand.name)}
            </button>`,
        )}
      </div>
    </details>
  </span>`;
}
