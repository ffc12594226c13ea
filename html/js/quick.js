// quick: a button that bids what it says.
//
// A rival's bid changes what it says at any moment, also between somebody's
// look and his click.  It bids what it said when it was pressed, and what it
// has said for less than a moment nobody can have read: then it does nothing,
// and shows that it does not.

import {
  html,
  useEffect,
  useRef,
  useState,
} from "/vendor/htm/preact/standalone.module.js";
import { money, t } from "./text.js";

/* Milliseconds from what is seen to a finger that knows of it. */
const MOMENT = 300;

/** Whether a value has been on the page for a moment; draws again then. */
export function useSettled(value) {
  const [settled, setSettled] = useState(null);

  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), MOMENT);

    return () => clearTimeout(timer);
  }, [value]);

  return settled === value;
}

/** bid(amount); the rest are attributes of the button. */
export function QuickBid({ amount, currency, bid, ...rest }) {
  const settled = useSettled(amount);
  const pressed = useRef(null);
  const said = settled ? { amount } : {};

  const press = () => {
    pressed.current = said;
  };

  /* a key that is held down is no answer to an amount that comes up then */
  const key = (event) => {
    if (event.key === "Enter" && event.repeat) {
      event.preventDefault();
    } else if ([" ", "Enter"].includes(event.key) && !event.repeat) {
      press();
    }
  };

  const click = () => {
    const { amount: seen } = pressed.current || said;

    pressed.current = null;

    if (seen !== undefined) {
      bid(seen);
    }
  };

  return html`<button
    ...${rest}
    aria-disabled=${settled ? undefined : "true"}
    onPointerDown=${press}
    onPointerCancel=${() => {
      pressed.current = null;
    }}
    onKeyDown=${key}
    onClick=${click}
  >
    ${t("bid_with", money(amount, currency))}
  </button>`;
}
