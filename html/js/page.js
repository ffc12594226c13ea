// page: what the pages of one's account and of admins begin with: who is
// there, the header, and what became of the last thing that was done.

import {
  html,
  useEffect,
  useState,
} from "/vendor/htm/preact/standalone.module.js";
import { me } from "./api.js";
import { explained } from "./form.js";
import { Header } from "./shell.js";
import { t } from "./text.js";

/** Body gets { user, changed, attempt }: attempt(action, text) tells `text`,
 *  or what is wrong, and resolves with whether it went well. */
export function Page({ title, may, refused, Body }) {
  const [user, setUser] = useState(undefined);
  const [said, setSaid] = useState(null);

  useEffect(() => {
    document.title = `${t(title)} · Gavel`;
    me().then(setUser, (problem) => {
      setUser(null);
      setSaid({ bad: true, text: problem.message });
    });
  }, []);

  /* an answer to a login says less of somebody */
  const changed = (who) => (who ? attempt(async () => setUser(await me())) : setUser(null));

  const attempt = async (action, text) => {
    try {
      await action();
      setSaid(text ? { text } : null);
      return true;
    } catch (problem) {
      setSaid({
        bad: true,
        text: [problem.message, explained(problem.body?.errors || {})].join(" "),
      });
      return false;
    }
  };

  return html`
    <${Header} user=${user || null} changed=${changed} />
    <main>
      <div class="heading"><h1>${t(title)}</h1></div>
      <div class="notice" aria-live="polite">
        ${said &&
        html`<p
          id="said"
          class=${said.bad ? "error" : "good"}
          role=${said.bad ? "alert" : "status"}
        >
          ${said.text}
        </p>`}
      </div>
      ${user === null && html`<p class="empty">${t("login_first")}</p>`}
      ${user && !may(user) && html`<p class="empty">${t(refused)}</p>`}
      ${user &&
      may(user) &&
      html`<${Body} ...${{ user, attempt }} changed=${setUser} />`}
    </main>
  `;
}
