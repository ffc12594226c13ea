// draft: two leaders call players and bid, the host has his hands on it.
//
//   node draft.mjs BASE AUCTION OVERLAY_PATH EMAIL1 EMAIL2 HOST PASSWORD
//
// Prints TAP; started by draft.t, which made the auction.

import assert from "node:assert";
import {
  ask,
  end,
  foldsAlike,
  login,
  person,
  shot,
  shows,
  test,
} from "./browser.mjs";

const [, auction, overlay, first, second, owner, password] =
  process.argv.slice(2);

const path = `/auctions/${auction}`;
const [kim, lee, host, scene] = await Promise.all([
  person(path),
  person(path, "ko-KR"),
  person(path),
  person(overlay),
]);
const before = await ask(`${path}/snapshot`);

/** The row of a lot in the list. */
const row = (title) => `.lots li:has(b:text-is("${title}"))`;

// A dialog takes keys until its answer is there.
const press = async (page, key) => {
  await page.waitForSelector("dialog[open]", { state: "detached" });
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press(key);
};

await test("everybody sees whose turn it is", async () => {
  await login(kim, first, password);
  await login(lee, second, password);
  await login(host, owner, password);
  await shows(kim, "#turn", "Your turn");
  await shows(lee, "#turn", "Team 1 팀의 지명 차례");
  await shows(scene, "#turn", "Team 1");
  await kim.waitForSelector("#turn .clock");
  await shows(kim, ".quotas", "top 0/1");
});

await test("only the team on turn may nominate", async () => {
  await kim.waitForSelector(".nominate");
  assert.equal(await lee.$(".nominate"), null);
  await shot(kim, "turn");
  await kim.click(`${row("Lot 2")} .nominate`);
  await Promise.all([
    shows(kim, "#lot-title", "Lot 2"),
    shows(lee, "#lot-title", "Lot 2"),
    shows(scene, "#lot-title", "Lot 2"),
  ]);
});

await test("one bids, the other folds, and everybody sees it", async () => {
  await kim.click("#bid");
  await shows(kim, "#leading", "You are leading");
  await shows(lee, "#my-max", "1,000");
  await shot(lee, "before-fold");
  await lee.click("#fold");
  await shows(kim, ".history", "Team 2 folds");
});

await test("a lot that all others gave up is sold at once", async () => {
  await kim.waitForSelector(`${row("Lot 2")}.sold`);
  await shows(scene, "#result", "Team 1");
  await shows(lee, "[data-roster]", "Lot 2");
  await shot(scene, "result");
  await shows(lee, "#turn", "지명할 차례");
});

await test("the host takes the hammer back with a key", async () => {
  await host.waitForSelector('[data-action="undo"]');
  await press(host, "u");
  await host.fill("dialog input[name=seconds]", "600");
  await shot(host, "undo");
  await host.click("#yes");
  await Promise.all([
    kim.waitForSelector(`${row("Lot 2")}.open`),
    lee.waitForSelector(`${row("Lot 2")}.open`),
  ]);
  await lee.waitForSelector("#bid:not([disabled])");
});

await test("the other bids now", async () => {
  await lee.click("#bid");
  await shows(lee, "#leading", "최고");
  await shows(kim, "#leader", "Team 2");
});

await test("the host pauses and goes on with the space bar", async () => {
  await press(host, " ");
  await shows(kim, ".badge", "Paused");
  await kim.waitForSelector("#bid[disabled]");
  await shows(host, ".badge", "Paused");
  await press(host, " ");
  await shows(kim, ".badge", "Live");
  await shows(host, ".badge", "Live");
});

await test("keys are explained", async () => {
  await press(host, "?");
  await shows(host, "dialog.help[open]", "Hammer");
  await host.keyboard.press("Escape");
  await host.waitForSelector("dialog.help", { state: "detached" });
});

await test("a warning is heard by all, then the hammer falls", async () => {
  await press(host, "w");
  await shows(kim, "#warning", "Going once");
  await shows(scene, "#warning", "Going once");
  await shot(scene, "warning");
  await press(host, "h");
  await lee.waitForSelector(`${row("Lot 2")}.sold`);
});

