// browser: what the tests in a browser share: chromium, people with pages of
// their own, TAP.  The first argument of a test is the server's address.

import { chromium } from "playwright-core";

const base = process.argv[2];
let number = 0;

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

export async function test(name, body) {
  number += 1;

  try {
    await body();
    console.log(`ok ${number} - ${name}`);
  } catch (error) {
    console.log(`not ok ${number} - ${name}`);
    console.log(String(error.stack).replace(/^/gm, "# "));
    await told();
  }
}

/** What the pages say at the moment of a failure. */
async function told() {
  for (const context of browser.contexts()) {
    for (const page of context.pages()) {
      const text = await page.innerText("body").catch(() => "");

      console.log(`# ${page.url()}: ${text.replace(/\s+/g, " ")}`);
    }
  }
}

/** A page of its own person, with its own cookies, in a language that he
 *  chose in this browser, or not; complaints are kept. */
export async function person(path, locale = "en-US", chose = true) {
  const context = await browser.newContext({ locale });

  if (chose) {
    await context.addInitScript(
      (code) => {
        if (origin !== "null") {
          localStorage["gavel.locale"] ??= code;
        }
      },
      locale.slice(0, 2),
    );
  }

  const page = await context.newPage();

  page.complaints = [];
  page.on("pageerror", (error) => page.complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") {
      page.complaints.push(message.text());
    }
  });
  page.setDefaultTimeout(30_000);
  await page.goto(base + path);

  return page;
}

export async function login(page, email, password) {
  await page.click("#login");
  await page.fill("input[name=identifier]", email);
  await page.fill("input[name=password]", password);
  await page.click(".door button[type=submit]");
  await page.waitForSelector("#logout");
}

export const shows = (page, selector, text) =>
  page.waitForFunction(
    ([where, what]) => document.querySelector(where)?.textContent.includes(what),
    [selector, text],
  );

export async function end() {
  await browser.close();
  console.log(`1..${number}`);
}

/** Asks the interface as a guest; `path` below /api/v1. */
export const ask = async (path) => (await fetch(`${base}/api/v1${path}`)).json();

/** A picture for who wants to look: SHOTS=folder. */
export const shot = async (page, name) => {
  if (process.env.SHOTS) {
    await page.screenshot({ path: `${process.env.SHOTS}/${name}.png` });
  }
};

/** Whether pages make the same of events as the server: folds those after a
 *  snapshot and compares with another one.  Returns how many were folded. */
export async function foldsAlike(page, auction, first) {
  const last = await ask(`/auctions/${auction}/snapshot`);
  const { results } = await ask(
    `/auctions/${auction}/events?after=${first.epoch}:${first.seq}&limit=500`,
  );

  return page.evaluate(
    async ([before, after, events]) => {
      const { begin, fold } = await import("/js/state.js");
      const wanted = (members) => {
        const { head, ...state } = begin(members);

        state.lots.sort((a, b) => a.number - b.number);
        state.teams.sort((a, b) => a.team_id - b.team_id);
        state.lots.forEach((lot) => {
          delete lot.revealed;

          if (lot.status !== "open") {
            delete lot.min_next;
          }
        });

        return state;
      };
      const state = begin(before);

      for (const event of events) {
        if (event.seq <= after.seq && !fold(state, event)) {
          return `${event.type} is not folded`;
        }
      }

      const sorted = (value) =>
        JSON.stringify(value, (key, one) =>
          one && typeof one === "object" && !Array.isArray(one)
            ? Object.fromEntries(Object.entries(one).sort())
            : one,
        );
      const mine = sorted(wanted({ state, epoch: state.epoch, seq: state.seq }));
      const server = sorted(wanted(after));
      const at = [...mine].findIndex((letter, i) => letter !== server[i]);

      return mine === server
        ? events.length
        : `${mine.slice(at - 150, at + 80)} <-> ${server.slice(at - 20, at + 80)}`;
    },
    [first, last, results],
  );
}
