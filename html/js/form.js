// form: fields of the forms that make things, and what is wrong with them.

import { html } from "/vendor/htm/preact/standalone.module.js";
import { t, wordOf } from "./text.js";

/** One labelled field; error: what is wrong with it.  Whoever hears of its
 *  changes decides on its value; else `value` is what it begins with, and what
 *  somebody has filled in stays when the page is drawn anew. */
export function Field({
  name,
  label,
  hint,
  options,
  error,
  area,
  value,
  ...rest
}) {
  const id = `field-${name}`;
  const held = rest.onChange || rest.onInput;
  const text = value !== undefined && {
    [held ? "value" : "defaultValue"]: value,
  };
  const wrong = error && {
    "aria-invalid": "true",
    "aria-describedby": `${id}-error`,
  };

  return html`<div class=${`field ${error ? "wrong" : ""}`} data-field=${name}>
    <label for=${id}>${label || t(name)}</label>
    ${options
      ? html`<select
          id=${id}
          name=${name}
          ...${held && text}
          ...${rest}
          ...${wrong}
        >
          ${options.map(
            ([key, words]) =>
              html`<option value=${key} selected=${key === value}>
                ${words}
              </option>`,
          )}
        </select>`
      : area
        ? html`<textarea
            id=${id}
            name=${name}
            ...${text}
            ...${rest}
            ...${wrong}
          ></textarea>`
        : html`<input
            id=${id}
            name=${name}
            ...${text}
            ...${rest}
            ...${wrong}
          />`}
    ${hint && html`<small>${hint}</small>`}
    ${error &&
    html`<small class="error" id=${`${id}-error`} role="alert">${error}</small>`}
  </div>`;
}

/** A form's values without what was left empty; `numbers` become numbers. */
export function values(form, numbers = []) {
  return Object.fromEntries(
    [...new FormData(form)]
      .filter(([, value]) => value !== "")
      .map(([name, value]) => [
        name,
        numbers.includes(name) ? Number(value) : value,
      ]),
  );
}

/** A problem's errors in one line: what they are about, and what is wrong. */
export const explained = (errors) =>
  Object.entries(errors)
    .map(
      ([member, what]) => `${wordOf(member)}: ${[what].flat().join(", ")}`,
    )
    .join("; ");

/** A problem's errors by member: { member: text }. */
export function errorsOf(problem) {
  return Object.fromEntries(
    Object.entries(problem.body?.errors || {}).map(([member, what]) => [
      member,
      [what].flat().join(", "),
    ]),
  );
}
