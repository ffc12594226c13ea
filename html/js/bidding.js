// bidding: the ways to bid for the lot on the block, by the auction's format.

import { html, useState } from "/vendor/htm/preact/standalone.module.js";
import { useOver, useTick } from "./countdown.js";
import { ask } from "./dialog.js";
import { isDutch, isSealed } from "./find.js";
import { setMaximum } from "./maxima.js";
import { maxBid } from "./purse.js";
import { QuickBid, useSettled } from "./quick.js";
import { money, stepOf, t, toMajor, toMinor } from "./text.js";

/** The step at a price: a ladder is one step, or rows of [from, step]. */
const step = ({ ladder }, price) =>
  Array.isArray(ladder)
    ? ladder.filter(([from]) => from <= price).pop()[1]
    : ladder;

/** An amount that people should think about twice. */
const isBig = (state, lot, amount) =>
  amount > 2 * lot.min_next &&
  amount > lot.min_next + 5 * step(state.rules, lot.min_next);

export function Bidding({ state, lot, world }) {
  const { user, mine } = world;
  const over = useOver(state.status === "live" ? lot.ends_at : null, world.now);

  if (!user) {
    return html`<p class="hint">${t("login_to_bid")}</p>`;
  }

  if (state.owner_id === user.id) {
    return null;
  }

  if (state.mode === "team_draft" && !mine) {
    return html`<p class="hint">${t("leaders_bid")}</p>`;
  }

  if (lot.folded?.includes(mine?.team_id)) {
    return html`<p class="hint" id="folded">${t("you_folded")}</p>`;
  }

  const Format = isSealed(state) ? Sealed : isDutch(state) ? Dutch : Open;

  return html`
    <${Format}
      state=${state}
      lot=${lot}
      world=${world}
      closed=${over || state.status !== "live" || lot.status !== "open"}
    />
    ${mine &&
    html`<p class="hint">
      ${t("your_max")}
      <b id="my-max">${money(maxBid(state, mine, lot), world.currency)}</b>
    </p>`}
  `;
}

/** A form of one amount; confirm(amount) is what to ask before it is sent. */
function Amount({ id, label, currency, least, disabled, send, confirm }) {
  const [value, setValue] = useState("");

  const submit = async (event) => {
    event.preventDefault();

    const amount = toMinor(value, currency);
    const question = confirm?.(amount);

    if (!question || (await ask(question, { yes: label }))) {
      send(amount);
      setValue("");
    }
  };

  return html`<form id=${id} onSubmit=${submit}>
    <input
      type="number"
      min=${toMajor(least, currency)}
      step=${stepOf(currency)}
      required
      aria-label=${`${label}: ${t("amount")}`}
      placeholder=${t("amount")}
      value=${value}
      onInput=${(event) => setValue(event.target.value)}
    />
    <button type="submit" disabled=${disabled}>${label}</button>
  </form>`;
}

/** One's own bid, taken back while the rules allow it. */
async function retract({ run }, lot) {
  const answer = await ask(t("confirm_retract"), {
    yes: t("retract"),
    danger: true,
    fields: [{ name: "reason", label: t("reason"), maxlength: 60 }],
  });

  if (answer) {
    const { reason } = answer;

    run(
      {
        type: "bid_retract",
        bid_id: lot.bid_id,
        ...(reason ? { reason } : {}),
      },
      t("retracted"),
    );
  }
}

function Open({ state, lot, world, closed }) {
  const { user, currency, run } = world;
  const leads = lot.leader_id === user.id;
  const least = lot.min_next;
  const more = step(state.rules, least);
  const most = world.mine ? maxBid(state, world.mine, lot) : Infinity;
  const bid = (amount) => run({ type: "bid", lot_id: lot.lot_id, amount });

  return html`
    ${leads && html`<p class="good" id="leading">${t("you_lead")}</p>`}
    <div class="bidding">
      ${!leads &&
      html`
        ${[least, least + more, least + 2 * more].map(
          (amount, i) =>
            html`<${QuickBid}
              id=${i === 0 ? "bid" : undefined}
              class=${i === 0 ? "first" : "plain"}
              disabled=${closed || amount > most}
              ...${{ amount, currency, bid }}
            />`,
        )}
        <${Amount}
          label=${t("bid")}
          currency=${currency}
          least=${least}
          disabled=${closed}
          send=${bid}
          confirm=${(amount) =>
            isBig(state, lot, amount) &&
            t("confirm_big", money(amount, currency))}
        />
      `}
      ${!state.rules.no_proxy &&
      html`<${Amount}
        id="maximum"
        label=${t("set_max")}
        currency=${currency}
        least=${leads ? lot.price : least}
        disabled=${closed}
        send=${(amount) => setMaximum(world, lot, amount)}
      />`}
      ${leads &&
      state.rules.retract === "window" &&
      html`<button
        id="retract"
        class="plain"
        disabled=${closed}
        onClick=${() => retract(world, lot)}
      >
        ${t("retract")}
      </button>`}
      ${lot.buy_now && !leads && html`<${BuyNow} ...${{ lot, world, closed }} />`}
      ${state.mode === "team_draft" &&
      !leads &&
      html`<${Fold} ...${{ lot, world, closed }} />`}
    </div>
  `;
}

