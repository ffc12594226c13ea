// dialog: questions that do not stop the page: clocks and prices go on.

import { html, render } from "/vendor/htm/preact/standalone.module.js";
import { Person } from "./person.js";
import { t } from "./text.js";

function Field({ name, label, options, value, person, ...rest }) {
  if (person) {
    return html`<${Person} name=${name} label=${label} ...${rest} />`;
  }

  return html`<label>
    ${label}
    ${options
      ? html`<select name=${name} ...${rest}>
          ${options.map(
            ([key, text]) =>
              html`<option value=${key} selected=${key === value}>
                ${text}
              </option>`,
          )}
        </select>`
      : html`<input name=${name} value=${value} ...${rest} />`}
  </label>`;
}

/**
 * Asks; resolves with null when the answer is no, else with what was filled
 * in, by name.  fields: [{ name, label, type, value, options, ... }]; person: true asks
 * for somebody.
 */
export function ask(text, { yes = t("yes"), fields = [], danger } = {}) {
  const dialog = document.createElement("dialog");
  const before = document.activeElement;

  dialog.className = "card ask";
  dialog.setAttribute("aria-label", text);
  document.body.append(dialog);

  return new Promise((resolve) => {
    let answer = null;

    const submit = (event) => {
      event.preventDefault();
      answer = Object.fromEntries(new FormData(event.target));
      dialog.close();
    };

    dialog.addEventListener("close", () => {
      dialog.remove();
      before?.focus?.();
      resolve(answer);
    });
    render(
      html`<form onSubmit=${submit}>
        <p>${text}</p>
        ${fields.map((field) => html`<${Field} ...${field} />`)}
        <footer>
          <button type="button" class="plain" onClick=${() => dialog.close()}>
            ${t("cancel")}
          </button>
          <button id="yes" class=${danger ? "danger" : ""}>${yes}</button>
        </footer>
      </form>`,
      dialog,
    );
    dialog.showModal();
    dialog.querySelector("input, select, #yes").focus();
  });
}
