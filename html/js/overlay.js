// overlay: lot, price, leader and clock on a transparent page for OBS.
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
import { Countdown } from "./countdown.js";
import { Feed } from "./feed.js";
import { focus } from "./state.js";
import { money, t } from "./text.js";

const token = location.pathname.split("/").pop();
const options = new URLSearchParams(location.search);

document.body.classList.toggle("opaque", options.get("bg") === "opaque");

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
  const lot = state && focus(state);

  if (!lot) {
    return null;
  }

  const about = scene.lots[lot.lot_id];
  const { currency } = state.rules;

  return html`
    <section class="scene">
      ${about?.image_url && html`<img src=${about.image_url} alt="" />`}
      <div>
        <h1 id="lot-title">${about?.title || `#${lot.number}`}</h1>
        <p id="price">
          ${money(lot.bid_count ? lot.price : lot.base_price, currency)}
        </p>
        <p id="leader">
          ${lot.leader_team_id
            ? scene.teams[lot.leader_team_id]?.name
            : lot.leader_id
              ? nameOf(lot.leader_id, draw)
              : ""}
        </p>
      </div>
      <${Countdown}
        ends=${lot.ends_at}
        now=${() => scene.feed.now()}
        frozen=${state.status === "paused" ? state.paused_at : null}
      />
    </section>
  `;
}

async function follow(secret, draw) {
  const { auction_id: id } = await get(`/overlay/${secret}`);
  const scene = { lots: {}, teams: {} };

  const describe = async () => {
    const [lots, teams] = await Promise.all([
      get(`/auctions/${id}/lots?page_size=100`),
      get(`/auctions/${id}/teams?page_size=100`),
    ]);

    lots.results.forEach((lot) => {
      scene.lots[lot.id] = lot;
    });
    teams.results.forEach((team) => {
      scene.teams[team.id] = team;
    });
    draw();
  };

  scene.feed = new Feed(id, {
    change: (state, event) => {
      if (!event || event.type === "lot.queued") {
        describe().catch(() => {});
      }
      draw();
    },
    status: () => {},
    notice: () => {},
  });

  return scene;
}

render(html`<${Overlay} />`, document.getElementById("app"));
