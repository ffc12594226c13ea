// create: a new auction, with the rules that people choose; or one from a
// template.

import {
  html,
  useEffect,
  useState,
} from "/vendor/htm/preact/standalone.module.js";
import { get, post, requestId } from "./api.js";
import { errorsOf, explained, Field, values } from "./form.js";
import { stepOf, t, toMinor, wordOf } from "./text.js";

const ladders = [
  "kr5",
  "kr10",
  "whatnot",
  "ebay",
  "yahoo_jp",
  "trade_me",
  "maxsold",
  "gunbroker",
  "ipl",
];

const presets = [
  "hard",
  "reset_to",
  "always_reset",
  "extend_end_by",
  "extend_to",
  "raise",
];

const choices = (keys, prefix = "") =>
  keys.map((key) => [key, key ? t(`${prefix}${key}`) : t("as_usual")]);

/** Rules of which some are whole numbers, some words, some yes or no. */
const fields = {
  all: [
    ["format", choices(["open", "sealed", "vickrey", "dutch"], "format_")],
    ["currency", "text"],
    ["ladder", [["", t("as_usual")], ...ladders.map((key) => [key, key])]],
    ["step", "amount"],
    ["clock.preset", choices(["", ...presets], "clock_")],
    ["clock.duration_ms", "seconds"],
    ["clock.window_ms", "seconds"],
    ["clock.max_extensions", "number"],
    ["auto_next_ms", "seconds"],
    ["reveal_ms", "seconds"],
  ],
  dutch: [
    ["dutch_drop", "amount"],
    ["dutch_every_ms", "seconds"],
  ],
  team_draft: [
    ["start_budget", "amount"],
    ["min_price", "amount"],
    ["roster_min", "number"],
    ["roster_max", "number"],
    ["quotas", "text"],
    ["nomination", choices(["", "straight", "snake"], "nomination_")],
    ["nomination_ms", "seconds"],
    ["nominator_bids", "yes"],
    ["team_order", choices(["", "drawn"], "order_")],
    ["order", choices(["", "drawn", "pots", "rotation"], "order_")],
    ["cycles", "number"],
    ["cycle_base_percent", "number"],
    ["auto_fill", "yes"],
    ["broke", choices(["", "bonus", "assign"], "broke_")],
    ["reserve_all", "yes"],
  ],
  money: [
    ["min_price", "amount"],
    ["buy_now", choices(["", "always"], "buy_now_")],
    ["retract", choices(["", "window"], "retract_")],
    ["retract_ms", "seconds"],
    ["offer_ms", "seconds"],
  ],
};

/** "top 0-2, mid 1-1" as { top: [0, 2], mid: [1, 1] }. */
function quotasOf(text) {
  return Object.fromEntries(
    text
      .split(",")
      .map((part) => part.trim().match(/^(.+?)\s+(\d+)\s*-\s*(\d+)$/))
      .filter(Boolean)
      .map(([, role, min, max]) => [role, [Number(min), Number(max)]]),
  );
}

/** The form's members as rules. */
function rulesOf(form, kinds, currency) {
  const rules = {};
  const clock = {};

  for (const [name, text] of Object.entries(form)) {
    const kind = kinds[name];
    const to = name.startsWith("clock.") ? clock : rules;
    const value =
      kind === "seconds"
        ? Math.round(Number(text) * 1000)
        : kind === "amount"
          ? toMinor(text, currency)
          : kind === "number"
            ? Number(text)
            : kind === "yes"
              ? text === "on"
              : text;

    if (name === "quotas") {
      rules.quotas = quotasOf(text);
    } else if (name === "step") {
      rules.ladder = value;
    } else if (kind) {
      to[name.replace("clock.", "")] = value;
    }
  }

  if (rules.format === "open") {
    delete rules.format;
  }

  return Object.keys(clock).length ? { ...rules, clock } : rules;
}

/** What a rule may be, with the names that the form has for other rules. */
const allowed = (text) => String(text).replace(/[a-z]+(_[a-z]+)+/g, wordOf);

/** What is wrong, by member; of rules the server names the member. */
function wrongOf(problem) {
  const errors = errorsOf(problem);

  return problem.code === "invalid_rules" && errors.rules
    ? {
        [errors.rules]: errors.allowed
          ? `${t("invalid_rule")}: ${allowed(errors.allowed)}`
          : t("invalid_rule"),
      }
    : errors;
}

const soon = () => {
  const at = new Date(Date.now() + 3_600_000);

  at.setMinutes(at.getMinutes() - at.getTimezoneOffset());

  return at.toISOString().slice(0, 16);
};

