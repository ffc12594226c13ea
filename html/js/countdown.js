// countdown: the time left until an absolute end, by the server's clock.
//
// At zero it says that the result is awaited: only the server ends a lot.

import {
  html,
  useEffect,
  useState,
} from "/vendor/htm/preact/standalone.module.js";
import { remaining, t } from "./text.js";

/** ends: ISO time or null; now(): the server's time in ms; frozen: the ISO
 *  time at which the clock was stopped, or null. */
export function Countdown({ ends, now, frozen }) {
  const [, tick] = useState(0);

  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), 100);

    return () => clearInterval(timer);
  }, []);

  if (!ends) {
    return html`<span class="clock">–</span>`;
  }

  const left = Date.parse(ends) - (frozen ? Date.parse(frozen) : now());

  return left > 0
    ? html`<span class=${`clock ${left < 10_000 ? "soon" : ""}`} role="timer">
        ${remaining(left)}
      </span>`
    : html`<span class="clock soon" role="timer">${t("waiting_result")}</span>`;
}
