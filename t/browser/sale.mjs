// sale: two people bid money, in the open, sealed, and as prices fall.
//
//   node sale.mjs BASE OPEN SEALED DUTCH TIMED OVERLAY EMAIL1 EMAIL2 HOST PASSWORD
//
// Prints TAP; started by sale.t, which made the auctions.

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

const [, open, sealed, dutch, timed, overlay, first, second, owner, password] =
  process.argv.slice(2);

const [kim, lee, host, scene] = await Promise.all([
  person(`/auctions/${open}`),
  person(`/auctions/${open}`),
  person(`/auctions/${open}`),
  person(overlay),
]);
const before = await ask(`/auctions/${open}/snapshot`);

const row = (title) => `.lots li:has(b:text-is("${title}"))`;

const go = (id) =>
  Promise.all(
    [kim, lee, host].map(async (page) => {
      await page.goto(new URL(`/auctions/${id}`, page.url()).href);
      await shows(page, ".link", "Connected");
    }),
  );

const next = () => host.click("[data-action=next_lot]");

const hand = (name) => host.click(`.hands [data-action=${name}]`);

await test("a maximum is set for a lot that still waits", async () => {
  await login(kim, first, password);
  await login(lee, second, password);
  await login(host, owner, password);
  await kim.click(`${row("A camera")} .pre-bid`);
  await kim.fill("dialog input[name=amount]", "50");
  await kim.click("#yes");
  await shows(kim, "#maxima", "$50.00");
  await shows(kim, "#maxima", "Active");
});

await test("it is raised, and nobody else sees it", async () => {
  await kim.click("#maxima button");
  await kim.fill("dialog input[name=amount]", "70");
  await kim.click("#yes");
  await shows(kim, "#maxima", "$70.00");
  assert.equal(await lee.$("#maxima"), null);
});

await test("a maximum bids against a bid", async () => {
  await next();
  await shows(kim, "#leading", "You are leading");
  await lee.waitForSelector("#bid:not([disabled])");
  await lee.click("#bid");
  await shows(lee, ".notice", "Outbid at once");
  await shows(lee, ".history", "automatic");
  await shows(kim, "#leading", "You are leading");
  await shows(lee, "#reserve", "Reserve not met");
  await shot(kim, "maximum");
});

await test("a big bid is asked about first", async () => {
  await lee.fill(".bidding form input", "200");
  await lee.click(".bidding form button");
  await shows(lee, "dialog", "$200.00");
  await shot(lee, "big");
  await lee.keyboard.press("Escape");
  await lee.waitForSelector("dialog", { state: "detached" });
  await lee.fill(".bidding form input", "200");
  await lee.click(".bidding form button");
  await lee.click("#yes");
  await shows(lee, "#leading", "You are leading");
  await shows(kim, ".notice", "You have been outbid");
  await shows(kim, "#maxima", "Outbid");
});

await test("below the reserve the hammer asks the host", async () => {
  await hand("hammer");
  await shows(host, "dialog", "below its reserve");
  await host.click("#yes");
  await lee.waitForSelector(`${row("A camera")}.sold`);
});

await test("the underbidder gets a second chance, and takes it", async () => {
  await host.click(`${row("A camera")} summary`);
  await host.click(`${row("A camera")} [data-action=offer]`);
  await host.click("#yes");
  await shows(kim, ".offer", "A second chance");
  await shot(kim, "offer");
  assert.equal(await lee.$(".offer"), null);
  await kim.click(".offer .gold");
  await shows(kim, ".history", "Sold to leader1");
});

await test("buy-now is confirmed", async () => {
  await next();
  await kim.waitForSelector("#buy-now:not([disabled])");
  await shot(kim, "buy-now");
  await kim.click("#buy-now");
  await shows(kim, "dialog", "$90.00");
  await kim.click("#yes");
  await lee.waitForSelector(`${row("A watch")}.sold`);
  await shows(lee, ".history", "Sold to leader1");
});

