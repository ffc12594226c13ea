// pages: two people bid in one auction, a third watches, OBS shows it.
//
//   node pages.mjs BASE AUCTION OVERLAY_PATH EMAIL1 EMAIL2 PASSWORD
//
// Prints TAP; started by pages.t, which made the auction.

import assert from "node:assert";
import { end, login, person, shows, test } from "./browser.mjs";

const [, auction, overlay, first, second, password] = process.argv.slice(2);

const path = `/auctions/${auction}`;
const [kim, lee, watcher, scene] = await Promise.all([
  person(path),
  person(path),
  person(path, "ko-KR"),
  person(overlay),
]);

await test("the list shows the auction and leads to it", async () => {
  const page = await person("/");

  await page.click(`a[href="${path}"]`);
  await shows(page, ".link", "Connected");
  assert.deepEqual(page.complaints, []);
});

await test("a guest is told to log in before he can bid", async () => {
  await shows(watcher, ".hint", "로그인");
  assert.equal(await watcher.$("#bid"), null);
});

await test("two people log in", async () => {
  await login(kim, first, password);
  await login(lee, second, password);
  await kim.waitForSelector("#bid:not([disabled])");
  await lee.waitForSelector("#bid:not([disabled])");
});

await test("who watches finds it in his list", async () => {
  await kim.click("#watch[aria-pressed=false]");
  await kim.waitForSelector("#watch[aria-pressed=true]");

  const list = await kim.context().newPage();

  await list.goto(new URL("/", kim.url()).href);
  await list.click('.tabs button:has-text("Watchlist")');
  await list.waitForSelector(
    '.tabs button[aria-selected=true]:has-text("Watchlist")',
  );
  await list.waitForSelector(`a[href="${path}"]`);
  await list.close();
});

await test("a bid is seen by everybody at once", async () => {
  await kim.click("#bid");
  await shows(kim, "#leading", "You are leading");
  await Promise.all([
    shows(lee, "#leader", "Team 1"),
    shows(watcher, "#leader", "Team 1"),
    shows(scene, "#leader", "Team 1"),
  ]);
  await shows(lee, "#bid", "20");
});

await test("the other raises, and the first is no longer leading", async () => {
  await lee.click("#bid");
  await shows(lee, "#leading", "You are leading");
  await Promise.all([
    shows(kim, "#price", "20"),
    shows(watcher, "#price", "20"),
    shows(scene, "#price", "20"),
  ]);
  await kim.waitForSelector("#bid:not([disabled])");
});

await test("who comes late sees what happened, and a page's name", async () => {
  const late = await person(path);

  await shows(late, ".history", "Team 1");
  await shows(late, ".history", "The auction begins");
  assert.match(await late.title(), / · Gavel$/);
  await late.context().close();
});

await test("an auction that is not there says so, and waits for nothing", async () => {
  const page = await person("/auctions/999999", "ko-KR");

  await shows(page, ".notice .error", "찾을 수 없습니다");
  await page.waitForSelector(".link", { state: "detached" });
  await page.context().close();
});

await test("nothing is wider than a phone", async () => {
  const phone = await person("/");

  await phone.setViewportSize({ width: 390, height: 844 });

  for (const where of ["/", path, "/calendar", "/account"]) {
    await phone.goto(new URL(where, phone.url()).href);
    await phone.waitForSelector("main .card, main .empty");
    assert.ok(
      (await phone.evaluate(() => document.documentElement.scrollWidth)) <= 390,
      where,
    );
  }

  await phone.context().close();
});

await test("an amount that is too low is refused with its reason", async () => {
  await kim.evaluate(() => {
    document.querySelector(".bidding form").noValidate = true;
  });
  await kim.fill(".bidding input", "1");
  await kim.click(".bidding form button");
  await kim.waitForSelector('[data-code="too_low"]');
});

await test("everybody sees how many watch, and what is written", async () => {
  await shows(watcher, "#viewers", "5");
  await shows(watcher, ".chat .hint", "로그인");
  await kim.fill(".chat input", "안녕 <b>all</b>");
  await kim.click(".chat form button");
  await Promise.all([
    shows(watcher, ".chat li", "안녕 <b>all</b>"),
    shows(lee, ".chat li", "안녕 <b>all</b>"),
  ]);
  assert.equal(await lee.$(".chat .delete"), null);
});

await test("who writes may take it back", async () => {
  await kim.click(".chat .delete");
  await kim.waitForSelector(".chat li.gone");
  await shows(watcher, ".chat li.gone", "삭제된");
});

await test("who comes back after his access ran out may bid", async () => {
  await lee.context().clearCookies({ name: "gavel_access" });
  await lee.reload();
  await shows(lee, ".link", "Connected");
  await lee.fill(".chat input", "I am back");
  await lee.click(".chat form button");
  await shows(kim, ".chat li:last-child", "I am back");
  assert.equal(await lee.$(".notice .error"), null);
});

await test("a page that lost its connection catches up", async () => {
  await kim.fill(".chat input", "missed?");
  await watcher.context().setOffline(true);
  await kim.click(".chat form button");
  await kim.click("#bid");
  await shows(kim, "#price", "30");
  await watcher.context().setOffline(false);
  await shows(watcher, "#price", "30");
  await shows(watcher, ".chat li:last-child", "missed?");
});

await test("the countdowns agree and the overlay is transparent", async () => {
  const seconds = async (page) =>
    (await page.textContent(".clock"))
      .trim()
      .split(":")
      .reduce((sum, part) => 60 * sum + parseFloat(part), 0);

  // Time goes on between two looks.
  const before = await seconds(kim);
  const between = await seconds(watcher);
  const after = await seconds(kim);

  assert.ok(between <= before + 1 && between >= after - 1);
  assert.match(
    await scene.evaluate(() => getComputedStyle(document.body).backgroundColor),
    /rgba\(0, 0, 0, 0\)|transparent/,
  );
});

await test("no page complained", async () => {
  const expected =
    /ERR_INTERNET_DISCONNECTED|WebSocket connection|status of 401/;

  for (const page of [kim, lee, watcher, scene]) {
    assert.deepEqual(
      page.complaints.filter((text) => !expected.test(text)),
      [],
    );
  }
});

await end();
