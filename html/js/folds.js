// folds: what events of an auction as a whole and of its teams do.

import { isOpen, teamOf } from "./find.js";

/** Moves a time by ms; null stays null. */
const shift = (iso, ms) =>
  iso && new Date(Date.parse(iso) + ms).toISOString();

/** The clocks of a lot, after a pause. */
function shiftLot(lot, ms) {
  if (isOpen(lot)) {
    lot.ends_at = shift(lot.ends_at, ms);

    if (lot.falls_from) {
      lot.falls_from = shift(lot.falls_from, ms);
    }
  } else if (lot.status !== "frozen" && lot.until) {
    lot.until = shift(lot.until, ms);
  }
}

const becomes = (status) => (state) => {
  state.status = status;
};

export const folds = {
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
  "auction.unscheduled": becomes("draft"),
  "auction.lobby": becomes("lobby"),
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
    state.lots.forEach((lot) => shiftLot(lot, data.ms));

    if (state.turn?.until) {
      state.turn.until = shift(state.turn.until, data.ms);
    }
  },
  "auction.ending": becomes("ending"),
  "auction.ended": (state, data, event) => {
    state.status = "ended";
    state.ended_at = event.ts;
    delete state.turn;
  },
  "auction.settled": becomes("settled"),
  "auction.cancelled": (state) => {
    state.status = "cancelled";
    state.current_lot_id = null;
    delete state.turn;
    state.lots
      .filter((lot) => ["queued", "open", "frozen"].includes(lot.status))
      .forEach((lot) => {
        lot.status = "voided";
      });
  },
  "auction.aborted": becomes("aborted"),
  "turn.started": (state, data) => {
    state.turn = {
      number: data.turn,
      team_id: data.team_id,
      until: data.until ?? null,
    };
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
      seat: state.teams.length + 1,
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
    const { seat } = teamOf(state, data.team_id);

    state.teams = state.teams.filter((team) => team.team_id !== data.team_id);
    state.teams
      .filter((team) => team.seat > seat)
      .forEach((team) => {
        team.seat -= 1;
      });
  },
  "team.moved": (state, data) => {
    const order = [...state.teams].sort((a, b) => a.seat - b.seat);
    const moved = teamOf(state, data.team_id);

    order.splice(order.indexOf(moved), 1);
    order.splice(data.position - 1, 0, moved);
    order.forEach((team, i) => {
      team.seat = i + 1;
    });
  },
  "points.granted": (state, data) => {
    teamOf(state, data.team_id).budget += data.amount;

    /* with fewer points a team may not lead again what it was sold */
    return data.amount < 0 && state.undo_lot_id ? false : undefined;
  },
};
