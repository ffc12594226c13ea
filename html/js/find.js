// find: what parts of an auction's state are called, and where they are.

export const lotOf = (state, id) =>
  state.lots.find((lot) => lot.lot_id === id);

export const teamOf = (state, id) =>
  state.teams.find((team) => team.team_id === id);

export const isOpen = (lot) => lot.status === "open";

/** Whether the price of a lot is held for who leads it. */
export const onRoll = (lot) =>
  ["open", "frozen", "locked", "reserve_not_met"].includes(lot.status);

/** Whether a lot has left the sale, one way or another. */
export const isOver = (lot) =>
  ["sold", "unsold", "assigned", "withdrawn", "voided"].includes(lot.status);

export const isSealed = ({ rules }) =>
  rules.format === "sealed" || rules.format === "vickrey";

export const isDutch = ({ rules }) => rules.format === "dutch";

/** The queue, the next lot first. */
export const queueOf = (state) =>
  state.lots
    .filter((lot) => lot.status === "queued")
    .sort((a, b) => a.position - b.position);
