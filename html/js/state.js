// state: an auction as a fold of its events, the same as the server's.
//
// A snapshot replaces the state, an event changes the fields that it owns.
// Whoever feeds it does so in seq order without gaps.

import { isOpen, isOver } from "./find.js";
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

/** A snapshot as a state; what it does not tell is taken from the one before,
 *  if that is one event older. */
export function begin({ state, epoch, seq }, before) {
  count(Object.assign(state, { epoch, seq }));

  if (before && before.epoch === epoch && before.seq >= seq - 1) {
    state.undo_lot_id = before.undo_lot_id;
  }

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

/** The lot whose result the host may take back: by what was seen, or, after
 *  a snapshot, the last that has one. */
export function undoable(state) {
  if (state.status !== "live" || state.undo_lot_id === null) {
    return null;
  }

  if (state.undo_lot_id) {
    return state.lots.find((lot) => lot.lot_id === state.undo_lot_id) || null;
  }

  if (state.current_lot_id) {
    return null;
  }

  return (
    state.lots
      .filter((lot) => isOver(lot) && lot.ends_at && lot.status !== "withdrawn")
      .sort((a, b) => Date.parse(b.ends_at) - Date.parse(a.ends_at))[0] || null
  );
}