export function Create({ close }) {
  const [mode, setMode] = useState("team_draft");
  const [format, setFormat] = useState("open");
  const [proxy, setProxy] = useState(false);
  const [templates, setTemplates] = useState([]);
  const [errors, setErrors] = useState({});
  const [said, setSaid] = useState("");

  useEffect(() => {
    get("/templates").then(
      (page) => setTemplates(page.results),
      () => {},
    );
  }, []);

  const groups = [
    ...fields.all,
    ...(format === "dutch" ? fields.dutch : []),
    ...(mode === "team_draft" ? fields.team_draft : fields.money),
  ];

  const choose = (value) => {
    setMode(value);
    setProxy(value !== "team_draft");
  };

  /* what amounts are of, and how fine they are */
  const currency = (form) =>
    form.currency || (mode === "team_draft" ? "AP" : "USD");
  const usual = stepOf(currency({}));

  const submit = async (event) => {
    event.preventDefault();

    const form = values(event.target);
    const rules = rulesOf(form, Object.fromEntries(groups), currency(form));

    if (proxy !== (mode !== "team_draft")) {
      rules.no_proxy = !proxy;
    }

    try {
      const made = await post(
        "/auctions",
        {
          title: form.title,
          ...(form.template_id
            ? { template_id: Number(form.template_id) }
            : { mode, rules }),
          ...(form.description ? { description: form.description } : {}),
          starts_at: new Date(form.starts_at).toISOString(),
          ...(form.ends_at
            ? { ends_at: new Date(form.ends_at).toISOString() }
            : {}),
        },
        { "Idempotency-Key": requestId() },
      );

      location.href = `/auctions/${made.id}`;
    } catch (problem) {
      const wrong = wrongOf(problem);

      setErrors(wrong);
      setSaid(problem.message);
      event.target.elements[Object.keys(wrong)[0]]?.focus();
    }
  };

  const field = ([name, kind]) =>
    kind === "yes"
      ? html`<div class="field check" key=${name} data-field=${name}>
          <label>
            <input type="checkbox" name=${name} /> ${t(`rule_${name}`)}
          </label>
          ${errors[name] &&
          html`<small class="error" role="alert">${errors[name]}</small>`}
        </div>`
      : html`<${Field}
          key=${name}
          name=${name}
          label=${t(`rule_${name}`)}
          error=${errors[name] || (name === "step" && errors.ladder)}
          ...${Array.isArray(kind)
            ? {
                options: kind,
                ...(name === "format"
                  ? {
                      value: format,
                      onChange: (event) => setFormat(event.target.value),
                    }
                  : {}),
              }
            : kind === "text"
              ? { placeholder: t(`sample_${name}`) }
              : {
                  type: "number",
                  min: 0,
                  step: kind === "seconds" ? "0.1" : kind === "amount" ? usual : 1,
                }}
        />`;

  return html`
    <form class="card fields" id="create" onSubmit=${submit}>
      <h2>${t("new_auction")}</h2>
      <${Field} name="title" required maxlength="200" error=${errors.title} />
      ${templates.length > 0 &&
      html`<${Field}
        name="template_id"
        label=${t("from_template")}
        options=${[
          ["", "–"],
          ...templates.map((one) => [String(one.id), one.name]),
        ]}
      />`}
      <${Field}
        name="mode"
        value=${mode}
        options=${[
          ["team_draft", t("team_draft")],
          ["live", t("mode_live")],
          ["timed", t("timed")],
        ]}
        error=${errors.mode}
        onChange=${(event) => choose(event.target.value)}
      />
      <${Field}
        name="starts_at"
        type="datetime-local"
        value=${soon()}
        required
        error=${errors.starts_at}
      />
      ${mode === "timed" &&
      html`<${Field}
        name="ends_at"
        type="datetime-local"
        error=${errors.ends_at}
      />`}
      <${Field} name="description" area rows="2" error=${errors.description} />
      <fieldset>
        <legend>${t("rules")}</legend>
        <p class="hint">${t("rules_hint")}</p>
        <div class="fields">
          <div class="field check" data-field="no_proxy">
            <label>
              <input
                type="checkbox"
                checked=${proxy}
                onChange=${(event) => setProxy(event.target.checked)}
              />
              ${t("rule_proxy")}
            </label>
            ${errors.no_proxy &&
            html`<small class="error" role="alert">${errors.no_proxy}</small>`}
          </div>
          ${groups.map(field)}
        </div>
      </fieldset>
      ${said &&
      html`<p class="error" role="alert" id="create-error">
        ${said} ${explained(errors)}
      </p>`}
      <footer>
        <button type="button" class="plain" onClick=${close}>
          ${t("cancel")}
        </button>
        <button class="first">${t("create")}</button>
      </footer>
    </form>
  `;
}
