// calendar: a guest looks, moves and follows with keys; a streamer decorates.
//
//   node calendar.mjs BASE STREAMER SEEN COMING EMAIL PASSWORD
//
// Prints TAP; started by calendar.t, which made the auctions.

import assert from "node:assert";
import { end, login, person, shows, test } from "./browser.mjs";

const [, streamer, seen, coming, email, password] = process.argv.slice(2);

const guest = await person("/");
const korean = await person("/calendar", "ko-KR");
const host = await person(`/calendar?streamer=${streamer}`);

/** Presses Tab until what has the focus matches, and no for ever. */
async function tabTo(page, selector) {
  for (let i = 0; i < 80; i += 1) {
    await page.keyboard.press("Tab");

    if (await page.evaluate((s) => document.activeElement.matches(s), selector)) {
      return;
    }
  }

  assert.fail(`no key leads to ${selector}`);
}

await test("every page leads to the calendar", async () => {
  await guest.click('header a[href="/calendar"]');
  await shows(guest, "h1", "Calendar");
  await guest.waitForSelector(".fc-daygrid");
});

await test("a month shows what is in it", async () => {
  await guest.waitForSelector(`#calendar a[href="/auctions/${seen}"]`);
  await shows(guest, "#calendar", "Meets it");
});

await test("it speaks Korean", async () => {
  await shows(korean, "h1", "캘린더");
  await shows(korean, ".fc-today-button", "오늘");
  await korean.waitForSelector(`#calendar a[href="/auctions/${seen}"]`);
});

await test("keys lead to a list, to another month and to an auction", async () => {
  await tabTo(guest, ".fc-listMonth-button");
  await guest.keyboard.press("Enter");
  await guest.waitForSelector(".fc-list");
  await shows(guest, ".fc-list", "Seen");

  const title = await guest.textContent(".fc-toolbar-title");

  await guest.focus(".fc-next-button");
  await guest.keyboard.press("Enter");
  await guest.waitForFunction(
    (old) => document.querySelector(".fc-toolbar-title").textContent !== old,
    title,
  );
  await guest.focus(".fc-prev-button");
  await guest.keyboard.press("Enter");
  await guest.waitForSelector(`.fc-list a[href="/auctions/${seen}"]`);
  await guest.focus(`.fc-list a[href="/auctions/${seen}"]`);
  await guest.keyboard.press("Enter");
  await guest.waitForURL(`**/auctions/${seen}`);
});

await test("a streamer's calendar can be followed", async () => {
  await shows(host, ".heading", "host");
  await host.waitForSelector(`#feed[href$="calendar.ics?streamer=${streamer}"]`);
});

await test("a streamer sees what overlaps, others do not", async () => {
  await login(host, email, password);
  await host.waitForSelector(".fc-event.overlaps");
  assert.equal(await korean.$(".fc-event.overlaps"), null);
});

await test("a streamer decorates for icon points", async () => {
  await shows(host, "#icon-points", "25");
  await host.selectOption("select[name=entry]", coming);
  await host.selectOption("select[name=icon]", "star");
  await shows(host, "#cost", "10");
  await host.click(".decorate button[type=submit]");
  await shows(host, "#decorated", "10");
  await shows(host, "#icon-points", "15");
});

await test("what costs too much cannot be bought", async () => {
  await host.selectOption("select[name=icon]", "gem");
  await shows(host, "#cost", "50");
  await host.waitForSelector(".decorate button[type=submit][disabled]");
});

await test("only mine, or all", async () => {
  await host.click("#mine[aria-pressed=true]");
  await host.waitForSelector('#feed[href$="calendar.ics"]');
});

await test("no page complained", async () => {
  for (const page of [guest, korean, host]) {
    assert.deepEqual(page.complaints, []);
  }
});

await end();
