// shell: what all pages share: header, login, language.

import { html, useState } from "/vendor/htm/preact/standalone.module.js";
import { login, logout, register } from "./api.js";
import { locale, setLocale, t } from "./text.js";

/** The header; `user` may be null; `changed(user)` after login or logout. */
export function Header({ user, changed }) {
  const [dialog, setDialog] = useState(null);

  const leave = async () => {
    await logout();
    changed(null);
  };

  return html`
    <header class="top">
      <a class="brand" href="/">Gavel</a>
      <nav>
        <a class="plain" href="/calendar">${t("calendar")}</a>
        <button
          class="plain"
          onClick=${() => setLocale(locale === "ko" ? "en" : "ko")}
        >
          ${locale === "ko" ? "English" : "한국어"}
        </button>
        ${user
          ? html`<span class="who">${user.display_name}</span>
              <button id="logout" class="plain" onClick=${leave}>
                ${t("logout")}
              </button>`
          : html`<button id="login" onClick=${() => setDialog("login")}>
                ${t("login")}
              </button>
              <button class="plain" onClick=${() => setDialog("register")}>
                ${t("register")}
              </button>`}
      </nav>
      ${dialog &&
      html`<${Door}
        kind=${dialog}
        close=${() => setDialog(null)}
        entered=${(who) => {
          setDialog(null);
          changed(who);
        }}
      />`}
    </header>
  `;
}

function Door({ kind, close, entered }) {
  const [error, setError] = useState("");

  const submit = async (event) => {
    event.preventDefault();

    const form = new FormData(event.target);

    try {
      entered(
        kind === "login"
          ? await login(form.get("identifier"), form.get("password"))
          : await register(
              form.get("email"),
              form.get("name"),
              form.get("password"),
            ),
      );
    } catch (problem) {
      setError(problem.message);
    }
  };

  return html`
    <div class="veil" onClick=${close}>
      <form
        class="card door"
        aria-label=${t(kind)}
        onSubmit=${submit}
        onClick=${(event) => event.stopPropagation()}
      >
        <h2>${t(kind)}</h2>
        ${kind === "login"
          ? html`<label>
              ${t("identifier")}
              <input name="identifier" autocomplete="username" required />
            </label>`
          : html`<label>
                ${t("email")}
                <input name="email" type="email" autocomplete="email" required />
              </label>
              <label>
                ${t("name")}
                <input name="name" autocomplete="name" required />
              </label>`}
        <label>
          ${t("password")}
          <input
            name="password"
            type="password"
            minlength="8"
            autocomplete=${kind === "login" ? "current-password" : "new-password"}
            required
          />
        </label>
        ${error && html`<p class="error" role="alert">${error}</p>`}
        <footer>
          <button type="button" class="plain" onClick=${close}>
            ${t("cancel")}
          </button>
          <button type="submit">${t(kind)}</button>
        </footer>
      </form>
    </div>
  `;
}

/** What a mode is called. */
export const modeName = (mode) => t(mode === "live" ? "mode_live" : mode);