await test("the host voids a bid, the one below it leads again", async () => {
  await shows(lee, "#turn", "지명할 차례");
  await lee.click(`${row("Lot 1")} .nominate`);
  await shows(kim, "#lot-title", "Lot 1");
  await kim.waitForSelector("#bid:not([disabled])");
  await kim.click("#bid");
  await shows(lee, "#leader", "Team 1");
  await lee.waitForSelector("#bid:not([disabled])");
  await lee.click("#bid");
  await shows(kim, "#leader", "Team 2");
  await shows(host, "#leader", "Team 2");
  await press(host, "v");
  await host.fill("dialog input[name=reason]", "a slip");
  await host.click("#yes");
  await shows(kim, "#leader", "Team 1");
  await shows(kim, ".history", "a slip");
});

await test("the host assigns a player by hand, and puts him back", async () => {
  await press(host, "h");
  await host.waitForSelector(`${row("Lot 1")}.sold`);
  await host.click(`${row("Lot 3")} summary`);
  await shot(host, "desk");
  await host.click(`${row("Lot 3")} [data-action=assign]`);
  await host.selectOption("dialog select", { label: "Team 2" });
  await host.click("#yes");
  await kim.waitForSelector(`${row("Lot 3")}.assigned`);
  await shows(kim, ".history", "to Team 2, assigned");
});

await test("the queue has another order", async () => {
  await host.click("[data-panel=add_lot]");
  await host.fill("#lot-form [name=title]", "Lot 5");
  await host.fill("#lot-form [name=role]", "mid");
  await shot(host, "add-lot");
  await host.click("#lot-form footer button");
  await host.click(`${row("Lot 5")} .up`);
  await host.waitForFunction(() => {
    const titles = [...document.querySelectorAll(".lots li.queued b")].map(
      (title) => title.textContent,
    );

    return titles[0] === "Lot 5";
  });
  await shows(kim, '.lots li.queued .terms', "mid");
});

await test("pages make of events what the server does", async () => {
  const folded = await foldsAlike(kim, auction, before);

  assert.equal(folded, "bid.voided is not folded");

  const since = await ask(`${path}/snapshot`);

  await kim.waitForSelector(".nominate");
  await kim.click(`${row("Lot 5")} .nominate`);
  await shows(lee, "#lot-title", "Lot 5");
  await lee.waitForSelector("#bid:not([disabled])");
  await lee.click("#bid");
  await shows(kim, "#leader", "Team 2");
  await kim.click("#fold");
  await kim.waitForSelector(`${row("Lot 5")}.sold`);
  await host.waitForSelector(`${row("Lot 5")}.sold`);
  await host.waitForSelector('[data-action="undo"]');
  await press(host, "u");
  await host.click("#yes");
  await kim.waitForSelector(`${row("Lot 5")}.open`);
  await host.waitForSelector(`${row("Lot 5")}.open`);
  await press(host, " ");
  await shows(kim, ".badge", "Paused");
  await shows(host, ".badge", "Paused");
  await press(host, " ");
  await shows(kim, ".badge", "Live");
  await shows(host, ".badge", "Live");
  await press(host, "p");
  await host.click("#yes");
  await kim.waitForSelector(`${row("Lot 5")}.unsold`);

  const alike = await foldsAlike(kim, auction, since);

  assert.equal(typeof alike, "number", alike);
  assert.ok(alike > 8, `${alike} events`);

  await host.click(`${row("Lot 5")} summary`);
  await host.click(`${row("Lot 5")} [data-action=requeue]`);
  await host.click("#yes");
  await kim.waitForSelector(`${row("Lot 5")}.queued`);
});

await test("no page complained", async () => {
  const expected = /status of 4|WebSocket is already/;

  for (const page of [kim, lee, host, scene]) {
    assert.deepEqual(
      page.complaints.filter((text) => !expected.test(text)),
      [],
    );
  }
});

await end();
