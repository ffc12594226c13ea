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
import { Console } from "./console.js";
import { Desk } from "./desk.js";
import { Offers, Turn } from "./draft.js";
import { Feed } from "./feed.js";
import { explained } from "./form.js";
import { lotOf, onRoll } from "./find.js";
import { History } from "./history.js";
import { hasMaxima, Maxima, maximaOf } from "./maxima.js";
import { Header, modeName } from "./shell.js";
import { focus } from "./state.js";
import { Lots, Teams } from "./tables.js";
import { TeamDesk } from "./team_hands.js";
import { money, t } from "./text.js";
import { Watch } from "./watch.js";

const id = Number(location.pathname.split("/").pop());

/* After these what pages say of lots and teams is asked for again. */
const described = new Set([
  "lot.queued",
  "lot.changed",
  "team.joined",
  "team.leader",
]);

/** Lots and teams as people describe them, by id. */
async function describe() {
  const [lots, teams] = await Promise.all([
    get(`/auctions/${id}/lots?page_size=1000`),
    get(`/auctions/${id}/teams`),
  ]);

  return {
    lots: Object.fromEntries(lots.results.map((lot) => [lot.id, lot])),
    teams: Object.fromEntries(teams.results.map((team) => [team.id, team])),
  };
}

/** My maxima; asked for again when a bid may have met one. */
function useMaxima(user, state, asked) {
  const [maxima, setMaxima] = useState([]);
  const wanted = user && state && hasMaxima(state);
  const met = maxima.map(({ lot_id: lotId }) => {
    const lot = wanted && lotOf(state, lotId);

    return lot ? `${lot.status}.${lot.leader_id === user.id}` : "";
  });

  useEffect(() => {
    if (!wanted) {
      setMaxima([]);
      return undefined;
    }

    const timer = setTimeout(
      () => maximaOf(id).then(setMaxima, () => {}),
      200,
    );

    return () => clearTimeout(timer);
  }, [wanted, user?.id, asked, met.join()]);

  return maxima;
}

/** Newer and older events as one history. */
const join = (newer, older) =>
  [...newer, ...older.filter(({ seq }) => !newer.some((one) => one.seq === seq))]
    .slice(0, 50);

/** Tells me when a lot that I led is another's now, or mine for good. */
function useNews(state, user, world) {
  const led = useRef(new Map());           /* and how many bids there were */

  useEffect(() => {
    if (!state || !user) {
      return;
    }

    const mine = (lot) => lot?.leader_id === user.id;

    for (const [id, bids] of led.current) {
      const lot = lotOf(state, id);

      if (lot?.status === "open" && !mine(lot) && lot.bid_count > bids) {
        world.tell({ bad: true, text: `${world.title(lot)}: ${t("outbid")}` });
      } else if (lot?.status === "sold" && mine(lot)) {
        world.tell({ text: t("you_won", world.title(lot)) });
      }
    }

    led.current = new Map(
      state.lots
        .filter((lot) => lot.status === "open" && mine(lot))
        .map((lot) => [lot.lot_id, lot.bid_count]),
    );
  }, [state?.seq, user?.id]);
}

/** What became of a command; a hidden maximum may have topped a bid at once. */
function said(ack, currency, text) {
  if (ack.outbid) {
    return { bad: true, text: t("outbid_at_once") };
  }

  return {
    text:
      text ||
      (ack.event === "bid.accepted" && ack.price !== undefined
        ? t("placed", money(ack.price, currency))
        : t("done")),
  };
}

/** What had happened before somebody came, the newest first. */
async function pastOf({ epoch, seq }) {
  const { results } = await get(
    `/auctions/${id}/events?after=${epoch}:${Math.max(0, seq - 50)}&limit=50`,
  );

  return results.filter((event) => event.seq <= seq).reverse();
}

