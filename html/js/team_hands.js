// team_hands: what a host does with a team: its points, its right to bid, its
// place and its leader.
//
// A hand gets { id, state, team, world }.

import { html } from "/vendor/htm/preact/standalone.module.js";
import { patch, post, remove, requestId } from "./api.js";
import { ask } from "./dialog.js";
import { stepOf, t, toMinor } from "./text.js";

const once = () => ({ "Idempotency-Key": requestId() });

const path = ({ team }, rest = "") => `/teams/${team.team_id}${rest}`;

const nameOf = ({ team, world }) => world.team(team.team_id);

/** Asks, does it, and says so. */
const asking = (question, act) => async (at) => {
  const [text, options] = question(at);
  const answer = await ask(text, options);

  if (answer) {
    await at.world.attempt(async () => {
      await act(at, answer);
      at.world.tell({ text: t("done") });
    });
  }
};

const move = (by) => (at) =>
  at.world.attempt(() =>
    post(path(at, "/move"), { position: at.team.seat + by }, once()),
  );

const prepares = ({ state }) =>
  ["draft", "scheduled", "lobby"].includes(state.status);

const goesOn = ({ state }) =>
  prepares({ state }) || ["live", "paused"].includes(state.status);

export const teamHands = [
  {
    name: "grant_points",
    when: goesOn,
    run: asking(
      (at) => [
        t("grant_how_many", nameOf(at)),
        {
          yes: t("grant_points"),
          fields: [
            {
              name: "amount",
              label: t("points_more_or_less"),
              type: "number",
              step: stepOf(at.world.currency),
              required: true,
            },
            { name: "reason", label: t("reason"), maxlength: 60 },
          ],
        },
      ],
      (at, { amount, reason }) =>
        post(
          `/auctions/${at.id}/points/grants`,
          {
            team_id: at.team.team_id,
            amount: toMinor(amount, at.world.currency),
            ...(reason ? { reason } : {}),
          },
          once(),
        ),
    ),
  },
  {
    name: "suspend_team",
    when: (at) => goesOn(at) && !at.team.suspended,
    run: asking(
      (at) => [
        t("confirm_suspend", nameOf(at)),
        { yes: t("suspend_team"), danger: true },
      ],
      (at) => patch(path(at), { suspended: true }, once()),
    ),
  },
  {
    name: "unsuspend_team",
    when: (at) => goesOn(at) && at.team.suspended,
    run: (at) =>
      at.world.attempt(() => patch(path(at), { suspended: false }, once())),
  },
  {
    name: "team_up",
    when: (at) => prepares(at) && at.team.seat > 1,
    run: move(-1),
  },
  {
    name: "team_down",
    when: (at) => prepares(at) && at.team.seat < at.state.teams.length,
    run: move(1),
  },
  {
    name: "change_leader",
    when: goesOn,
    run: asking(
      (at) => [
        t("leader_of", nameOf(at)),
        {
          yes: t("change_leader"),
          fields: [
            {
              name: "user_id",
              label: t("team_leader_id"),
              person: true,
              required: true,
            },
          ],
        },
      ],
      (at, { user_id: user }) =>
        post(path(at, "/leader"), { user_id: Number(user) }, once()),
    ),
  },
  {
    name: "remove_team",
    when: prepares,
    run: asking(
      (at) => [
        t("confirm_remove", nameOf(at)),
        { yes: t("remove_team"), danger: true },
      ],
      (at) => remove(path(at)),
    ),
  },
];

export function TeamDesk(at) {
  const hands = teamHands.filter((hand) => hand.when(at));

  return (
    hands.length > 0 &&
    html`<details class="menu" name="desk">
      <summary aria-label=${`${t("more")}: ${nameOf(at)}`}>⋯</summary>
      <div>
        ${hands.map(
          (hand) =>
            html`<button
              class="plain"
              data-action=${hand.name}
              onClick=${(event) => {
                event.target.closest("details").open = false;
                hand.run(at);
              }}
            >
              ${t(hand.name)}
            </button>`,
        )}
      </div>
    </details>`
  );
}
