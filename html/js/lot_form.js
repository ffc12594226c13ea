// lot_form: a lot to be queued, with all its terms.

import { html, useState } from "/vendor/htm/preact/standalone.module.js";
import { post, requestId } from "./api.js";
import { errorsOf, Field, values } from "./form.js";
import { stepOf, t, toMinor } from "./text.js";

const amounts = ["base_price", "reserve", "buy_now", "ceiling"];
const numbers = ["quantity", "pot", "duration"];

/** Which terms a lot can have in an auction of this kind. */
function termsOf({ mode, rules }) {
  const draft = mode === "team_draft";
  const format = rules.format || "open";

  return [
    "base_price",
    ...(draft ? ["role", "pot"] : ["reserve", "quantity"]),
    ...(format === "open" && !draft ? ["buy_now"] : []),
    ...(format === "dutch" ? ["ceiling"] : []),
    "duration",
  ];
}

export function LotForm({ id, state, world }) {
  const [errors, setErrors] = useState({});
  const terms = termsOf(state);

  const submit = async (event) => {
    event.preventDefault();

    const form = event.target;
    const { duration, ...lot } = values(form, numbers);

    amounts
      .filter((name) => lot[name])
      .forEach((name) => {
        lot[name] = toMinor(lot[name], world.currency);
      });

    try {
      await post(
        `/auctions/${id}/lots`,
        {
          ...lot,
          kind: state.mode === "team_draft" ? "player" : "product",
          ...(duration ? { duration_ms: duration * 1000 } : {}),
        },
        { "Idempotency-Key": requestId() },
      );
      form.reset();
      form.querySelector("input").focus();
      setErrors({});
      world.tell({ text: t("lot_added", lot.title) });
    } catch (problem) {
      setErrors(errorsOf(problem));
      world.tell({ bad: true, text: problem.message, code: problem.code });
    }
  };

  const number = (name) =>
    html`<${Field}
      key=${name}
      name=${name}
      type="number"
      min="0"
      step=${amounts.includes(name) ? stepOf(world.currency) : 1}
      hint=${t(`hint_${name}`)}
      error=${errors[name === "duration" ? "duration_ms" : name]}
    />`;

  return html`
    <form class="fields" id="lot-form" onSubmit=${submit}>
      <${Field} name="title" required maxlength="200" error=${errors.title} />
      <${Field}
        name="image_url"
        type="text"
        maxlength="2000"
        error=${errors.image_url}
      />
      <${Field}
        name="description"
        area
        rows="2"
        maxlength="20000"
        error=${errors.description}
      />
      ${terms.map((name) =>
        name === "role"
          ? html`<${Field}
              key="role"
              name="role"
              maxlength="15"
              hint=${t("hint_role")}
              error=${errors.role}
            />`
          : number(name),
      )}
      <footer><button class="first">${t("add_lot")}</button></footer>
    </form>
  `;
}
