// shell: what all pages share: header, login, language.

import {
  html,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "/vendor/htm/preact/standalone.module.js";
import { login, logout, register } from "./api.js";
import { explained } from "./form.js";
import { locale, setLocale, t } from "./text.js";

/** The header; `user` may be null; `changed(user)` after login or logout. */
export function Header({ user, changed }) {
  const [dialog, setDialog] = useState(null);

  const leave = () =>
    logout().then(
      () => changed(null),
      (problem) => alert(problem.message),
    );

  useEffect(closeMenus, []);

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
          ? html`${user.roles?.includes("admin") &&
              html`<a class="plain" href="/admin">${t("admin")}</a>`}
              <a class="plain" id="account" href="/account"
                >${user.display_name}</a
              >
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

/** Menus close as people expect: by Escape, and when they go elsewhere. */
function closeMenus() {
  const close = (event) => {
    const menu = document.querySelector("details.menu[open]");

    if (event.key === "Escape" && menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (event.type === "click" && !menu?.contains(event.target)) {
      menu?.removeAttribute("open");
    }
  };

  document.addEventListener("keydown", close);
  document.addEventListener("click", close);

  return () => {
    document.removeEventListener("keydown", close);
    document.removeEventListener("click", close);
  };
}

function Door({ kind, close, entered }) {
  const [error, setError] = useState("");
  const dialog = useRef(null);

  useLayoutEffect(() => {
    dialog.current.showModal();
    dialog.current.querySelector("input").focus();
  }, []);

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
      setError(
        [problem.message, explained(problem.body?.errors || {})].join(" "),
      );
    }
  };

  return html`
    <dialog
      class="card door"
      ref=${dialog}
      aria-label=${t(kind)}
      onClose=${close}
    >
      <form onSubmit=${submit}>
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
                ${t("display_name")}
                <input
                  name="name"
                  autocomplete="nickname"
                  maxlength="50"
                  required
                />
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
    </dialog>
  `;
}

/** What a mode is called. */
export const modeName = (mode) => t(mode === "live" ? "mode_live" : mode);
