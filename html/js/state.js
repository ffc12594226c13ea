// state: an auction as a fold of its events, the same as the server's.
//
// A snapshot replaces the state, an event changes the fields that it owns.
// Whoever feeds it does so in seq order without gaps.

const lotOf = (state, data) =>
  state.lots.find((lot) => lot.lot_id === data.lot_id);

const teamOf = (state, id) => state.teams.find((team) => team.team_id === id);

/** Moves a time by ms; null stays null. */
const shift = (iso, ms) =>
  iso && new Date(Date.parse(iso) + ms).toISOString();

const isOpen = (lot) => lot.status === "open";

/** What teams hold and may bid follows from the lots that they lead: such a
 *  lot counts as a filled slot. */
function count(state) {
  for (const team of state.teams) {
    const led = state.lots.filter(
      (lot) =>
        lot.leader_team_id === team.team_id &&
        (isOpen(lot) || lot.status === "frozen"),
    );
    const filled = team.roster + led.length;
    const required = Math.max(0, state.rules.roster_min - filled);

    team.held = led.reduce((sum, lot) => sum + lot.price, 0);
    team.available = team.budget - team.held - team.spent;
    team.max_bid =
      filled >= team.slots
        ? 0
        : Math.max(
            0,
            team.available -
              (state.rules.min_price || 0) * Math.max(0, required - 1),
          );
  }
}

const close = (status) => (state, data) => {
  const lot = lotOf(state, data);

  lot.status = status;

  if (state.current_lot_id === lot.lot_id) {
    state.current_lot_id = null;
  }

  return lot;
};

