// account: one's own profile, password, and the devices that are logged in.

import {
  html,
  render,
  useEffect,
  useState,
} from "/vendor/htm/preact/standalone.module.js";
import { get, me, post, put, remove } from "./api.js";
import { Field } from "./form.js";
import { Page } from "./page.js";
import { chooseProfile, locale, t, when } from "./text.js";

function Profile({ user, changed, attempt }) {
  const submit = (event) => {
    event.preventDefault();

    const profile = Object.fromEntries(new FormData(event.target));

    attempt(async () => {
      await put("/users/me/profile", profile);

      if (profile.locale !== user.locale) {
        await chooseProfile(profile.locale);
      }

      changed(await me());
    }, t("saved"));
  };

  return html`
    <form class="card fields" id="profile" onSubmit=${submit}>
      <h2>${t("profile")}</h2>
      <${Field}
        name="display_name"
        value=${user.display_name}
        maxlength="50"
        required
      />
      <${Field} name="full_name" value=${user.full_name} maxlength="100" />
      <${Field}
        name="locale"
        value=${user.locale || locale}
        options=${[
          ["ko", "한국어"],
          ["en", "English"],
        ]}
      />
      <${Field} name="bio" area value=${user.profile.bio || ""} maxlength="2000" />
      <footer><button class="first">${t("save")}</button></footer>
    </form>
  `;
}

function Password({ user, attempt, after }) {
  const submit = async (event) => {
    event.preventDefault();

    const form = event.target;
    const answer = Object.fromEntries(new FormData(form));

    if (
      await attempt(
        () => post("/auth/change-password", answer),
        t("password_changed"),
      )
    ) {
      form.reset();
      after();
    }
  };

  return html`
    <form class="card fields" id="password" onSubmit=${submit}>
      <h2>${t("change_password")}</h2>
      <input hidden autocomplete="username" value=${user.email || user.username} />
      <${Field}
        name="current"
        type="password"
        autocomplete="current-password"
        required
      />
      <${Field}
        name="new"
        type="password"
        autocomplete="new-password"
        minlength="8"
        maxlength="128"
        required
      />
      <footer><button class="first">${t("change_password")}</button></footer>
    </form>
  `;
}

/** What a user agent calls itself, short. */
function deviceOf(text) {
  const browser = /(Edg|OPR|Whale|Firefox|Chrome|Safari)/.exec(text)?.[1];
  const system = /(iPhone|iPad|Android|Windows|Mac OS|Linux)/.exec(text)?.[1];

  return (
    [{ Edg: "Edge", OPR: "Opera" }[browser] || browser, system]
      .filter(Boolean)
      .join(" · ") ||
    text ||
    "?"
  );
}

function Sessions({ list, attempt, after, changed }) {
  const end = (one) =>
    attempt(async () => {
      await remove(`/auth/sessions/${one.id}`);
      after();
    });

  const endAll = () =>
    attempt(async () => {
      await post("/auth/logout", { all: true });
      changed(null);
    });

  return html`
    <section class="card" id="sessions">
      <div class="row">
        <h2>${t("sessions")}</h2>
        <button id="logout-all" class="plain" onClick=${endAll}>
          ${t("logout_all")}
        </button>
      </div>
      <ul class="people">
        ${list.map(
          (one) =>
            html`<li key=${one.id} data-session=${one.id}>
              <div>
                <b title=${one.device}>${deviceOf(one.device)}</b>
                <small>${one.ip} · ${t("last_used", when(one.used_at))}</small>
              </div>
              ${one.current
                ? html`<span class="tag good">${t("this_device")}</span>`
                : html`<button
                    class="plain"
                    aria-label=${t("log_out_of", deviceOf(one.device))}
                    onClick=${() => end(one)}
                  >
                    ${t("logout")}
                  </button>`}
            </li>`,
        )}
      </ul>
    </section>
  `;
}

function Account({ user, changed, attempt }) {
  const [list, setList] = useState([]);

  const load = () =>
    attempt(async () => setList((await get("/auth/sessions")).results));
  const again = () =>
    get("/auth/sessions").then((page) => setList(page.results), () => {});

  useEffect(() => {
    load();
  }, [user.id]);

  return html`
    <${Profile} ...${{ user, changed, attempt }} />
    <${Password} ...${{ user, attempt }} after=${again} />
    <${Sessions} ...${{ list, attempt, changed }} after=${again} />
  `;
}

render(
  html`<${Page} title="account" may=${() => true} Body=${Account} />`,
  document.getElementById("app"),
);