await test("pages make of events what the server does", async () => {
  const alike = await foldsAlike(kim, open, before);

  assert.equal(typeof alike, "number", alike);
});

await test("a file is tried, then imported", async () => {
  await host.click("[data-panel=files]");
  await host.setInputFiles("#import-file", {
    name: "goods.csv",
    mimeType: "text/csv",
    buffer: Buffer.from("title,base_price\nA lamp,700\n,5\nA chair,x\n"),
  });
  await host.waitForSelector("#import-do[disabled]");
  await host.click("#import-try");
  await shows(host, "#report.dry", "added 1");
  await host.waitForSelector("#report tr.error");
  assert.equal(await host.$(row("A lamp")), null);
  await shot(host, "import");
  await host.click("#import-do");
  await shows(host, "#report.done", "added 1");
  await host.waitForSelector(row("A lamp"));
  await kim.waitForSelector(row("A lamp"));
});

await test("what was sold is a file to take away", async () => {
  const href = await host.getAttribute('.exports a[href*="results"]', "href");
  const text = await host.evaluate(
    async (from) => (await fetch(from)).text(),
    href,
  );

  assert.match(text, /A watch/);
});

await test("sealed bids are counted, not shown, until they are opened", async () => {
  await go(sealed);
  await next();
  await kim.waitForSelector("#sealed button:not([disabled])");
  await kim.fill("#sealed input", "8");
  await kim.click("#sealed button");
  await shows(kim, "#submitted", "$8.00");
  await lee.fill("#sealed input", "9");
  await lee.click("#sealed button");
  await shows(host, "#submissions", "2");
  assert.ok(!(await host.innerText("#block")).includes("$9.00"));
  await hand("hammer");
  await shows(kim, "#stage", "Locked");
  await shows(scene, "#stage", "Locked");
  await shows(scene, "#leader", "2 sealed bids");
  await shot(scene, "scene-sealed");
  await kim.reload();
  await shows(kim, "#submitted", "$8.00");
  await shot(host, "locked");
  await hand("reveal");
  await lee.waitForSelector(`${row("A vase")}.sold`);
  await shows(lee, ".history", "$9.00");
  await shows(scene, "#result", "$9.00");
});

await test("a price falls until somebody takes it", async () => {
  await go(dutch);

  const clicked = kim.evaluate(async () => {
    const take = () => document.querySelector("#take:not([disabled])");

    while (!take()) {
      await new Promise(requestAnimationFrame);
    }

    take().click();
  });

  await next();
  await clicked;
  await kim.waitForSelector("#take:not([disabled])");
  await kim.waitForFunction(
    () => !document.querySelector("#take").textContent.includes("$1,000.00"),
  );
  await shot(kim, "dutch");
  assert.equal(
    await kim.$(`${row("Tulips")}.sold`),
    null,
    "who could not read a price did not take it",
  );
  await kim.click("#take");
  await lee.waitForSelector(`${row("Tulips")}.sold`);
  await shows(lee, ".history", "Sold to leader1");
});

await test("of many open lots one is chosen, for a maximum", async () => {
  await go(timed);
  await kim.click(`${row("Lot 3")} .choose`);
  await shows(kim, "#lot-title", "Lot 3");
  await kim.fill("#maximum input", "30");
  await kim.click("#maximum button");
  await shows(kim, "#leading", "You are leading");
  await shows(kim, "#maxima", "Lot 3");
  await lee.click(`${row("Lot 3")} button:has-text("Bid")`);
  await shows(lee, ".history", "automatic");
  await shows(kim, "#lot-title", "Lot 3");
  await shot(kim, "timed");
});

const lotOf = async (number) => {
  const { state } = await ask(`/auctions/${timed}/snapshot`);

  return state.lots.find((lot) => lot.number === number);
};

