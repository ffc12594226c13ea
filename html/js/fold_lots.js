// fold_lots: what events of lots and bids do.
//
// A fold that returns false cannot know what the server knows: then a
// snapshot is needed.

import { lotOf, queueOf, teamOf } from "./find.js";
import { pay } from "./purse.js";

const TERMS = [
  "buy_now",
  "ceiling",
  "quantity",
  "pot",
  "role",
  "bonus",
  "units",
  "submissions",
  "warnings",
  "closing",
  "folded",
  "offered_to",
  "offer_price",
  "until",
  "falls_from",
  "revealed",
];

/** Sets what is there; what is nothing is left out, as in a snapshot. */
function put(lot, members) {
  Object.assign(lot, members);
  TERMS.filter((name) => !lot[name] || lot[name].length === 0).forEach(
    (name) => delete lot[name],
  );
}

const firstPrice = (state, lot) =>
  state.rules.format === "dutch"
    ? lot.ceiling
    : Math.max(1, lot.base_price);

function terms(lot, data) {
  put(lot, {
    base_price: data.base_price,
    buy_now: data.buy_now,
    ceiling: data.ceiling,
    quantity: data.quantity,
    pot: data.pot,
    role: data.role,
  });

  if (data.has_reserve) {
    lot.reserve_met = false;
  } else {
    delete lot.reserve_met;
  }
}

/** The lot becomes the position-th of the queue. */
function place(state, lot, position) {
  const queue = queueOf(state).filter((other) => other !== lot);
  const places = [...queue, lot]
    .map((other) => other.position)
    .sort((a, b) => a - b);

  queue.splice(position - 1, 0, lot);
  queue.forEach((other, i) => {
    other.position = places[i];
  });
}

/** The lot is off the block; the host may take that back for a while. */
const close = (status) => (state, data) => {
  const lot = lotOf(state, data.lot_id);

  put(lot, { status, until: null, submissions: 0 });

  if (state.current_lot_id === lot.lot_id) {
    state.current_lot_id = null;
  }

  state.undo_lot_id = lot.lot_id;

  return lot;
};

const unoffered = { offered_to: null, offer_price: null, until: null };

/** A sale that is taken back. */
function takeBack(state, lot) {
  const team = teamOf(state, lot.leader_team_id);

  if (lot.status === "sold" && lot.quantity) {
    lot.units -= 1;
  }

  if (team && lot.status !== "unsold") {
    pay(team, lot, -1);
  }
}

function sold(state, data) {
  const lot = lotOf(state, data.lot_id);
  const offered = data.how === "offer";

  if (!offered) {
    close("sold")(state, data);
  }

  put(lot, {
    status: "sold",
    ...unoffered,
    round: data.round,
    price: data.price,
    leader_id: data.winner_id,
    leader_team_id: data.team_id ?? null,
    bid_id: data.bid_id,
    units:
      lot.quantity && !data.supersedes ? (lot.units || 0) + 1 : lot.units,
  });

  const team = teamOf(state, data.team_id);

  if (team) {
    pay(team, lot);
  }
}

function accepted(state, data) {
  const lot = lotOf(state, data.lot_id);

  put(lot, {
    price: data.price,
    min_next: data.min_next,
    bid_count: data.bid_count,
    extensions: data.extensions,
    ends_at: data.ends_at,
    warnings: 0,
  });

  if (!data.outbid) {
    leads(state, lot, data);
  }

  if (data.reserve_met) {
    lot.reserve_met = true;
  }
}

function leads(state, lot, data) {
  lot.leader_id = data.bidder_id;
  lot.leader_team_id = data.team_id ?? null;
  lot.bid_id = data.bid_id;

  if (state.rules.buy_now !== "always") {
    delete lot.buy_now;
  }
}

function opened(state, data, event) {
  const lot = lotOf(state, data.lot_id);

  put(lot, {
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
    opened_at: event.ts,
    ends_at: data.ends_at,
    falls_from: state.rules.format === "dutch" ? event.ts : null,
    warnings: 0,
    closing: false,
    folded: [],
    revealed: [],
    until: null,
  });

  delete state.turn;
  state.undo_lot_id = null;

  if (state.rules.one_at_a_time) {
    state.current_lot_id = data.lot_id;
  }
}

