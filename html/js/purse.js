// purse: what teams hold and may bid, by the rules of the server's budget.c.

import { onRoll } from "./find.js";

/** In a reverse round nobody pays. */
const cost = (lot) => (lot.bonus ? 0 : lot.price);

const taken = (state, team) =>
  state.lots.filter(
    (lot) =>
      lot.leader_team_id === team.team_id &&
      (onRoll(lot) || ["sold", "assigned"].includes(lot.status)),
  );

/** Of each quota: [role, how many the team has or leads, least, most]. */
export function quotasOf(state, team) {
  const lots = taken(state, team);

  return Object.entries(state.rules.quotas || {}).map(([role, [min, max]]) => [
    role,
    lots.filter((lot) => lot.role === role).length,
    min,
    max,
  ]);
}

/** Slots that must still be filled with `more` players, of `role`. */
function required(state, team, more, role) {
  const missing = quotasOf(state, team).reduce(
    (sum, [name, has, min]) =>
      sum + Math.max(0, min - has - (name === role ? more : 0)),
    0,
  );

  return Math.max(0, state.rules.roster_min - team.taken - more, missing);
}

function roleForbidden(state, team, others, role) {
  const quotas = quotasOf(state, team).map(([name, has, min, max]) => [
    name,
    has + (name === role ? others + 1 : 0),
    min,
    max,
  ]);
  const missing = quotas.reduce(
    (sum, [, has, min]) => sum + Math.max(0, min - has),
    0,
  );

  return (
    quotas.some(([name, has, , max]) => name === role && has > max) ||
    (missing > 0 && team.taken + others + 1 + missing > team.slots)
  );
}

/** The most that a team may bid, for a lot or (null) for any. */
export function maxBid(state, team, lot) {
  const leads =
    lot && lot.leader_team_id === team.team_id && onRoll(lot) ? 1 : 0;
  const { reserve_all: all, min_price: least = 0 } = state.rules;

  if (
    team.taken - leads >= team.slots ||
    (lot && roleForbidden(state, team, -leads, lot.role))
  ) {
    return 0;
  }

  if (lot?.bonus) {
    return lot.bonus;
  }

  const purse = team.available + (leads ? lot.price : 0);
  const slots = required(state, team, (all ? 0 : 1) - leads, lot?.role);

  return Math.max(0, purse - least * slots);
}

/** What teams hold follows from the lots that they lead. */
export function count(state) {
  for (const team of state.teams) {
    const led = state.lots.filter(
      (lot) => lot.leader_team_id === team.team_id && onRoll(lot),
    );

    team.taken = team.roster + led.length;
    team.held = led.reduce((sum, lot) => sum + cost(lot), 0);
    team.available = team.budget - team.held - team.spent;
    team.max_bid = maxBid(state, team, null);
  }
}

/** A sale is paid, or (sign -1) taken back. */
export function pay(team, lot, sign = 1) {
  team.spent += sign * cost(lot);
  team.budget += sign * (lot.bonus ? lot.bonus - lot.price : 0);
  team.roster += sign;
}
