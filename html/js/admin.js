// admin: people, what they may do, and the log of what admins did.

import {
  html,
  render,
  useEffect,
  useRef,
  useState,
} from "/vendor/htm/preact/standalone.module.js";
import { get, patch, post, requestId } from "./api.js";
import { ask } from "./dialog.js";
import { Page } from "./page.js";
import { t, when } from "./text.js";

const statuses = ["", "active", "suspended", "banned"];

/* Who may hold auctions is a seller; everybody is a member. */
const ranks = [["member"], ["member", "seller"], ["member", "seller", "admin"]];

const nameOf = (roles) => roles.map((role) => t(`role_${role}`)).join(", ");

const once = () => ({ "Idempotency-Key": requestId() });

const reason = (required) => ({
  name: "reason",
  label: t("reason"),
  maxlength: 500,
  required,
});

const change = (user, body) => patch(`/admin/users/${user.id}`, body, once());

/** What an admin does with a person: { name, when(user), question(user),
 *  run(user, answer) }; without a question at once. */
const hands = [
  {
    name: "change_roles",
    when: () => true,
    question: (user) => [
      t("roles_of", user.display_name),
      {
        yes: t("save"),
        fields: [
          {
            name: "roles",
            label: t("roles"),
            value: user.roles.join(),
            options: [...new Set([...ranks.map(String), user.roles.join()])].map(
              (key) => [key, nameOf(key.split(","))],
            ),
          },
          reason(false),
        ],
      },
    ],
    run: (user, answer) =>
      change(user, { ...filled(answer), roles: answer.roles.split(",") }),
  },
  {
    name: "give_icons",
    when: () => true,
    question: (user) => [
      t("icons_for", user.display_name),
      {
        yes: t("give_icons"),
        fields: [
          { name: "amount", label: t("points"), type: "number", required: true },
          reason(true),
        ],
      },
    ],
    run: (user, { amount, reason: why }) =>
      post(
        "/admin/points/grants",
        { user_id: user.id, amount: Number(amount), reason: why },
        once(),
      ),
  },
  {
    name: "suspend",
    when: (user) => user.status === "active",
    question: (user) => [
      t("confirm_suspend_user", user.display_name),
      { yes: t("suspend"), danger: true, fields: [reason(true)] },
    ],
    run: (user, answer) => change(user, { ...answer, status: "suspended" }),
  },
  {
    name: "ban",
    when: (user) => ["active", "suspended"].includes(user.status),
    question: (user) => [
      t("confirm_ban", user.display_name),
      { yes: t("ban"), danger: true, fields: [reason(true)] },
    ],
    run: (user, answer) =>
      post(`/admin/users/${user.id}/ban`, answer, once()),
  },
  {
    name: "unblock",
    when: (user) => ["suspended", "banned"].includes(user.status),
    run: (user) => change(user, { status: "active" }),
  },
];

const filled = (answer) =>
  Object.fromEntries(Object.entries(answer).filter(([, value]) => value));

function Person({ user, use }) {
  return html`<li data-user=${user.id}>
    <div>
      <b>${user.display_name} <small>#${user.id}</small></b>
      <small>
        ${[user.email || user.phone || user.username, nameOf(user.roles)]
          .filter(Boolean)
          .join(" · ")}
      </small>
      ${user.status !== "active" &&
      html`<small class="error">
        ${t(`status_${user.status}`)}
        ${user.status_reason ? `: ${user.status_reason}` : ""}
      </small>`}
    </div>
    <details class="menu" name="people">
      <summary aria-label=${`${t("more")}: ${user.display_name}`}>⋯</summary>
      <div>
        ${hands
          .filter((hand) => hand.when(user))
          .map(
            (hand) =>
              html`<button
                class="plain"
                data-action=${hand.name}
                onClick=${(event) => {
                  event.target.closest("details").open = false;
                  use(hand, user);
                }}
              >
                ${t(hand.name)}
              </button>`,
          )}
      </div>
    </details>
  </li>`;
}

function Audit({ list }) {
  return html`
    <section class="card" id="audit">
      <h2>${t("audit")}</h2>
      <ul class="people">
        ${list.map(
          (one) =>
            html`<li key=${one.id}>
              <div>
                <b>${one.action} <small>${one.target}</small></b>
                <small>
                  ${one.actor?.display_name || ""} · ${when(one.at)} ·
                  ${" "}${JSON.stringify(one.detail)}
                </small>
              </div>
            </li>`,
        )}
      </ul>
    </section>
  `;
}

function Admin({ attempt }) {
  const [asked, setAsked] = useState({ search: "", status: "" });
  const [list, setList] = useState(null);
  const [log, setLog] = useState([]);
  const last = useRef(0);                   /* the question asked last */

  const load = async (page = 1) => {
    const query = new URLSearchParams({ ...filled(asked), page, page_size: 20 });
    const mine = (last.current += 1);
    const found = await get(`/admin/users?${query}`);

    if (mine !== last.current) {
      return;
    }

    setList((old) => ({
      ...found,
      page,
      results: page > 1 ? [...old.results, ...found.results] : found.results,
    }));
    setLog((await get("/admin/audit?page_size=20")).results);
  };

  useEffect(() => {
    const timer = setTimeout(() => attempt(() => load()), list ? 250 : 0);

    return () => clearTimeout(timer);
  }, [asked.search, asked.status]);

  const use = async (hand, user) => {
    const answer = hand.question ? await ask(...hand.question(user)) : {};

    if (answer) {
      await attempt(async () => {
        await hand.run(user, answer);
        await load();
      }, t("done"));
    }
  };

  return html`
    <section class="card" id="people">
      <div class="row">
        <h2>${t("people")}</h2>
        <input
          type="search"
          name="search"
          aria-label=${t("search")}
          placeholder=${t("search_people")}
          onInput=${(event) => setAsked({ ...asked, search: event.target.value })}
        />
        <select
          name="status"
          aria-label=${t("status")}
          onChange=${(event) => setAsked({ ...asked, status: event.target.value })}
        >
          ${statuses.map(
            (status) =>
              html`<option value=${status}>${t(`status_${status}`)}</option>`,
          )}
        </select>
      </div>
      ${list &&
      !list.results.length &&
      html`<p class="empty">${t("nobody_here")}</p>`}
      <ul class="people">
        ${list?.results.map(
          (user) => html`<${Person} key=${user.id} user=${user} use=${use} />`,
        )}
      </ul>
      ${list?.next &&
      html`<button onClick=${() => attempt(() => load(list.page + 1))}>
        ${t("more")}
      </button>`}
    </section>
    <${Audit} list=${log} />
  `;
}

render(
  html`<${Page}
    title="admin"
    may=${(user) => user.roles.includes("admin")}
    refused="admins_only"
    Body=${Admin}
  />`,
  document.getElementById("app"),
);