/** Bids for a lot, past the buttons. */
const bids = async (page, number) => {
  const { lot_id, min_next: amount } = await lotOf(number);

  await page.evaluate(
    async ([path, bid]) => (await import("/js/api.js")).post(path, bid),
    [`/auctions/${timed}/bids`, { lot_id, amount }],
  );
};

/** Presses and clicks as soon as the button says something else. */
const clickAtOnce = (page, said, event) =>
  page.evaluate(
    async ([text, kind]) => {
      const button = () => document.querySelector("#bid");

      while (!button() || button().innerText === text) {
        await new Promise(requestAnimationFrame);
      }

      if (kind === "key") {
        button().dispatchEvent(
          new KeyboardEvent("keydown", { key: "Enter", bubbles: true }),
        );
      } else {
        button().dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
      }

      button().click();
    },
    [said, event],
  );

const choose = async (page, number) => {
  await page.click(`${row(`Lot ${number}`)} .choose`);
  await shows(page, "#lot-title", `Lot ${number}`);
  await page.waitForSelector("#bid:not([aria-disabled])");
};

await test("a rival bids while a button is held down: its amount stays", async () => {
  await choose(lee, 1);

  const said = await lee.innerText("#bid");
  const asked = await lotOf(1);

  await lee.hover("#bid");
  await lee.mouse.down();
  await bids(kim, 1);
  await lee.waitForFunction(
    (text) => document.querySelector("#bid").innerText !== text,
    said,
  );
  await lee.mouse.up();
  await shows(lee, ".notice .error", "below the least raise");
  assert.equal((await lotOf(1)).price, asked.min_next);
});

await test("a rival bids just before a click: nothing is bid", async () => {
  await choose(lee, 2);

  for (const event of ["pointer", "key"]) {
    const said = (await lee.$("#bid")) ? await lee.innerText("#bid") : "";
    const clicked = clickAtOnce(lee, said, event);

    await bids(kim, 2);
    await clicked;
    await lee.waitForSelector("#bid:not([aria-disabled])");

    const { bid_count: count, leader_id: leader } = await lotOf(2);

    await lee.click("#bid");
    await shows(lee, "#leading", "You are leading");

    const after = await lotOf(2);

    assert.equal(after.bid_count, count + 1);
    assert.notEqual(after.leader_id, leader, "the click bid nothing");
  }
});

await test("rules that cannot be are shown at their field", async () => {
  await host.goto(new URL("/", host.url()).href);
  await host.click("#new");
  await host.fill("#create [name=title]", "A new draft");
  await host.fill("#create [name=starts_at]", "2055-06-01T12:00");
  await host.selectOption("#create [name=mode]", "live");
  await host.selectOption("#create [name=mode]", "team_draft");
  assert.equal(
    await host.inputValue("#create [name=starts_at]"),
    "2055-06-01T12:00",
    "what is filled in stays",
  );
  await host.fill('#create [name="clock.duration_ms"]', "0.1");
  await host.click("#create footer .first");
  await host.waitForSelector('[data-field="clock.duration_ms"].wrong');
  await shot(host, "create");
  await host.fill('#create [name="clock.duration_ms"]', "20");
  await host.fill("#create [name=quotas]", "top 0-1, mid 1-2");
  await host.selectOption("#create [name=nomination]", "snake");
  await host.click("#create footer .first");
  await host.waitForURL("**/auctions/*");
  await shows(host, "h1", "A new draft");
  await host.waitForSelector("[data-action=publish]");
});

await test("a team joins a draft", async () => {
  await host.click("[data-panel=add_team]");
  await host.fill("#team-form [name=name]", "Reds");
  await host.click("#team-form footer button");
  await shows(host, ".teams", "Reds");
  await shows(host, ".teams", "top 0/1");
});

await test("no page complained", async () => {
  for (const page of [kim, lee, host, scene]) {
    assert.deepEqual(
      page.complaints.filter((text) => !/status of 4/.test(text)),
      [],
    );
  }
});

await end();
