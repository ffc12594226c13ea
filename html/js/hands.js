// hands: what a host does with an auction and with one lot, each with its
// key, and when it is possible.
//
// A hand gets { id, state, lot, world }: `lot` is the one that is meant.

import { get, patch, post, requestId } from "./api.js";
import { ask } from "./dialog.js";
import { isSealed, queueOf } from "./find.js";
import { undoable } from "./state.js";
import { money, stepOf, t, toMajor, toMinor } from "./text.js";

const send = (id, path, body = {}) =>
  post(`/auctions/${id}/${path}`, body, { "Idempotency-Key": requestId() });

const ofLot = (lot, path) => `lots/${lot.lot_id}/${path}`;

/** A hand that needs no question. */
const simple = (path) => (at) =>
  at.world.attempt(async () => {
    await send(at.id, path);
    at.world.tell(null);
  });

const simpleOfLot = (path) => (at) => simple(ofLot(at.lot, path))(at);

const amountField = ({ world }, label, value) => ({
  name: "amount",
  label,
  type: "number",
  min: 0,
  step: stepOf(world.currency),
  value: toMajor(value, world.currency),
  required: true,
});

const secondsField = (value) => ({
  name: "seconds",
  label: t("seconds"),
  type: "number",
  min: 1,
  max: 86400,
  value,
  required: true,
});

const teamField = (at) => ({
  name: "team_id",
  label: t("team"),
  options: at.state.teams.map((team) => [
    String(team.team_id),
    at.world.team(team.team_id),
  ]),
});

/** Asks, and sends what make(answer, at) says. */
const asking = (path, question, make) => async (at) => {
  const [text, options] = question(at);
  const answer = await ask(text, options);

  if (answer) {
    await at.world.attempt(async () => {
      await send(at.id, path(at), make(answer, at));
      at.world.tell(null);
    });
  }
};

/** The hammer; below the reserve it asks once more. */
async function hammer({ id, state, lot, world }) {
  const many = !state.rules.one_at_a_time;

  /* where many lots are open, a slip of a key would sell one of them */
  if (
    many &&
    !(await ask(t("confirm_hammer", world.title(lot)), { yes: t("hammer") }))
  ) {
    return;
  }

  await world.attempt(async () => {
    try {
      await send(id, ofLot(lot, "close"));
      world.tell(null);
    } catch (problem) {
      if (problem.code !== "reserve_not_met") {
        throw problem;
      }

      const sure = await ask(
        t("below_reserve", world.title(lot), money(lot.price, world.currency)),
        { yes: t("sell"), danger: true },
      );

      if (sure) {
        await send(id, ofLot(lot, "close"), { below_reserve: true });
        world.tell(null);
      }
    }
  });
}

async function voidBid(at) {
  const { id, lot, world } = at;

  await world.attempt(async () => {
    const page = await get(
      `/auctions/${id}/bids?lot_id=${lot.lot_id}&page_size=50`,
    );
    const bids = page.results.filter(
      (bid) => bid.state !== "voided" && bid.round === lot.round,
    );

    if (!bids.length) {
      world.tell({ bad: true, text: t("no_bids") });
      return;
    }

    const answer = await ask(t("void_which"), {
      yes: t("void_bid"),
      danger: true,
      fields: [
        {
          name: "bid_id",
          label: t("bid"),
          options: bids.map((bid) => [
            String(bid.id),
            `${money(bid.amount, world.currency)} · ${
              bid.team_id
                ? world.team(bid.team_id)
                : bid.bidder?.display_name || ""
            }`,
          ]),
        },
        { name: "reason", label: t("reason"), maxlength: 60 },
      ],
    });

    if (answer) {
      await send(id, ofLot(lot, "void"), {
        bid_id: Number(answer.bid_id),
        ...(answer.reason ? { reason: answer.reason } : {}),
      });
    }
  });
}

/** Another name, price or position for what is still queued. */
async function editLot({ state, lot, world }) {
  const about = world.lot(lot.lot_id) || {};
  const draft = state.mode === "team_draft";
  const { base_price: base, ...answer } =
    (await ask(t("edit_lot_of", world.title(lot)), {
      yes: t("save"),
      fields: [
        {
          name: "title",
          label: t("title"),
          value: about.title,
          maxlength: 200,
          required: true,
        },
        {
          ...amountField({ world }, t("base_price"), lot.base_price),
          name: "base_price",
        },
        ...(draft
          ? [{ name: "role", label: t("role"), value: lot.role, maxlength: 15 }]
          : []),
      ],
    })) || {};

  if (answer.title) {
    await world.attempt(async () => {
      await patch(
        `/lots/${lot.lot_id}`,
        { ...answer, base_price: toMinor(base, world.currency) },
        { "Idempotency-Key": requestId() },
      );
      world.learn();
      world.tell({ text: t("done") });
    });
  }
}