const folds = {
  "auction.updated": (state, data) => {
    if (data.rules) {
      state.rules = data.rules;
    }
    if (data.starts_at !== undefined) {
      state.starts_at = data.starts_at;
    }
    if (data.ends_at !== undefined) {
      state.ends_at = data.ends_at;
    }
  },
  "auction.scheduled": (state, data) => {
    state.status = "scheduled";
    state.starts_at = data.starts_at ?? state.starts_at;
  },
  "auction.unscheduled": (state) => {
    state.status = "draft";
  },
  "auction.lobby": (state) => {
    state.status = "lobby";
  },
  "auction.started": (state, data, event) => {
    state.status = "live";
    state.started_at = event.ts;
  },
  "auction.paused": (state, data, event) => {
    state.status = "paused";
    state.paused_at = event.ts;
  },
  "auction.resumed": (state, data) => {
    state.status = "live";
    state.paused_at = null;
    state.lots.filter(isOpen).forEach((lot) => {
      lot.ends_at = shift(lot.ends_at, data.ms);
    });
  },
  "auction.ending": (state) => {
    state.status = "ending";
  },
  "auction.ended": (state, data, event) => {
    state.status = "ended";
    state.ended_at = event.ts;
  },
  "auction.cancelled": (state) => {
    state.status = "cancelled";
    state.current_lot_id = null;
    state.lots
      .filter((lot) => ["queued", "open", "frozen"].includes(lot.status))
      .forEach((lot) => {
        lot.status = "voided";
      });
  },
  "auction.aborted": (state) => {
    state.status = "aborted";
  },
  "lot.queued": (state, data, event) => {
    state.lots.push({
      lot_id: data.lot_id,
      item_id: data.item_id,
      number: data.number,
      position: data.position,
      status: "queued",
      round: 0,
      base_price: data.base_price,
      price: 0,
      min_next: data.base_price,
      leader_id: null,
      leader_team_id: null,
      bid_count: 0,
      ends_at: null,
    });
    state.stale_items = event.seq;
  },
  "lot.changed": (state, data) => {
    Object.assign(lotOf(state, data), {
      base_price: data.base_price,
      min_next: data.base_price,
    });
  },
  "lot.moved": (state, data) => {
    const lot = lotOf(state, data);
    const queue = state.lots
      .filter((other) => other.status === "queued" && other !== lot)
      .sort((a, b) => a.position - b.position);
    const places = [...queue, lot]
      .map((other) => other.position)
      .sort((a, b) => a - b);

    queue.splice(data.position - 1, 0, lot);
    queue.forEach((other, i) => {
      other.position = places[i];
    });
  },
  "lot.withdrawn": close("withdrawn"),
  "lot.opened": (state, data) => {
    Object.assign(lotOf(state, data), {
      status: "open",
      round: data.round,
      base_price: data.base_price,
      price: 0,
      min_next: data.min_next,
      leader_id: null,
      leader_team_id: null,
      bid_id: null,
      bid_count: 0,
      extensions: 0,
      ends_at: data.ends_at,
    });

    if (state.rules.one_at_a_time) {
      state.current_lot_id = data.lot_id;
    }
  },
  "lot.timer": (state, data) => {
    lotOf(state, data).ends_at = data.ends_at;
  },
  "lot.frozen": (state, data) => {
    lotOf(state, data).status = "frozen";
  },
  "lot.resumed": (state, data) => {
    Object.assign(lotOf(state, data), {
      status: "open",
      ends_at: data.ends_at,
    });
  },
  "lot.sold": (state, data) => {
    const lot = close("sold")(state, data);
    const team = teamOf(state, data.team_id);

    lot.price = data.price;
    lot.leader_id = data.winner_id;
    lot.leader_team_id = data.team_id ?? null;

    if (team) {
      team.spent += data.price;
      team.roster += 1;
    }
  },
  "lot.unsold": close("unsold"),
  "bid.accepted": (state, data) => {
    Object.assign(lotOf(state, data), {
      price: data.price,
      min_next: data.min_next,
      leader_id: data.bidder_id,
      leader_team_id: data.team_id ?? null,
      bid_id: data.bid_id,
      bid_count: data.bid_count,
      extensions: data.extensions,
      ends_at: data.ends_at,
    });
  },
  "bid.voided": (state, data) => {
    Object.assign(lotOf(state, data), {
      price: data.price,
      min_next: data.min_next,
      leader_id: data.leader_id,
      leader_team_id: data.leader_team_id,
      bid_id: data.leader_bid_id,
      bid_count: data.bid_count,
    });
  },
  "team.joined": (state, data) => {
    state.teams.push({
      team_id: data.team_id,
      leader_id: data.leader_id ?? null,
      budget: data.budget,
      slots: data.slots,
      held: 0,
      spent: 0,
      available: data.budget,
      roster: 0,
      suspended: false,
    });
  },
  "team.leader": (state, data) => {
    teamOf(state, data.team_id).leader_id = data.leader_id;
  },
  "team.suspended": (state, data) => {
    teamOf(state, data.team_id).suspended = data.suspended;
  },
  "team.left": (state, data) => {
    state.teams = state.teams.filter((team) => team.team_id !== data.team_id);
  },
  "points.granted": (state, data) => {
    teamOf(state, data.team_id).budget += data.amount;
  },
};

/** Events that change nothing a page shows. */
const silent = new Set(["auction.created", "auction.recovered", "hidden"]);

/**
 * Folds one event into the state.  Returns false when this page does not know
 * how to, or when the event is not the next one: then a snapshot is needed.
 */
export function fold(state, event) {
  if (event.seq !== state.seq + 1) {
    return false;
  }

  const apply = folds[event.type];

  if (!apply && !silent.has(event.type)) {
    return false;
  }

  apply?.(state, event.data || {}, event);
  count(state);
  state.seq = event.seq;
  state.epoch = event.epoch;

  return true;
}

/** The lot that people look at: on the block, or the next to end. */
export function focus(state) {
  const open = state.lots.filter(
    (lot) => isOpen(lot) || lot.status === "frozen",
  );

  return (
    open.find((lot) => lot.lot_id === state.current_lot_id) ||
    open.sort((a, b) => Date.parse(a.ends_at) - Date.parse(b.ends_at))[0] ||
    null
  );
}
