// person: a field in which a host finds somebody by nickname, user name or
// address, instead of by number.

import {
  html,
  useEffect,
  useRef,
  useState,
} from "/vendor/htm/preact/standalone.module.js";
import { get } from "./api.js";
import { t } from "./text.js";

/** Gives the form `name`: the id of who was chosen. */
export function Person({ name, label, required, error }) {
  const [text, setText] = useState("");
  const [found, setFound] = useState(null);
  const [chosen, setChosen] = useState(null);
  const field = useRef(null);
  const id = `person-${name}`;

  useEffect(() => {
    field.current.setCustomValidity(
      chosen || (!text.trim() && !required) ? "" : t("choose_person"),
    );
  }, [chosen, text, required]);

  useEffect(() => {
    const query = text.trim();

    if (chosen || query.length < 2) {
      setFound(null);
      return undefined;
    }

    let late = false;
    const timer = setTimeout(
      () =>
        get(`/users/search?q=${encodeURIComponent(query)}`).then(
          ({ results }) => late || setFound(results),
          () => late || setFound([]),
        ),
      250,
    );

    return () => {
      late = true;
      clearTimeout(timer);
    };
  }, [text, chosen]);

  useEffect(() => {
    const { form } = field.current;
    const forget = () => {
      setText("");
      setChosen(null);
    };

    form?.addEventListener("reset", forget);

    return () => form?.removeEventListener("reset", forget);
  }, []);

  const choose = (person) => {
    setChosen(person);
    setText(person.display_name);
    setFound(null);
    field.current.focus();
  };

  return html`<div class=${`field person ${error ? "wrong" : ""}`} data-field=${name}>
    <label for=${id}>${label}</label>
    <input
      ref=${field}
      id=${id}
      type="search"
      maxlength="120"
      autocomplete="off"
      role="combobox"
      aria-expanded=${found ? "true" : "false"}
      aria-controls=${`${id}-found`}
      placeholder=${t("find_person")}
      value=${text}
      onInput=${(input) => {
        setText(input.target.value);
        setChosen(null);
      }}
    />
    ${chosen && html`<input type="hidden" name=${name} value=${chosen.id} />`}
    ${found &&
    html`<ul id=${`${id}-found`} class="found" role="listbox">
      ${found.map(
        (person) =>
          html`<li key=${person.id} role="option" aria-selected="false">
            <button type="button" class="plain" onClick=${() => choose(person)}>
              ${person.display_name} <small>#${person.id}</small>
            </button>
          </li>`,
      )}
      ${found.length === 0 && html`<li><small>${t("nobody_found")}</small></li>`}
    </ul>`}
    ${error && html`<small class="error" role="alert">${error}</small>`}
  </div>`;
}