/** Puts a lot one place up or down the queue. */
export async function move({ id, state, lot, world }, by) {
  const lots = queueOf(state).map((one) => one.lot_id);
  const from = lots.indexOf(lot.lot_id);

  lots.splice(from, 1);
  lots.splice(from + by, 0, lot.lot_id);
  await world.attempt(() => send(id, "lots/reorder", { lots }));
}

const on = (...statuses) => ({ lot }) => statuses.includes(lot?.status);

const live = ({ state }) => ["live", "ending"].includes(state.status);

const is = (...statuses) => ({ state }) => statuses.includes(state.status);

const isOpenFormat = ({ state }) => (state.rules.format || "open") === "open";

const both = (...tests) => (at) => tests.every((test) => test(at));

/** While lots may come and go. */
export const takesLots = is("draft", "scheduled", "lobby", "live", "paused");

const goesOn = (at) => takesLots(at) || at.state.status === "ending";

const confirmed = (path, text, body) =>
  asking(
    () => path,
    () => [t(text), { yes: t(path === "cancel" ? "cancel_auction" : "end"), danger: true }],
    () => body,
  );

/** Of the auction as a whole: { name, key, when(at), run(at) }. */
export const auctionHands = [
  { name: "publish", when: is("draft"), run: simple("publish") },
  { name: "unpublish", when: is("scheduled"), run: simple("unpublish") },
  { name: "open_lobby", when: is("scheduled"), run: simple("lobby") },
  { name: "start", when: is("scheduled", "lobby"), run: simple("start") },
  {
    name: "next_lot",
    key: "n",
    when: (at) =>
      is("live")(at) &&
      !at.state.current_lot_id &&
      at.state.rules.one_at_a_time &&
      queueOf(at.state).length > 0,
    run: simple("next"),
  },
  {
    name: "undo",
    key: "u",
    when: ({ state }) => undoable(state),
    label: ({ state, world }) => t("undo_of", world.title(undoable(state))),
    run: async (at) => {
      const lot = undoable(at.state);
      const opens = !isSealed(at.state) && lot.status !== "assigned";

      await asking(
        () => ofLot(lot, "undo"),
        () => [
          t("confirm_undo", at.world.title(lot)),
          { yes: t("undo"), fields: opens ? [secondsField(10)] : [] },
        ],
        ({ seconds }) => (seconds ? { ms: Number(seconds) * 1000 } : {}),
      )(at);
    },
  },
  { name: "pause", key: " ", when: is("live"), run: simple("pause") },
  { name: "resume", key: " ", when: is("paused"), run: simple("resume") },
  {
    name: "end",
    when: is("live", "paused", "ending"),
    run: confirmed("end", "confirm_end", {}),
  },
  {
    name: "end_softly",
    when: is("live"),
    run: confirmed("end", "confirm_end_softly", { award: false }),
  },
  {
    name: "cancel_auction",
    when: is("draft", "scheduled", "lobby", "live", "paused"),
    run: confirmed("cancel", "confirm_cancel", {}),
  },
];

