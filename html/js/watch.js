// watch: an auction to keep an eye on, with a star.

import {
  html,
  useEffect,
  useState,
} from "/vendor/htm/preact/standalone.module.js";
import { get, put, remove } from "./api.js";
import { t } from "./text.js";

/** The star of auction `id`, and how many have set it. */
export function Watch({ id, user, tell }) {
  const [known, setKnown] = useState(null);

  const load = () =>
    get(`/auctions/${id}?include=watchers`).then(setKnown, () => {});

  useEffect(() => {
    load();
  }, [id, user?.id]);

  if (!user || !known) {
    return null;
  }

  const path = `/watchlist/auctions/${id}`;
  const toggle = async () => {
    try {
      await (known.watching ? remove(path) : put(path));
      await load();
    } catch (problem) {
      tell({ bad: true, text: problem.message, code: problem.code });
    }
  };

  return html`<button
    id="watch"
    class="plain"
    aria-pressed=${known.watching ? "true" : "false"}
    onClick=${toggle}
  >
    ${known.watching ? "★" : "☆"} ${t("watch")} ${known.watchers || ""}
  </button>`;
}
