// auction: the page that follows one auction and bids in it.

import {
  html,
  render,
  useEffect,
  useRef,
  useState,
} from "/vendor/htm/preact/standalone.module.js";
import { get, me, nameOf, requestId } from "./api.js";
import { Block } from "./block.js";
import { Chat, withFrame } from "./chat.js";
import { Feed } from "./feed.js";
import { Console } from "./console.js";
import { Header, modeName } from "./shell.js";
import { Lots, Teams } from "./tables.js";
import { focus } from "./state.js";
import { money, t } from "./text.js";
import { Watch } from "./watch.js";

const id = Number(location.pathname.split("/").pop());

function Page() {
  const [user, setUser] = useState(null);
  const [about, setAbout] = useState(null);
  const [items, setItems] = useState({ lots: {}, teams: {} });
  const [status, setStatus] = useState("connecting");
  const [notice, setNotice] = useState(null);
  const [log, setLog] = useState([]);
  const [chat, setChat] = useState([]);
  const [viewers, setViewers] = useState(null);
  const [, redraw] = useState(0);
  const feed = useRef(null);

  const draw = () => redraw((n) => n + 1);

  const describe = async () => {
    const [lots, teams] = await Promise.all([
      get(`/auctions/${id}/lots?page_size=100`),
      get(`/auctions/${id}/teams?page_size=100`),
    ]);

    setItems({
      lots: Object.fromEntries(lots.results.map((lot) => [lot.id, lot])),
      teams: Object.fromEntries(teams.results.map((team) => [team.id, team])),
    });
  };

  const change = (state, event) => {
    if (!event || ["lot.queued", "team.joined"].includes(event.type)) {
      describe().catch(() => {});
    }

    if (event) {
      setLog((old) => [event, ...old].slice(0, 50));
    }

    draw();
  };

  useEffect(() => {
    me().then(setUser, () => setUser(null));
    get(`/auctions/${id}`).then(setAbout, (problem) =>
      setNotice({ bad: true, text: problem.message }),
    );
    feed.current = new Feed(id, {
      change,
      status: setStatus,
      viewers: setViewers,
      chat: (frame) => setChat((old) => withFrame(old, frame)),
      notice: (frame) => setNotice({ bad: true, text: frame.message }),
    });
  }, []);

  const changed = (who) => {
    setUser(who);
    feed.current.renew();
  };

  const state = feed.current?.state;
  const host =
    user &&
    state &&
    (user.id === state.owner_id || user.roles?.includes("admin"));
  const world = {
    user,
    items,
    currency: state?.rules.currency,
    now: () => feed.current.now(),
    name: (userId) => nameOf(userId, draw),
    team: (teamId) => items.teams[teamId]?.name || `#${teamId}`,
    lot: (lotId) => items.lots[lotId],
  };

  const bid = async (lot, amount) => {
    try {
      const ack = await feed.current.command({
        type: "bid",
        auction_id: id,
        lot_id: lot.lot_id,
        amount,
        request_id: requestId(),
      });

      setNotice({ text: t("placed", money(ack.price, world.currency)) });
    } catch (refusal) {
      setNotice({ bad: true, text: refusal.message, code: refusal.code });
    }
  };

  return html`
    <${Header} user=${user} changed=${changed} />
    <main class="auction-page">
      <div class="heading">
        <h1>${about?.title || "…"}</h1>
        ${state &&
        html`<span class=${`badge ${state.status}`}>${t(state.status)}</span>
          <span class="mode">${modeName(state.mode)}</span>`}
        <${Watch} id=${id} user=${user} tell=${setNotice} />
        ${viewers !== null &&
        html`<span id="viewers" title=${t("viewers", viewers)}
          >👁 ${viewers}</span
        >`}
        <span class=${`link ${status}`} role="status">${t(status)}</span>
      </div>
      ${notice &&
      html`<p
        class=${notice.bad ? "error" : "good"}
        role="alert"
        data-code=${notice.code}
      >
        ${notice.text}
      </p>`}
      ${state &&
      html`
        <div class="columns">
          <div>
            <${Block} state=${state} lot=${focus(state)} world=${world} bid=${bid} />
            ${host &&
            html`<${Console} id=${id} state=${state} tell=${setNotice} />`}
            <${Lots} state=${state} world=${world} bid=${bid} />
          </div>
          <aside>
            ${state.teams.length > 0 &&
            html`<${Teams} state=${state} world=${world} />`}
            <${Chat}
              id=${id}
              lines=${chat}
              user=${user}
              moderator=${host}
              command=${(frame) => feed.current.command(frame)}
              older=${(lines) => setChat((now) => [...lines, ...now])}
              tell=${setNotice}
            />
            <${History} log=${log} world=${world} />
          </aside>
        </div>
      `}
    </main>
  `;
}

const lines = {
  "bid.accepted": (data, world) =>
    `${world.name(data.bidder_id)} · ${money(data.amount, world.currency)}`,
  "lot.sold": (data, world) =>
    `🔨 ${t(
      "sold_to",
      data.team_id ? world.team(data.team_id) : world.name(data.winner_id),
      money(data.price, world.currency),
    )}`,
  "lot.unsold": () => t("unsold"),
  "lot.opened": (data, world) =>
    `▶ ${world.lot(data.lot_id)?.title || `#${data.lot_id}`}`,
  "auction.paused": () => t("paused"),
  "auction.resumed": () => t("resume"),
  "auction.ended": () => t("ended"),
};

function History({ log, world }) {
  return html`
    <section class="card history" aria-live="polite">
      <h2>${t("history")}</h2>
      <ol>
        ${log
          .filter((event) => lines[event.type])
          .map(
            (event) =>
              html`<li key=${event.seq}>
                ${lines[event.type](event.data, world)}
              </li>`,
          )}
      </ol>
    </section>
  `;
}

render(html`<${Page} />`, document.getElementById("app"));
