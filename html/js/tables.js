// tables: the teams with their purses, and the lots with what became of them.

import { html } from "/vendor/htm/preact/standalone.module.js";
import { Countdown } from "./countdown.js";
import { money, t } from "./text.js";

export function Teams({ state, world }) {
  return html`
    <section class="card teams">
      <h2>${t("teams")}</h2>
      <table>
        <thead>
          <tr>
            <th></th>
            <th>${t("available")}</th>
            <th>${t("max_bid")}</th>
            <th>${t("roster")}</th>
          </tr>
        </thead>
        <tbody>
          ${state.teams.map(
            (team) => html`
              <tr
                key=${team.team_id}
                class=${team.leader_id === world.user?.id ? "mine" : ""}
              >
                <th scope="row">${world.team(team.team_id)}</th>
                <td>${money(team.available, world.currency)}</td>
                <td>${money(team.max_bid, world.currency)}</td>
                <td>${team.roster}/${team.slots}</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </section>
  `;
}

const order = { open: 0, frozen: 1, queued: 2, sold: 3, unsold: 4 };

export function Lots({ state, world, bid }) {
  const lots = [...state.lots].sort(
    (a, b) =>
      (order[a.status] ?? 9) - (order[b.status] ?? 9) ||
      a.position - b.position,
  );

  return html`
    <section class="card lots">
      <h2>${t("lots")} (${lots.length})</h2>
      <ul>
        ${lots.map((lot) => {
          const about = world.lot(lot.lot_id);

          return html`
            <li key=${lot.lot_id} class=${lot.status} data-lot=${lot.lot_id}>
              ${about?.image_url
                ? html`<img src=${about.image_url} alt="" loading="lazy" />`
                : html`<span class="number">${lot.number}</span>`}
              <div>
                <b>${about?.title || `#${lot.number}`}</b>
                <small>
                  ${t(lot.status)} ·
                  ${money(lot.bid_count ? lot.price : lot.base_price, world.currency)}
                  ${lot.status === "sold" &&
                  ` · ${lot.leader_team_id ? world.team(lot.leader_team_id) : world.name(lot.leader_id)}`}
                </small>
              </div>
              ${lot.status === "open" &&
              !state.rules.one_at_a_time &&
              html`<${Countdown} ends=${lot.ends_at} now=${world.now} />
                ${world.user &&
                world.user.id !== state.owner_id &&
                lot.leader_id !== world.user.id &&
                html`<button onClick=${() => bid(lot, lot.min_next)}>
                  ${t("bid_with", money(lot.min_next, world.currency))}
                </button>`}`}
            </li>
          `;
        })}
      </ul>
    </section>
  `;
}
