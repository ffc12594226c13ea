// state: an auction as a fold of its events, the same as the server's.
//
// A snapshot replaces the state, an event changes the fields that it owns.
// Whoever feeds it does so in seq order without gaps.

import { isOpen } from "./find.js";
import { lotFolds } from "./fold_lots.js";
import { folds } from "./folds.js";
import { count } from "./purse.js";

const all = { ...folds, ...lotFolds };

/** Events that change nothing a page shows. */
const silent = new Set([
  "auction.created",
  "auction.recovered",
  "auto_bid.set",
  "auto_bid.cancelled",
  "draw.committed",
  "hidden",
]);

/** A snapshot as a state. */
export function begin({ state, epoch, seq }) {
  count(Object.assign(state, { epoch, seq }));

  return state;
}

/**
 * Folds one event into the state.  Returns false when this page does not know
 * how to, or when the event is not the next one: then a snapshot is needed.
 */
export function fold(state, event) {
  if (event.seq !== state.seq + 1) {
    return false;
  }

  const apply = all[event.type];

  if (!apply && !silent.has(event.type)) {
    return false;
  }

  if (apply?.(state, event.data || {}, event) === false) {
    return false;
  }

  if (!["live", "paused"].includes(state.status)) {
    state.undo_lot_id = null;
  }

  count(state);
  state.seq = event.seq;
  state.epoch = event.epoch;

  return true;
}

const waits = ["frozen", "locked", "reserve_not_met"];

/** The lot that people look at: on the block, or the next to end. */
export function focus(state) {
  const open = state.lots.filter(
    (lot) => isOpen(lot) || waits.includes(lot.status),
  );

  return (
    open.find((lot) => lot.lot_id === state.current_lot_id) ||
    open.sort((a, b) => Date.parse(a.ends_at) - Date.parse(b.ends_at))[0] ||
    null
  );
}

/** The lot whose result the host may take back now. */
export const undoable = (state) =>
  (state.status === "live" &&
    state.undo_lot_id &&
    state.lots.find((lot) => lot.lot_id === state.undo_lot_id)) ||
  null;
