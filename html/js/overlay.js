// overlay: lot, price, leader and clock on a transparent page for OBS, whose
// turn it is, and for some seconds what became of the last lot.
//
// OBS may reload it at every scene switch, so it keeps nothing: the token in
// the address says which auction, the feed brings the rest.

import {
  html,
  render,
  useEffect,
  useState,
} from "/vendor/htm/preact/standalone.module.js";
import { get, nameOf } from "./api.js";
import { dutchPrice } from "./bidding.js";
import { Revealed, Warning } from "./block.js";
import { Countdown, useTick } from "./countdown.js";
import { Feed } from "./feed.js";
import { isDutch, isSealed } from "./find.js";
import { focus } from "./state.js";
import { money, t } from "./text.js";

const token = location.pathname.split("/").pop();
const options = new URLSearchParams(location.search);

document.body.classList.toggle("opaque", options.get("bg") === "opaque");

/* A result stays for so many ms, if no other lot comes. */
const SHOWN = 8000;

const ends = new Set(["lot.sold", "lot.unsold", "lot.assigned"]);

function Overlay() {
  const [scene, setScene] = useState(null);
  const [bad, setBad] = useState(false);
  const [, redraw] = useState(0);

  const draw = () => redraw((n) => n + 1);

  useEffect(() => {
    follow(token, draw).then(setScene, () => setBad(true));
  }, []);

  if (bad) {
    return html`<p class="error">${t("overlay_off")}</p>`;
  }

  const state = scene?.feed.state;

  if (!state) {
    return null;
  }

  const lot = focus(state);
  const result =
    scene.result && state.lots.find((one) => one.lot_id === scene.result);

  const world = {
    currency: state.rules.currency,
    now: () => scene.feed.now(),
    team: (id) => scene.teams[id]?.name || `#${id}`,
    name: (id) => nameOf(id, draw),
    title: (one) => scene.lots[one.lot_id]?.title || `#${one.number}`,
    image: (one) => scene.lots[one.lot_id]?.image_url,
  };

  return html`
    <${Turn} state=${state} world=${world} />
    ${lot
      ? html`<${Lot} key=${lot.lot_id} ...${{ state, lot, world }} />`
      : html`<${Result} lot=${result} world=${world} />`}
  `;
}

const leader = (lot, world) =>
  lot.leader_team_id
    ? world.team(lot.leader_team_id)
    : lot.leader_id
      ? world.name(lot.leader_id)
      : "";

/** Whose turn it is to call somebody. */
function Turn({ state, world }) {
  return (
    state.turn &&
    state.status === "live" &&
    html`<section class="turn" id="turn">
      ${t("turn_of", world.team(state.turn.team_id))}
      ${state.turn.until &&
      html` <${Countdown} ends=${state.turn.until} now=${world.now} over="…" />`}
    </section>`
  );
}

/** The lot on the block. */
function Lot({ state, lot, world }) {
  const sealed = isSealed(state);
  const falls = isDutch(state) && !lot.leader_id;

  useTick(falls ? 100 : 60_000);

  const price = falls
    ? dutchPrice(state, lot, world.now())
    : lot.leader_id && !sealed
      ? lot.price
      : lot.revealed?.at(-1)?.amount || lot.base_price;

  return html`
    <section class=${`scene ${lot.closing ? "closing" : ""}`}>
      ${world.image(lot) && html`<img src=${world.image(lot)} alt="" />`}
      <div>
        <h1 id="lot-title">${world.title(lot)}</h1>
        <p id="price">${money(price, world.currency)}</p>
        <p id="leader">
          ${sealed && !lot.revealed
            ? t("submissions", lot.bid_count)
            : leader(lot, world)}
        </p>
        ${lot.folded &&
        html`<p id="folded">
          ${lot.folded.map((id) => html`<s key=${id}>${world.team(id)}</s> `)}
        </p>`}
        <${Revealed} lot=${lot} world=${world} />
      </div>
      <div>
        ${lot.status === "open"
          ? html`<${Countdown}
              ends=${lot.ends_at}
              now=${world.now}
              frozen=${state.status === "paused" ? state.paused_at : null}
            />`
          : html`<p id="stage">${t(lot.status)}</p>`}
        ${state.status === "paused" && html`<p id="paused">${t("paused")}</p>`}
        <${Warning} lot=${lot} />
      </div>
    </section>
  `;
}

/** What became of the last one, for a while. */
function Result({ lot, world }) {
  if (!lot) {
    return null;
  }

  return html`
    <section class=${`scene result ${lot.status}`} id="result">
      ${world.image(lot) && html`<img src=${world.image(lot)} alt="" />`}
      <div>
        <h1>${world.title(lot)}</h1>
        <p class="stamp">
          ${lot.status === "sold"
            ? t("sold_to", leader(lot, world), money(lot.price, world.currency))
            : lot.status === "assigned"
              ? t("assigned_to", leader(lot, world))
              : t("unsold")}
        </p>
      </div>
    </section>
  `;
}

async function follow(secret, draw) {
  const { auction_id: id } = await get(`/overlay/${secret}`);
  const scene = { lots: {}, teams: {} };

  const describe = async () => {
    const [lots, teams] = await Promise.all([
      get(`/auctions/${id}/lots?page_size=1000`),
      get(`/auctions/${id}/teams`),
    ]);

    lots.results.forEach((lot) => {
      scene.lots[lot.id] = lot;
    });
    teams.results.forEach((team) => {
      scene.teams[team.id] = team;
    });
    draw();
  };

  const show = (lotId) => {
    scene.result = lotId;
    clearTimeout(scene.timer);
    scene.timer = setTimeout(() => {
      scene.result = null;
      draw();
    }, SHOWN);
  };

  scene.feed = new Feed(id, {
    change: (state, event) => {
      if (!event || ["lot.queued", "lot.changed"].includes(event.type)) {
        describe().catch(() => {});
      }
      if (ends.has(event?.type)) {
        show(event.data.lot_id);
      }
      draw();
    },
    status: () => {},
    notice: () => {},
  });

  return scene;
}

render(html`<${Overlay} />`, document.getElementById("app"));
