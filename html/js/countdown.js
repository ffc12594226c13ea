// countdown: the time left until an absolute end, by the server's clock.
//
// At zero it says that the result is awaited: only the server ends a lot.

import {
  html,
  useEffect,
  useState,
} from "/vendor/htm/preact/standalone.module.js";
import { remaining, t } from "./text.js";

/** Draws a component again, every `ms`. */
export function useTick(ms) {
  const [, tick] = useState(0);

  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), ms);

    return () => clearInterval(timer);
  }, [ms]);
}

/** Whether an end has passed; draws again when it does. */
export function useOver(ends, now) {
  const [, again] = useState(0);
  const left = ends ? Date.parse(ends) - now() : 1;

  useEffect(() => {
    if (!ends || left <= 0 || left > 86_400_000) {
      return undefined;
    }

    const timer = setTimeout(() => again((n) => n + 1), left + 5);

    return () => clearTimeout(timer);
  }, [ends]);

  return left <= 0;
}

/* Seconds that are spoken to who does not see the clock. */
const SPOKEN = [30, 10, 5, 3, 2, 1];

/** ends: ISO time or null; now(): the server's time in ms; frozen: the ISO
 *  time at which the clock was stopped, or null; spoken: whether its last
 *  seconds are told to screen readers; over: what is said at zero. */
export function Countdown({ ends, now, frozen, spoken, over }) {
  useTick(100);

  if (!ends) {
    return html`<span class="clock">–</span>`;
  }

  const left = Date.parse(ends) - (frozen ? Date.parse(frozen) : now());
  const seconds = Math.ceil(left / 1000);

  return html`<span class=${`clock ${left < 10_000 ? "soon" : ""}`} role="timer"
      >${left > 0 ? remaining(left) : over || t("waiting_result")}</span
    >${spoken &&
    html`<span class="unseen" aria-live="assertive"
      >${SPOKEN.includes(seconds) ? t("seconds_left", seconds) : ""}</span
    >`}`;
}
