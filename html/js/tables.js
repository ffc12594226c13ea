// tables: the teams with their purses, and the lots with what became of them.

import { html } from "/vendor/htm/preact/standalone.module.js";
import { Terms } from "./block.js";
import { Countdown } from "./countdown.js";
import { mayNominate } from "./draft.js";
import { onRoll } from "./find.js";
import { askMaximum, hasMaxima } from "./maxima.js";
import { quotasOf } from "./purse.js";
import { QuickBid } from "./quick.js";
import { money, t } from "./text.js";

/** desk(team): what a host may do with a team. */
export function Teams({ state, lot, world, desk }) {
  const teams = [...state.teams].sort((a, b) => a.seat - b.seat);

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
          ${teams.map(
            (team) =>
              html`<${Team}
                key=${team.team_id}
                ...${{ state, lot, team, world }}
                hands=${desk ? desk(team) : null}
              />`,
          )}
        </tbody>
      </table>
    </section>
  `;
}

function Team({ state, lot, team, world, hands }) {
  const turn = state.turn?.team_id === team.team_id;
  const folded = lot?.folded?.includes(team.team_id);
  const quotas = quotasOf(state, team);
  const roster = state.lots.filter(
    (one) =>
      one.leader_team_id === team.team_id &&
      ["sold", "assigned"].includes(one.status),
  );

  return html`
    <tr
      class=${team.team_id === world.mine?.team_id ? "mine" : ""}
      data-team=${team.team_id}
    >
      <th scope="row">
        ${turn && html`<span title=${t("on_turn")}>▶ </span>`}
        ${world.team(team.team_id)}
        ${folded && html` <span class="tag">${t("folded")}</span>`}
        ${team.suspended && html` <span class="tag bad">${t("suspended")}</span>`}
      </th>
      <td>${money(team.available, world.currency)}</td>
      <td>${money(team.max_bid, world.currency)}</td>
      <td>${team.roster}/${team.slots}</td>
      ${hands && html`<td class="desk">${hands}</td>`}
    </tr>
    ${roster.length > 0 &&
    html`<tr class="quotas" data-roster=${team.team_id}>
      <td colspan="4">
        ${roster.map(
          (one) =>
            html`<span class="tag"
              >${world.title(one)} ${money(one.price, world.currency)}</span
            > `,
        )}
      </td>
    </tr>`}
    ${quotas.length > 0 &&
    html`<tr class="quotas">
      <td colspan="4">
        ${quotas.map(
          ([role, has, min, max]) =>
            html`<span
              class=${`tag ${has >= max ? "full" : has < min ? "short" : ""}`}
              title=${t("quota_of", min, max)}
              >${role} ${has}/${max}</span
            > `,
        )}
      </td>
    </tr>`}
  `;
}

const order = {
  open: 0,
  frozen: 1,
  locked: 1,
  reserve_not_met: 1,
  offered: 2,
  queued: 3,
  sold: 4,
  assigned: 4,
  unsold: 5,
};

const byOrder = (a, b) =>
  (order[a.status] ?? 9) - (order[b.status] ?? 9) || a.position - b.position;

/** desk(lot): what a host may do with a lot, or nothing. */
export function Lots({ state, world, desk }) {
  const lots = [...state.lots].sort(byOrder);

  return html`
    <section class="card lots">
      <h2>${t("lots")} (${lots.length})</h2>
      <ul>
        ${lots.map(
          (lot) =>
            html`<${Row}
              key=${lot.lot_id}
              ...${{ state, lot, world }}
              hands=${desk ? desk(lot) : null}
            />`,
        )}
      </ul>
    </section>
  `;
}

const priceOf = (lot) =>
  lot.status === "assigned" || lot.leader_id ? lot.price : lot.base_price;

function Row({ state, lot, world, hands }) {
  const about = world.lot(lot.lot_id);
  const winner =
    ["sold", "assigned"].includes(lot.status) && world.leader(lot);
  const many = onRoll(lot) && !state.rules.one_at_a_time;
  const choose = () => {
    world.choose(lot.lot_id);
    document.getElementById("block")?.scrollIntoView({ block: "nearest" });
  };

  return html`
    <li class=${lot.status} data-lot=${lot.lot_id}>
      ${about?.image_url
        ? html`<img src=${about.image_url} alt="" loading="lazy" />`
        : html`<span class="number">${lot.number}</span>`}
      <div>
        ${many
          ? html`<button class="choose" onClick=${choose}>
              <b>${world.title(lot)}</b>
            </button>`
          : html`<b>${world.title(lot)}</b>`}
        <small>
          ${t(lot.status)} · ${money(priceOf(lot), world.currency)}
          ${winner && ` · ${winner}`}
        </small>
        <${Terms} lot=${lot} world=${world} />
      </div>
      ${lot.status === "open" &&
      !state.rules.one_at_a_time &&
      html`<${Countdown}
        ends=${lot.ends_at}
        now=${world.now}
        frozen=${state.status === "paused" ? state.paused_at : null}
      />`}
      <${Bids} ...${{ state, lot, world }} />
      ${hands}
    </li>
  `;
}

/** What a bidder may do with a lot that is not on the block. */
function Bids({ state, lot, world }) {
  const { user, mine } = world;

  if (!user || user.id === state.owner_id) {
    return null;
  }

  if (lot.status === "queued" && mayNominate(state, world)) {
    return html`<button
      class="nominate"
      onClick=${() =>
        world.run({ type: "nominate", lot_id: lot.lot_id }, t("nominated"))}
    >
      ${t("nominate")}
    </button>`;
  }

  if (state.mode === "team_draft" && !mine) {
    return null;
  }

  if (lot.status === "queued" && hasMaxima(state)) {
    return html`<button
      class="plain pre-bid"
      onClick=${() => askMaximum(world, lot, world.maximum(lot))}
    >
      ${t("pre_bid")}
    </button>`;
  }

  if (
    lot.status === "open" &&
    !state.rules.one_at_a_time &&
    (state.rules.format || "open") === "open" &&
    lot.leader_id !== user.id
  ) {
    return html`<${QuickBid}
      amount=${lot.min_next}
      currency=${world.currency}
      disabled=${state.status !== "live"}
      bid=${(amount) => world.run({ type: "bid", lot_id: lot.lot_id, amount })}
    />`;
  }

  return null;
}
