// team_form: a team of a draft, and who leads it.

import { html, useState } from "/vendor/htm/preact/standalone.module.js";
import { post, requestId } from "./api.js";
import { errorsOf, Field, values } from "./form.js";
import { Person } from "./person.js";
import { t } from "./text.js";

export function TeamForm({ id, world }) {
  const [errors, setErrors] = useState({});

  const submit = async (event) => {
    event.preventDefault();

    const form = event.target;
    const team = values(form, ["leader_id", "budget", "slots"]);

    try {
      await post(`/auctions/${id}/teams`, team, {
        "Idempotency-Key": requestId(),
      });
      form.reset();
      form.querySelector("input").focus();
      setErrors({});
      world.tell({ text: t("team_added", team.name) });
    } catch (problem) {
      setErrors(errorsOf(problem));
      world.tell({ bad: true, text: problem.message, code: problem.code });
    }
  };

  const number = (name, least) =>
    html`<${Field}
      name=${name}
      label=${t(`team_${name}`)}
      type="number"
      min=${least}
      step="1"
      error=${errors[name]}
    />`;

  return html`
    <form class="fields" id="team-form" onSubmit=${submit}>
      <${Field} name="name" required maxlength="60" error=${errors.name} />
      <${Person}
        name="leader_id"
        label=${t("team_leader_id")}
        error=${errors.user_id || errors.leader_id}
      />
      ${number("budget", 0)} ${number("slots", 1)}
      <footer><button class="first">${t("add_team")}</button></footer>
    </form>
  `;
}