function BuyNow({ lot, world, closed }) {
  const price = money(lot.buy_now, world.currency);
  const title = world.title(lot);

  const buy = async () => {
    if (await ask(t("confirm_buy", title, price), { yes: t("buy_now") })) {
      world.run({ type: "buy_now", lot_id: lot.lot_id }, t("bought", title));
    }
  };

  return html`<button id="buy-now" class="gold" disabled=${closed} onClick=${buy}>
    ${t("buy_now_for", price)}
  </button>`;
}

function Fold({ lot, world, closed }) {
  return html`<button
    id="fold"
    class="plain"
    disabled=${closed}
    onClick=${() =>
      world.run({ type: "fold", lot_id: lot.lot_id }, t("you_folded"))}
  >
    ${t("fold")}
  </button>`;
}

/** What this page sent for a round, so that a reload still shows it. */
const key = (lot) => `gavel.sealed.${lot.lot_id}.${lot.round}`;
const sent = (lot) => sessionStorage.getItem(key(lot));

function Sealed({ lot, world, closed }) {
  const { currency, run } = world;
  const [, again] = useState(0);
  const before = sent(lot);

  const submit = async (frame, amount, text) => {
    if (await run({ ...frame, lot_id: lot.lot_id, round: lot.round }, text)) {
      sessionStorage.setItem(key(lot), amount);
      again((n) => n + 1);
    }
  };

  return html`
    ${before !== null &&
    html`<p class="good" id="submitted">
      ${before === "0" ? t("you_passed") : t("you_sent", money(Number(before), currency))}
    </p>`}
    ${lot.status === "open" &&
    html`<div class="bidding">
      <${Amount}
        id="sealed"
        label=${before === null ? t("send_sealed") : t("replace")}
        currency=${currency}
        least=${lot.min_next}
        disabled=${closed}
        send=${(amount) => submit({ type: "bid", amount }, amount, t("sealed_in"))}
      />
      <button
        id="pass"
        class="plain"
        disabled=${closed}
        onClick=${() => submit({ type: "bid_pass" }, 0, t("you_passed"))}
      >
        ${t("pass_round")}
      </button>
    </div>`}
  `;
}

/** The price of a falling lot at `now`, as the server counts it. */
export function dutchPrice(state, lot, now) {
  const { dutch_drop: drop, dutch_every_ms: every } = state.rules;
  const least = Math.max(1, lot.base_price);
  const at =
    state.status === "paused"
      ? Math.min(now, Date.parse(state.paused_at))
      : now;
  const steps = lot.falls_from
    ? Math.floor(Math.max(0, at - Date.parse(lot.falls_from)) / every)
    : 0;

  return Math.max(least, lot.ceiling - steps * drop);
}

function Dutch({ state, lot, world, closed }) {
  useTick(100);

  /* a price only falls, but this may be another lot than a moment ago */
  const settled = useSettled(lot.lot_id);
  const price = dutchPrice(state, lot, world.now());
  const poor = world.mine && price > maxBid(state, world.mine, lot);

  return html`<div class="bidding">
    <button
      id="take"
      class="first"
      disabled=${closed || lot.leader_id || poor}
      aria-disabled=${settled ? undefined : "true"}
      onClick=${() =>
        settled &&
        world.run({ type: "bid", lot_id: lot.lot_id, amount: price })}
    >
      ${t("take_it", money(price, world.currency))}
    </button>
    ${state.mode === "team_draft" &&
    html`<${Fold} ...${{ lot, world, closed }} />`}
  </div>`;
}
