// index: the list of auctions.

import {
  html,
  render,
  useEffect,
  useState,
} from "/vendor/htm/preact/standalone.module.js";
import { get, me } from "./api.js";
import { Create } from "./create.js";
import { Header, modeName } from "./shell.js";
import { t, when } from "./text.js";

const tabs = ["all", "live", "scheduled", "ended"];

const mayCreate = (user) =>
  Boolean(user?.roles?.some((role) => ["seller", "admin"].includes(role)));

/** A page of what a tab shows. */
async function page(tab, more) {
  if (tab !== "watched" && tab !== "own") {
    const status = tab === "all" ? "" : `&status=${tab}`;

    return get(`/auctions?page_size=24${status}${more}`);
  }

  if (tab === "own") {
    return get(`/users/me/auctions?page_size=24${more}`);
  }

  const list = await get(`/watchlist?kind=auction&page_size=24${more}`);

  return { ...list, results: list.results.map((entry) => entry.auction) };
}

function Page() {
  const [user, setUser] = useState(null);
  const [tab, setTab] = useState("all");
  const [list, setList] = useState(null);
  const [error, setError] = useState("");
  const [making, setMaking] = useState(false);

  const load = async (cursor) => {
    try {
      const more = cursor ? `&cursor=${cursor}` : "";
      const next = await page(tab, more);

      setError("");
      setList((old) =>
        cursor && old
          ? { ...next, results: [...old.results, ...next.results] }
          : next,
      );
    } catch (problem) {
      setError(problem.message);
    }
  };

  const changed = (who) => {
    setUser(who);
    setTab(who || tabs.includes(tab) ? tab : "all");
  };

  useEffect(() => me().then(setUser, () => setUser(null)), []);
  useEffect(() => {
    load();
  }, [tab]);

  return html`
    <${Header} user=${user} changed=${changed} />
    <main>
      <div class="heading">
        <h1>${t("auctions")}</h1>
        ${mayCreate(user) &&
        html`<button
          id="new"
          aria-expanded=${making ? "true" : "false"}
          onClick=${() => setMaking(!making)}
        >
          + ${t("new_auction")}
        </button>`}
      </div>
      ${making &&
      mayCreate(user) &&
      html`<${Create} close=${() => setMaking(false)} />`}
      <div class="tabs" role="tablist">
        ${[
          ...tabs,
          ...(user ? ["watched"] : []),
          ...(mayCreate(user) ? ["own"] : []),
        ].map(
          (name) =>
            html`<button
              role="tab"
              aria-selected=${name === tab}
              onClick=${() => setTab(name)}
            >
              ${t(name)}
            </button>`,
        )}
      </div>
      ${error &&
      html`<p class="error" role="alert">
        ${error} <button onClick=${() => load()}>${t("retry")}</button>
      </p>`}
      ${list && !list.results.length && html`<p class="empty">${t("none")}</p>`}
      <section class="grid">
        ${list?.results.map((auction) => html`<${Card} ...${auction} />`)}
      </section>
      ${list?.next_cursor &&
      html`<button onClick=${() => load(list.next_cursor)}>
        ${t("more")}
      </button>`}
    </main>
  `;
}

/** What of its times matters now. */
function timeOf({ status, started_at: began, ended_at: over, ...times }) {
  const { starts_at: start, ends_at: end } = times;

  if (["draft", "scheduled", "lobby"].includes(status)) {
    return start && t("starts", when(start));
  }

  if (over) {
    return t("ended_at", when(over));
  }

  return end ? t("ends", when(end)) : began && t("began", when(began));
}

function Card(auction) {
  return html`
    <a class="card auction" href=${`/auctions/${auction.id}`}>
      ${auction.image_url
        ? html`<img src=${auction.image_url} alt="" loading="lazy" />`
        : html`<img class="blank" src="/img/gavel.svg" alt="" />`}
      <div class="body">
        <span class=${`badge ${auction.status}`}>${t(auction.status)}</span>
        <span class="mode">${modeName(auction.mode)}</span>
        <h2>${auction.title}</h2>
        <p class="when">
          ${timeOf(auction)}
        </p>
      </div>
    </a>
  `;
}

render(html`<${Page} />`, document.getElementById("app"));
