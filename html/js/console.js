// console: the host's hands on an auction, with keys, and who is there.

import {
  html,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "/vendor/htm/preact/standalone.module.js";
import { Exchange } from "./exchange.js";
import { auctionHands, lotHands, possible, takesLots } from "./hands.js";
import { LotForm } from "./lot_form.js";
import { TeamForm } from "./team_form.js";
import { problemName, t } from "./text.js";

const typing = (target) =>
  target.closest("input, textarea, select, dialog, summary") !== null;

/** Runs hands by their keys, as long as nobody types. */
function useKeys(hands, at, help) {
  const now = useRef(null);

  now.current = { hands, at, help };

  useEffect(() => {
    const press = (event) => {
      const on = now.current;
      const key = event.key.toLowerCase();

      if (
        event.repeat ||
        event.ctrlKey ||
        event.altKey ||
        event.metaKey ||
        typing(event.target) ||
        document.querySelector("dialog[open]") ||
        (key === " " && event.target.closest("button, a"))
      ) {
        return;
      }

      if (key === "?") {
        event.preventDefault();
        on.help();
        return;
      }

      const hand = on.hands.find((one) => one.key === key);

      if (hand) {
        event.preventDefault();
        hand.run(on.at);
      }
    };

    document.addEventListener("keydown", press);

    return () => document.removeEventListener("keydown", press);
  }, []);
}

const keyName = (key) => (key === " " ? t("space") : key.toUpperCase());

export function Console({ id, state, lot, world, room, about }) {
  const [panel, setPanel] = useState(null);
  const [help, setHelp] = useState(false);
  const at = { id, state, lot, world };
  const prepares =
    state.mode === "team_draft" &&
    ["draft", "scheduled", "lobby"].includes(state.status);
  const ofLot = lot ? possible(lotHands, at) : [];
  const ofAuction = possible(auctionHands, at);

  useKeys([...ofLot, ...ofAuction], at, () => setHelp((shown) => !shown));

  const button = (hand) => html`<button
    key=${hand.name}
    data-action=${hand.name}
    class=${["hammer", "reveal", "next_lot", "start", "accept_price"].includes(hand.name)
      ? "first"
      : "plain"}
    title=${hand.key ? keyName(hand.key) : ""}
    aria-keyshortcuts=${hand.key === " " ? "Space" : hand.key}
    onClick=${() => hand.run(at)}
  >
    ${hand.label?.(at) || t(hand.name)}
    ${hand.key && html`<kbd aria-hidden="true">${keyName(hand.key)}</kbd>`}
  </button>`;

  const toggle = (name) => html`<button
    class="plain"
    data-panel=${name}
    aria-expanded=${panel === name ? "true" : "false"}
    onClick=${() => setPanel(panel === name ? null : name)}
  >
    ${t(name)}
  </button>`;

  return html`
    <section class="card console" aria-label=${t("host")}>
      <div class="row">
        <h2>${t("host")}</h2>
        ${takesLots(at) && toggle("add_lot")}
        ${prepares && toggle("add_team")} ${toggle("files")}
        <button
          class="plain"
          data-panel="help"
          aria-expanded=${help ? "true" : "false"}
          onClick=${() => setHelp(!help)}
        >
          ? ${t("keys")}
        </button>
      </div>
      ${ofLot.length > 0 &&
      html`<div class="row hands" role="group" aria-label=${world.title(lot)}>
        ${ofLot.map(button)}
      </div>`}
      <div class="row hands" role="group" aria-label=${t("auction")}>
        ${ofAuction.map(button)}
      </div>
      ${help && html`<${Help} close=${() => setHelp(false)} />`}
      ${panel === "add_lot" &&
      takesLots(at) &&
      html`<${LotForm} ...${{ id, state, world }} />`}
      ${panel === "add_team" &&
      prepares &&
      html`<${TeamForm} id=${id} world=${world} />`}
      ${panel === "files" &&
      html`<${Exchange} ...${{ id, state, world, about }} />`}
      ${room && html`<${Room} room=${room} state=${state} world=${world} />`}
    </section>
  `;
}

/** Who is there, and why bids were refused lately. */
function Room({ room, world }) {
  const refused = Object.entries(room.rejected || {});

  return html`
    <div class="row room">
      ${(room.leaders || []).map(
        (leader) =>
          html`<span
            key=${leader.team_id}
            class=${`tag ${leader.online ? "good" : "bad"}`}
            >${leader.online ? "●" : "○"} ${world.team(leader.team_id)}
            <span class="unseen">
              ${t(leader.online ? "online" : "offline")}
            </span></span
          >`,
      )}
      ${refused.map(
        ([code, n]) => html`<small key=${code}>${problemName(code)} × ${n}</small>`,
      )}
    </div>
  `;
}

function Help({ close }) {
  const dialog = useRef(null);

  useLayoutEffect(() => {
    dialog.current.showModal();
  }, []);

  const rows = [...lotHands, ...auctionHands].filter((hand) => hand.key);

  return html`<dialog
    class="card help"
    ref=${dialog}
    aria-label=${t("keys")}
    onClose=${close}
  >
    <h2>${t("keys")}</h2>
    <dl>
      ${rows.map(
        (hand) =>
          html`<div key=${hand.name}>
            <dt><kbd>${keyName(hand.key)}</kbd></dt>
            <dd>${t(hand.name)}</dd>
          </div>`,
      )}
      <div>
        <dt><kbd>?</kbd></dt>
        <dd>${t("keys")}</dd>
      </div>
    </dl>
    <form method="dialog"><button>${t("close")}</button></form>
  </dialog>`;
}