/** Of one lot. */
export const lotHands = [
  {
    name: "hammer",
    key: "h",
    when: both(live, on("open", "frozen")),
    run: hammer,
  },
  {
    name: "reveal",
    key: "r",
    when: both(live, on("locked")),
    run: simpleOfLot("reveal"),
  },
  {
    name: "accept_price",
    key: "a",
    when: on("reserve_not_met"),
    run: simpleOfLot("accept"),
  },
  {
    name: "pass_lot",
    key: "p",
    when: both(live, on("open", "frozen", "locked", "reserve_not_met")),
    run: asking(
      (at) => ofLot(at.lot, "pass"),
      (at) => [t("confirm_pass", at.world.title(at.lot)), { yes: t("pass_lot") }],
      () => ({}),
    ),
  },
  {
    name: "warn",
    key: "w",
    when: both(is("live"), on("open")),
    run: simpleOfLot("warn"),
  },
  {
    name: "ask_price",
    key: "k",
    when: both(is("live"), on("open"), isOpenFormat),
    run: asking(
      (at) => ofLot(at.lot, "ask"),
      (at) => [
        t("ask_which"),
        {
          yes: t("ask_price"),
          fields: [amountField(at, t("min_next"), at.lot.min_next)],
        },
      ],
      ({ amount }, { world }) => ({ amount: toMinor(amount, world.currency) }),
    ),
  },
  {
    name: "behalf",
    key: "b",
    when: both(is("live"), on("open"), isOpenFormat),
    run: async (at) =>
      asking(
        () => "bids/behalf",
        () => [
          t("behalf_of"),
          {
            yes: t("bid"),
            fields: [
              at.state.teams.length
                ? teamField(at)
                : {
                    name: "user_id",
                    label: t("bidder_id"),
                    person: true,
                    required: true,
                  },
              amountField(at, t("amount"), at.lot.min_next),
            ],
          },
        ],
        ({ amount, ...who }) => ({
          lot_id: at.lot.lot_id,
          amount: toMinor(amount, at.world.currency),
          ...Object.fromEntries(
            Object.entries(who).map(([name, value]) => [name, Number(value)]),
          ),
        }),
      )(at),
  },
  {
    name: "extend",
    key: "e",
    when: both(live, on("open")),
    run: async (at) =>
      asking(
        () => "extend",
        () => [
          t("extend_by"),
          { yes: t("extend"), fields: [secondsField(10)] },
        ],
        ({ seconds }) => ({
          ms: Number(seconds) * 1000,
          lot_id: at.lot.lot_id,
        }),
      )(at),
  },
  {
    name: "hold",
    key: "f",
    when: both(live, on("open")),
    run: simpleOfLot("hold"),
  },
  {
    name: "unhold",
    key: "f",
    when: both(live, on("frozen")),
    run: simpleOfLot("resume"),
  },
  {
    name: "void_bid",
    key: "v",
    when: both(live, on("open", "frozen"), isOpenFormat),
    run: voidBid,
  },
  {
    name: "edit_lot",
    when: both(takesLots, on("queued")),
    run: editLot,
  },
  {
    name: "open_lot",
    when: (at) =>
      on("queued")(at) &&
      is("live")(at) &&
      !(at.state.rules.one_at_a_time && at.state.current_lot_id),
    run: simpleOfLot("open"),
  },
  {
    name: "requeue",
    when: both(takesLots, on("unsold", "assigned")),
    run: asking(
      (at) => ofLot(at.lot, "requeue"),
      (at) => [
        t("requeue_at", at.world.title(at.lot)),
        {
          yes: t("requeue"),
          fields: [amountField(at, t("base_price"), at.lot.base_price)],
        },
      ],
      ({ amount }, { world }) => ({
        base_price: toMinor(amount, world.currency),
      }),
    ),
  },
  {
    name: "assign",
    when: (at) =>
      at.state.mode === "team_draft" &&
      (goesOn(at) || at.state.status === "ended") &&
      on("queued", "unsold")(at),
    run: async (at) =>
      asking(
        () => ofLot(at.lot, "assign"),
        () => [
          t("assign_whom", at.world.title(at.lot)),
          {
            yes: t("assign"),
            fields: [teamField(at), amountField(at, t("price_paid"), 0)],
          },
        ],
        (answer) => ({
          team_id: Number(answer.team_id),
          amount: toMinor(answer.amount, at.world.currency),
        }),
      )(at),
  },
  {
    name: "offer",
    when: (at) =>
      at.state.mode !== "team_draft" && on("sold", "unsold")(at),
    run: asking(
      (at) => ofLot(at.lot, "offer"),
      (at) => [t("offer_whom", at.world.title(at.lot)), { yes: t("offer") }],
      () => ({}),
    ),
  },
  {
    name: "offer_back",
    when: on("offered"),
    run: simpleOfLot("offer/close"),
  },
  {
    name: "withdraw",
    when: both(goesOn, on("queued", "frozen")),
    run: asking(
      (at) => ofLot(at.lot, "withdraw"),
      (at) => [
        t("confirm_withdraw", at.world.title(at.lot)),
        { yes: t("withdraw"), danger: true },
      ],
      () => ({}),
    ),
  },
];

/** The hands of a list that are possible now. */
export const possible = (hands, at) => hands.filter((hand) => hand.when(at));