function Page() {
  const [user, setUser] = useState(null);
  const [about, setAbout] = useState(null);
  const [items, setItems] = useState({ lots: {}, teams: {} });
  const [status, setStatus] = useState("connecting");
  const [notice, setNotice] = useState(null);
  const [log, setLog] = useState([]);
  const [chat, setChat] = useState([]);
  const [slow, setSlow] = useState(0);
  const [viewers, setViewers] = useState(null);
  const [room, setRoom] = useState(null);
  const [hosted, setHosted] = useState(null);
  const [asked, setAsked] = useState(0);
  const [chosen, setChosen] = useState(null);
  const [, redraw] = useState(0);
  const feed = useRef(null);
  const soon = useRef(null);
  const past = useRef(false);

  const draw = () => redraw((n) => n + 1);

  /* once for many events at a time, as of an import */
  const learn = () => {
    clearTimeout(soon.current);
    soon.current = setTimeout(() => describe().then(setItems, () => {}), 100);
  };

  const note = (event) => setLog((old) => join([event], old));

  const change = (state, event) => {
    if (!event || described.has(event.type)) {
      learn();
    }

    if (event) {
      note(event);
    } else if (!past.current) {
      past.current = true;
      pastOf(state).then((events) => setLog((now) => join(now, events)), () => {});
    }

    draw();
  };

  useEffect(() => {
    me().then(setUser, () => setUser(null));
    get(`/auctions/${id}`).then(
      (found) => {
        document.title = `${found.title} · Gavel`;
        setAbout(found);
      },
      (problem) => setNotice({ bad: true, text: problem.message }),
    );
    feed.current = new Feed(id, {
      change,
      unfolded: note,
      status: setStatus,
      viewers: setViewers,
      host: setRoom,
      hosted: setHosted,
      slow: setSlow,
      chat: (frame) => setChat((old) => withFrame(old, frame)),
      notice: (frame) => setNotice({ bad: true, text: frame.message }),
    });
  }, []);

  const changed = (who) => {
    setUser(who);
    feed.current.renew();
    get(`/auctions/${id}`).then(setAbout, () => {});
  };

  const state = feed.current?.state;
  const host = Boolean(
    user &&
      state &&
      (user.id === state.owner_id || user.roles?.includes("admin")),
  );
  const maxima = useMaxima(user, state, asked);

  useEffect(() => {
    if (host) {
      feed.current.host();
    }
  }, [host]);

  const attempt = async (action) => {
    try {
      await action();
      return true;
    } catch (problem) {
      setNotice({
        bad: true,
        text: problem.message,
        code: problem.code,
        errors: problem.body?.errors,
      });
      return false;
    }
  };

  const world = {
    id,
    user,
    items,
    tell: setNotice,
    learn,
    attempt,
    choose: setChosen,
    currency: state?.rules.currency,
    many: state && !state.rules.one_at_a_time,
    mine: user && state?.teams.find((team) => team.leader_id === user.id),
    now: () => feed.current.now(),
    name: (userId) => nameOf(userId, draw),
    team: (teamId) => items.teams[teamId]?.name || `#${teamId}`,
    lot: (lotId) => items.lots[lotId],
    title: (lot) =>
      items.lots[lot.lot_id]?.title || `#${lot.number ?? lot.lot_id}`,
    leader: (lot) =>
      lot.leader_team_id
        ? world.team(lot.leader_team_id)
        : lot.leader_id && world.name(lot.leader_id),
    maximum: (lot) =>
      maxima.find((max) => max.lot_id === lot.lot_id)?.max_amount,
    /* a command over the socket; `text` is told when it is done */
    run: (frame, text) =>
      attempt(async () => {
        const ack = await feed.current.command({
          auction_id: id,
          request_id: requestId(),
          ...frame,
        });

        setNotice(said(ack, world.currency, text));
        setAsked((n) => n + 1);
      }),
  };

  const lot =
    state &&
    (state.lots.find((one) => one.lot_id === chosen && onRoll(one)) ||
      focus(state));

  useNews(state, user, world);

  return html`
    <${Header} user=${user} changed=${changed} />
    <main class="auction-page">
      <div class="heading">
        <h1>${about?.title || (notice ? t("auction") : "…")}</h1>
        ${state &&
        html`<span class=${`badge ${state.status}`}>${t(state.status)}</span>
          <span class="mode">${modeName(state.mode)}</span>
          ${state.rules.format &&
          html`<span class="mode">${t(`format_${state.rules.format}`)}</span>`}
          ${state.cycle &&
          html`<span class="mode" id="cycle">${t("cycle", state.cycle)}</span>`}`}
        <${Watch} id=${id} user=${user} tell=${setNotice} />
        ${viewers !== null &&
        html`<span id="viewers" class="mode">${t("viewers", viewers)}</span>`}
        ${hosted === false &&
        ["lobby", "live", "paused", "ending"].includes(state?.status) &&
        html`<span class="badge away" id="host-away" role="status"
          >${t("host_away")}</span
        >`}
        ${(state || about || !notice) &&
        html`<span class=${`link ${status}`} role="status">${t(status)}</span>`}
      </div>
      <${Notice} notice=${notice} close=${() => setNotice(null)} />
      ${about?.description && html`<p class="about">${about.description}</p>`}
      ${state &&
      html`
        <${Turn} state=${state} world=${world} />
        <${Offers} state=${state} world=${world} />
        <div class="columns">
          <div>
            <${Block} ...${{ state, lot, world, about }} />
            ${host &&
            html`<${Console}
              ...${{ id, state, lot, world, room, about }}
            />`}
            <${Maxima} state=${state} maxima=${maxima} world=${world} />
            <${Lots}
              state=${state}
              world=${world}
              desk=${host &&
              ((one) => html`<${Desk} ...${{ id, state, world }} lot=${one} />`)}
            />
          </div>
          <aside>
            ${state.teams.length > 0 &&
            html`<${Teams}
              state=${state}
              lot=${lot}
              world=${world}
              desk=${host &&
              ((team) => html`<${TeamDesk} ...${{ id, state, team, world }} />`)}
            />`}
            <${Chat}
              id=${id}
              lines=${chat}
              slow=${slow}
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

function Notice({ notice, close }) {
  return html`<div class="notice" aria-live="polite">
    ${notice &&
    html`<p
      class=${notice.bad ? "error" : "good"}
      role=${notice.bad ? "alert" : "status"}
      data-code=${notice.code}
    >
      ${notice.text}
      ${notice.errors && html` <small>${explained(notice.errors)}</small>`}
      <button class="plain close" aria-label=${t("close")} onClick=${close}>
        ×
      </button>
    </p>`}
  </div>`;
}

render(html`<${Page} />`, document.getElementById("app"));