export const lotFolds = {
  "lot.queued": (state, data) => {
    const lot = {
      lot_id: data.lot_id,
      item_id: data.item_id,
      number: data.number,
      position: data.position,
      status: "queued",
      round: 0,
      base_price: data.base_price,
      price: 0,
      min_next: 0,
      leader_id: null,
      leader_team_id: null,
      bid_id: null,
      bid_count: 0,
      extensions: 0,
      opened_at: null,
      ends_at: null,
    };

    terms(lot, data);
    lot.min_next = firstPrice(state, lot);
    state.lots.push(lot);
  },
  "lot.changed": (state, data) => {
    const lot = lotOf(state, data.lot_id);

    terms(lot, data);
    lot.min_next = firstPrice(state, lot);
  },
  "lot.moved": (state, data) =>
    place(state, lotOf(state, data.lot_id), data.position),
  "lot.withdrawn": (state, data) => {
    const { undo_lot_id: undo } = state;

    close("withdrawn")(state, data);
    state.undo_lot_id = undo;
  },
  "lot.opened": opened,
  "lot.timer": (state, data) => {
    const lot = lotOf(state, data.lot_id);

    lot.ends_at = data.ends_at;

    if (data.how === "recovery" && lot.falls_from) {
      lot.falls_from = new Date(
        Date.parse(lot.falls_from) + data.ms,
      ).toISOString();
    }
  },
  "lot.frozen": (state, data) => {
    lotOf(state, data.lot_id).status = "frozen";
  },
  "lot.resumed": (state, data) => {
    const lot = lotOf(state, data.lot_id);

    if (lot.falls_from) {
      return false;
    }

    lot.status = "open";
    lot.ends_at = data.ends_at;
  },
  "lot.asked": (state, data) => {
    const lot = lotOf(state, data.lot_id);

    lot.base_price = data.base_price;
    lot.min_next = data.min_next;
  },
  "lot.warned": (state, data) => {
    lotOf(state, data.lot_id).warnings = data.count;
  },
  "lot.closing": (state, data) => {
    lotOf(state, data.lot_id).closing = true;
  },
  "lot.sold": sold,
  "lot.unsold": (state, data) => {
    close("unsold")(state, data);
  },
  "lot.reserve_not_met": (state, data) => {
    put(lotOf(state, data.lot_id), {
      status: "reserve_not_met",
      until: data.until,
    });
  },
  "lot.offered": (state, data) => {
    put(lotOf(state, data.lot_id), {
      status: "offered",
      offered_to: data.bidder_id,
      offer_price: data.price,
      until: data.until,
    });

    if (state.undo_lot_id === data.lot_id) {
      state.undo_lot_id = null;
    }
  },
  "lot.requeued": (state, data) => {
    const lot = lotOf(state, data.lot_id);
    const led = lot.leader_id !== null;

    if (data.how === "host") {
      takeBack(state, lot);
    }

    put(lot, {
      status: "queued",
      base_price: data.base_price,
      price: 0,
      leader_id: null,
      leader_team_id: null,
      bid_id: null,
    });
    lot.min_next = firstPrice(state, lot);
    place(state, lot, data.position);
    state.undo_lot_id = null;

    /* a buy-now price may have been hidden by its leader */
    return led && state.rules.buy_now !== "always" ? false : undefined;
  },
  "lot.reopened": (state, data) => {
    const lot = lotOf(state, data.lot_id);

    takeBack(state, lot);
    put(lot, {
      status: "open",
      ends_at: data.ends_at,
      warnings: 0,
      closing: false,
      folded: [],
    });
    state.undo_lot_id = null;

    if (state.rules.one_at_a_time) {
      state.current_lot_id = lot.lot_id;
    }

    delete state.turn;
  },
  "lot.folded": (state, data) => {
    const lot = lotOf(state, data.lot_id);

    lot.folded = [...(lot.folded || []), data.team_id];
  },
  "lot.assigned": (state, data) => {
    const lot = lotOf(state, data.lot_id);
    const team = teamOf(state, data.team_id);

    put(lot, {
      status: "assigned",
      price: data.price,
      leader_id: team.leader_id,
      leader_team_id: team.team_id,
      bid_id: null,
      bid_count: 0,
      bonus: 0,
    });
    pay(team, lot);
    state.undo_lot_id =
      data.how === "assign" && state.status === "live" ? lot.lot_id : null;
  },
  "bid.accepted": accepted,
  "bid.reactive": (state, data) => {
    const lot = lotOf(state, data.lot_id);

    put(lot, {
      price: data.price,
      min_next: data.min_next,
      bid_count: data.bid_count,
    });
    leads(state, lot, data);

    if (data.reserve_met) {
      lot.reserve_met = true;
    }
  },
  "bid.voided": (state, data) => {
    const lot = lotOf(state, data.lot_id);

    put(lot, {
      price: data.price,
      min_next: data.min_next,
      leader_id: data.leader_id,
      leader_team_id: data.leader_team_id,
      bid_id: data.leader_bid_id,
      bid_count: data.bid_count,
      ends_at: data.ends_at,
      extensions: data.extensions,
      warnings: 0,
    });

    /* a price without its bid may be below the reserve, or buy-now again */
    return false;
  },
  "sealed.submitted": (state, data) => {
    put(lotOf(state, data.lot_id), {
      submissions: data.submissions,
      bid_count: data.submissions,
    });
  },
  "sealed.locked": (state, data, event) => {
    const ms = state.rules.reveal_ms;

    put(lotOf(state, data.lot_id), {
      status: "locked",
      until: ms ? new Date(Date.parse(event.ts) + ms).toISOString() : null,
    });
  },
  "sealed.revealed": (state, data) => {
    const lot = lotOf(state, data.lot_id);

    put(lot, { submissions: (lot.submissions || 1) - 1 });
    lot.leader_id = data.bidder_id;
    lot.leader_team_id = data.team_id ?? null;
    lot.bid_id = data.bid_id;
    lot.price =
      state.rules.format === "sealed"
        ? data.amount
        : lot.revealed?.at(-1)?.amount || Math.max(1, lot.base_price);
    lot.revealed = [...(lot.revealed || []), data];
  },
  "sealed.rebid": (state, data, event) => {
    put(lotOf(state, data.lot_id), {
      status: "open",
      round: data.round,
      price: 0,
      min_next: data.base_price,
      leader_id: null,
      leader_team_id: null,
      bid_id: null,
      bid_count: 0,
      submissions: data.teams,
      opened_at: event.ts,
      ends_at: data.ends_at,
      until: null,
      revealed: [],
      warnings: 0,
      closing: false,
    });
  },
  /* whether it had been sold before is not said */
  "offer.closed": () => false,
};
