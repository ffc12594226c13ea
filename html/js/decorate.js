// decorate: what a streamer's entries look like in the calendar, and what
// that costs in icon points.

import {
  html,
  useEffect,
  useState,
} from "/vendor/htm/preact/standalone.module.js";
import { get, post, requestId } from "./api.js";
import { nameOf, t, when } from "./text.js";

const looks = (entry) => ({
  icon: entry.icon || "",
  color: entry.color || "",
  label: entry.label || "",
});

/** What is new, as the interface wants it, and what it costs. */
function difference(entry, wanted, prices) {
  const old = looks(entry);
  const changes = {};
  let cost = 0;

  Object.keys(old)
    .filter((part) => wanted[part] !== old[part])
    .forEach((part) => {
      changes[part] = wanted[part] || null;
      cost += !wanted[part]
        ? 0
        : part === "icon"
          ? prices.icons[wanted.icon].price
          : part === "color"
            ? prices.colors[wanted.color]
            : prices.label;
    });

  return { changes, cost };
}

function Choice({ name, value, changed, options }) {
  return html`<label>
    ${t(name)}
    <select
      name=${name}
      value=${value}
      onChange=${(event) => changed({ [name]: event.target.value })}
    >
      <option value="" selected=${!value}>–</option>
      ${options.map(
        ([key, text]) =>
          html`<option value=${key} selected=${key === value}>${text}</option>`,
      )}
    </select>
  </label>`;
}

/** A form for the entries of `user`; nothing, if he has none to come. */
export function Decorate({ user, changed }) {
  const [entries, setEntries] = useState([]);
  const [prices, setPrices] = useState(null);
  const [balance, setBalance] = useState(0);
  const [chosen, setChosen] = useState(null);
  const [wanted, setWanted] = useState({});
  const [said, setSaid] = useState(null);

  const choose = (entry) => {
    setChosen(entry);
    setWanted(looks(entry));
  };

  const load = async () => {
    const from = new Date().toISOString();
    const to = new Date(Date.now() + 365 * 86_400_000).toISOString();
    const [list, shop, points] = await Promise.all([
      get(`/calendar?streamer=${user.id}&from=${from}&to=${to}`),
      get("/calendar/decorations"),
      get("/users/me/points/icon?page_size=1"),
    ]);
    const own = list.results.filter((entry) => entry.conflicts);

    setEntries(own);
    setPrices(shop);
    setBalance(points.balance);
    setSaid(null);

    if (own.length) {
      choose(own[0]);
    }
  };

  useEffect(() => {
    load().catch((problem) => setSaid({ error: problem.message }));
  }, [user.id]);

  if (!prices || !chosen) {
    return null;
  }

  const { changes, cost } = difference(chosen, wanted, prices);
  const want = (part) => setWanted({ ...wanted, ...part });

  const submit = async (event) => {
    event.preventDefault();

    try {
      const entry = await post(
        "/calendar/decorations",
        { auction_id: chosen.auction_id, max_points: cost, ...changes },
        { "Idempotency-Key": requestId() },
      );

      setBalance(entry.icon_points_left);
      setEntries(
        entries.map((old) =>
          old.auction_id === entry.auction_id ? entry : old,
        ),
      );
      choose(entry);
      setSaid({ done: t("decorated", entry.paid) });
      changed();
    } catch (problem) {
      setSaid({ error: problem.message });
    }
  };

  return html`<form class="card decorate" onSubmit=${submit}>
    <h2>${t("decorate")}</h2>
    <p>${t("icon_points")}: <strong id="icon-points">${balance}</strong></p>
    <label>
      ${t("auction")}
      <select
        name="entry"
        onChange=${(event) => choose(entries[event.target.selectedIndex])}
      >
        ${entries.map(
          (entry) =>
            html`<option
              value=${entry.auction_id}
              selected=${entry.auction_id === chosen.auction_id}
            >
              ${when(entry.starts_at)} · ${entry.title}
            </option>`,
        )}
      </select>
    </label>
    <${Choice}
      name="icon"
      value=${wanted.icon}
      changed=${want}
      options=${Object.entries(prices.icons).map(([name, icon]) => [
        name,
        `${icon.glyph} ${nameOf("icon", name)} · ${icon.price}`,
      ])}
    />
    <${Choice}
      name="color"
      value=${wanted.color}
      changed=${want}
      options=${Object.entries(prices.colors).map(([name, price]) => [
        name,
        `${nameOf("color", name)} · ${price}`,
      ])}
    />
    <label>
      ${t("label")} · ${prices.label}
      <input
        name="label"
        maxlength="20"
        value=${wanted.label}
        onInput=${(event) => want({ label: event.target.value })}
      />
    </label>
    <footer>
      <span id="cost">${t("costs", cost)}</span>
      <button
        disabled=${!Object.keys(changes).length || cost > balance}
        type="submit"
      >
        ${t("decorate")}
      </button>
    </footer>
    ${said?.error && html`<p class="error" role="alert">${said.error}</p>`}
    ${said?.done && html`<p id="decorated" role="status">${said.done}</p>`}
  </form>`;
}
