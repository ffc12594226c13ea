// host: what a host does beside the hammer, and what others see of it.
//
//   node host.mjs BASE DRAFT SALE EMAIL1 EMAIL2 HOST PASSWORD
//
// Prints TAP; started by host.t, which made the auctions.

import assert from "node:assert";
import { ask, end, login, person, shot, shows, test } from "./browser.mjs";

const [, draft, sale, first, second, owner, password] = process.argv.slice(2);

const [host, kim, lee] = await Promise.all([
  person(`/auctions/${draft}`),
  person(`/auctions/${draft}`),
  person(`/auctions/${draft}`, "ko-KR"),
]);

const row = (title) => `.lots li:has(b:text-is("${title}"))`;
const team = (name) => `.teams tr:has(th:has-text("${name}"))`;

/** A hand from the menu of a team or lot. */
const hand = async (page, where, name) => {
  await page.click(`${where} summary`);
  await page.click(`${where} [data-action=${name}]`);
};

const find = async (page, field, text, name) => {
  await page.fill(`#person-${field}`, text);
  await page.click(`#person-${field}-found button:has-text("${name}")`);
};

await test("a queued lot gets another name and price", async () => {
  await login(host, owner, password);
  await login(kim, first, password);
  await login(lee, second, password);
  await hand(host, row("Lot 2"), "edit_lot");
  await host.fill("dialog input[name=title]", "Ace");
  await host.fill("dialog input[name=base_price]", "30");
  await shot(host, "edit-lot");
  await host.click("#yes");
  await host.waitForSelector(row("Ace"));
  await kim.waitForSelector(row("Ace"));
  await shows(host, `.lots li:nth-child(2)`, "30 P");
});

await test("a team joins with a leader who was looked for", async () => {
  await host.click("[data-panel=add_team]");
  await host.fill("#team-form [name=name]", "Reds");
  await host.fill("#person-leader_id", "nobody at all");
  await shows(host, "#person-leader_id-found", "Nobody found");
  await find(host, "leader_id", "newco", "newcomer");
  await shot(host, "person");
  await host.click("#team-form footer button");
  await host.waitForSelector(team("Reds"));
  assert.equal(await host.inputValue("#person-leader_id"), "");

  const { results } = await ask(`/auctions/${draft}/teams`);

  assert.equal(
    results.find((one) => one.name === "Reds").leader.display_name,
    "newcomer",
  );
});

await test("it moves up, and is taken out again", async () => {
  await hand(host, team("Reds"), "team_up");
  await kim.waitForFunction(
    () =>
      [...document.querySelectorAll(".teams tbody tr[data-team] th")][1]
        ?.textContent.includes("Reds"),
  );
  await hand(host, team("Reds"), "remove_team");
  await host.click("#yes");
  await kim.waitForSelector(team("Reds"), { state: "detached" });
});

await test("points are given and taken", async () => {
  await hand(host, team("Team 1"), "grant_points");
  await host.fill("dialog input[name=amount]", "50");
  await host.fill("dialog input[name=reason]", "a quiz");
  await host.click("#yes");
  await kim.waitForSelector(`${team("Team 1")} td:has-text("1,050 P")`);
  await hand(host, team("Team 1"), "grant_points");
  await host.fill("dialog input[name=amount]", "-20");
  await host.click("#yes");
  await kim.waitForSelector(`${team("Team 1")} td:has-text("1,030 P")`);
});

await test("a team is suspended, and let in again", async () => {
  await hand(host, team("Team 2"), "suspend_team");
  await host.click("#yes");
  await lee.waitForSelector(`${team("Team 2")} .tag.bad`);
  await hand(host, team("Team 2"), "unsuspend_team");
  await lee.waitForSelector(`${team("Team 2")} .tag.bad`, {
    state: "detached",
  });
});

await test("a link for OBS is made where the host is", async () => {
  await host.click("[data-panel=files]");
  await host.click("#overlay-make");
  await host.waitForSelector("#overlay-link");

  const scene = await person(
    new URL(await host.inputValue("#overlay-link")).pathname,
  );

  await scene.waitForSelector(".error", { state: "detached" });
  assert.equal(await scene.$(".error"), null);
  await scene.context().close();
  await host.click("[data-panel=files]");
});

await test("nobody else has these hands", async () => {
  assert.equal(await kim.$(".teams summary"), null);
  assert.equal(await kim.$("[data-panel=add_team]"), null);
  assert.equal(await kim.$("[name=slow_mode]"), null);
});

await test("the chat is slowed down, and everybody sees it", async () => {
  await host.selectOption("[name=slow_mode]", "10");
  await shows(kim, "#slow", "One line in 10 s");
  await shows(lee, "#slow", "10초에 한 번");
  await host.selectOption("[name=slow_mode]", "0");
  await kim.waitForSelector("#slow", { state: "detached" });
});

await test("the room sees that the host is away, and back", async () => {
  await shows(kim, ".badge", "Lobby");
  await host.goto("about:blank");
  await shows(kim, "#host-away", "The host is away");
  await shows(lee, "#host-away", "진행자 자리 비움");
  await host.goto(new URL(`/auctions/${draft}`, kim.url()).href);
  await kim.waitForSelector("#host-away", { state: "detached" });
});

await test("an undo is offered as long as there is one, after a reload too", async () => {
  await host.click("[data-action=start]");
  await host.click("[data-action=next_lot]");
  await host.waitForSelector(`${row("Lot 1")}.open`);
  assert.equal(await host.$("[data-action=undo]"), null);
  await host.click(".hands [data-action=hammer]");
  await host.waitForSelector("[data-action=undo]");
  await host.reload();
  await host.waitForSelector("[data-action=undo]");
  await host.click("[data-action=next_lot]");
  await host.waitForSelector("[data-action=undo]", { state: "detached" });
  await host.reload();
  await host.waitForSelector("[data-action=pause]");
  assert.equal(await host.$("[data-action=undo]"), null);
});

await test("a bidder takes his bid back", async () => {
  for (const page of [host, kim, lee]) {
    await page.goto(new URL(`/auctions/${sale}`, page.url()).href);
  }

  await kim.waitForSelector("#bid:not([disabled])");
  await kim.click("#bid");
  await shows(kim, "#leading", "You are leading");
  await kim.click("#retract");
  await kim.fill("dialog input[name=reason]", "a typo");
  await shot(kim, "retract");
  await kim.click("#yes");
  await shows(lee, ".history", "a typo");
  await kim.waitForSelector("#bid:not([disabled])");
});

await test("the host bids for somebody whom he looks up, and voids it", async () => {
  await host.click(".hands [data-action=behalf]");
  await host.fill("#person-user_id", "someone");
  await host.click("#yes");
  await host.waitForSelector("dialog[open]");
  await find(host, "user_id", "newcomer@test.gavel", "newcomer");
  await host.click("#yes");
  await shows(kim, "#leader", "newcomer");
  await host.click(".hands [data-action=void_bid]");
  await host.fill("dialog input[name=reason]", "he left");
  await host.click("#yes");
  await shows(kim, ".history", "he left");
});

await test("no page complained", async () => {
  for (const page of [host, kim, lee]) {
    assert.deepEqual(
      page.complaints.filter((text) => !/status of 4|WebSocket/.test(text)),
      [],
    );
  }
});

await end();
