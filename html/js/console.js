// console: the host's hands on an auction, as far as the page has them.

import { html } from "/vendor/htm/preact/standalone.module.js";
import { post, requestId } from "./api.js";
import { t } from "./text.js";

const actions = {
  lobby: ["start"],
  scheduled: ["start"],
  live: ["next_lot", "hammer", "pause", "end"],
  paused: ["resume", "end"],
};

const paths = {
  start: () => "start",
  pause: () => "pause",
  resume: () => "resume",
  end: () => "end",
  next_lot: () => "lots/next/open",
  hammer: (state) => `lots/${state.current_lot_id}/close`,
};

const possible = {
  next_lot: (state) => !state.current_lot_id,
  hammer: (state) => Boolean(state.current_lot_id),
};

export function Console({ id, state, tell }) {
  const run = async (action) => {
    if (action === "end" && !confirm(t("confirm_end"))) {
      return;
    }

    try {
      await post(`/auctions/${id}/${paths[action](state)}`, {}, {
        "Idempotency-Key": requestId(),
      });
      tell(null);
    } catch (problem) {
      tell({ bad: true, text: problem.message, code: problem.code });
    }
  };

  return html`
    <section class="card console" aria-label=${t("host")}>
      <h2>${t("host")}</h2>
      ${(actions[state.status] || [])
        .filter((action) => possible[action]?.(state) ?? true)
        .map(
          (action) =>
            html`<button data-action=${action} onClick=${() => run(action)}>
              ${t(action)}
            </button>`,
        )}
    </section>
  `;
}
