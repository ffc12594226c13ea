// people: an account and its devices, and what admins do with people.
//
//   node people.mjs BASE EMAIL ADMIN PASSWORD
//
// Prints TAP; started by people.t.

import assert from "node:assert";
import { end, login, person, shot, shows, test } from "./browser.mjs";

const [, email, admin, password] = process.argv.slice(2);

const [kim, phone, boss] = await Promise.all([
  person("/account"),
  person("/account", "ko-KR"),
  person("/admin", "ko-KR"),
]);

await test("the door is a dialog: focus goes in, Escape leaves", async () => {
  await shows(phone, ".empty", "로그인하세요");
  await phone.click("#login");
  assert.equal(
    await phone.evaluate(() => document.activeElement.name),
    "identifier",
  );
  await phone.keyboard.press("Escape");
  await phone.waitForSelector(".door", { state: "detached" });
});

await test("who signs up is told what is wrong, and is in", async () => {
  const page = await person("/", "ko-KR");

  await page.click('nav button:has-text("가입")');
  await page.fill("[name=email]", email);
  await page.fill("[name=name]", "새 사람");
  await page.fill("[name=password]", password);
  await page.click(".door [type=submit]");
  await shows(page, ".door .error", "이메일: 이미 사용 중입니다");
  await page.fill("[name=email]", "somebody@test.gavel");
  await page.click(".door [type=submit]");
  await shows(page, "#account", "새 사람");
});

/** Keeps back what `page` is told of `path`; returns what lets it go. */
async function held(page, path) {
  let release;
  const free = new Promise((resolve) => {
    release = resolve;
  });

  await page.route(path, async (route) => {
    const answer = await route.fetch();

    await free;
    await route.fulfill({ response: answer });
    await page.unroute(path);
  });

  return release;
}

await test("a profile is changed, and the header follows", async () => {
  const devices = await held(kim, "**/auth/sessions");

  await login(kim, email, password);
  await login(phone, email, password);
  await kim.fill("#profile [name=display_name]", "Kim Minji");
  devices();
  await kim.waitForSelector("[data-session]");
  await kim.click("#profile footer button");
  await shows(kim, "#said", "Saved");
  await shows(kim, "#account", "Kim Minji");
});

await test("strange cookies of our names are in nobody's way", async () => {
  const strange = (name, path) => ({
    name,
    path,
    value: "strange",
    domain: new URL(kim.url()).hostname,
  });

  await kim
    .context()
    .addCookies([
      strange("gavel_access", "/api"),
      strange("gavel_refresh", "/api/v1/auth/refresh"),
      strange("gavel_csrf", "/account"),
    ]);
  await kim.context().clearCookies({ name: "gavel_access", path: "/" });
  await kim.reload();
  await kim.fill("#profile [name=bio]", "I collect cookies");
  await kim.click("#profile footer button");
  await shows(kim, "#said", "Saved");
});

const language = (page) =>
  page.evaluate(() => document.documentElement.lang);

await test("pages speak as the profile says, unless told otherwise", async () => {
  const page = await person("/account", "ko-KR", false);

  assert.equal(await language(page), "ko", "a guest's browser says it");
  await login(page, email, password);
  await shows(page, "#logout", "Log out");
  assert.equal(await language(page), "en", "then the profile does");

  await page.selectOption("#profile [name=locale]", "ko");
  await page.click("#profile footer button");
  await shows(page, "#logout", "로그아웃");
  await page.selectOption("#profile [name=locale]", "en");
  await page.click("#profile footer button");
  await shows(page, "#logout", "Log out");

  await page.click("nav button:has-text('한국어')");
  await shows(page, "#logout", "로그아웃");
  await page.reload();
  await shows(page, "#logout", "로그아웃");
  assert.equal(await page.inputValue("#profile [name=locale]"), "en");

  await page.selectOption("#profile [name=locale]", "ko");
  await page.click("#profile footer button");
  await shows(page, "#said", "저장");
  await page.evaluate(() => localStorage.removeItem("gavel.locale"));
  await page.click("#logout");
  await shows(page, "#login", "로그인");
  assert.deepEqual(page.complaints, []);
  await page.context().close();

  const other = await person("/account", "en-US", false);

  await login(other, email, password);
  await shows(other, "#logout", "로그아웃");
  await other.click("#logout");
  await shows(other, "#login", "Log in");
  assert.deepEqual(other.complaints, []);
  await other.context().close();
});

await test("a password is changed; other devices are logged out", async () => {
  await kim.fill("#password [name=current]", "not this");
  await kim.fill("#password [name=new]", "battery staple");
  await kim.click("#password footer button");
  await shows(kim, "#said", "wrong");
  await kim.fill("#password [name=current]", password);
  await kim.click("#password footer button");
  await shows(kim, "#said", "The password is changed");
  await kim.waitForFunction(
    () => document.querySelectorAll("[data-session]").length === 1,
  );
  await shot(kim, "account");
  await phone.reload();
  await phone.waitForSelector("#login");
});

await test("one device logs another out", async () => {
  await login(phone, email, "battery staple");
  await kim.reload();
  await kim.click("[data-session] button");
  await kim.waitForFunction(
    () => document.querySelectorAll("[data-session]").length === 1,
  );
  await phone.reload();
  await phone.waitForSelector("#login");
});

await test("pages of admins are for admins", async () => {
  await kim.goto(new URL("/admin", kim.url()).href);
  await shows(kim, ".empty", "For admins only");
});

await test("an admin finds somebody, suspends him and lets him in again", async () => {
  const everybody = await held(boss, "**/admin/users?page=*");

  await login(boss, admin, password);
  await boss.fill("[name=search]", "Kim Minji");
  await boss.waitForSelector("[data-user]");
  await Promise.all([
    boss.waitForResponse("**/admin/users?page=*"),
    everybody(),
  ]);
  await boss.waitForFunction(
    () => document.querySelectorAll("[data-user]").length === 1,
  );
  await boss.click("[data-user] summary");
  await boss.keyboard.press("Escape");
  assert.equal(await boss.$("details[open]"), null);
  await boss.click("[data-user] summary");
  await boss.click("[data-action=suspend]");
  await boss.fill("dialog [name=reason]", "shill bidding");
  await boss.click("#yes");
  await shows(boss, "[data-user] .error", "정지: shill bidding");
  await shows(boss, "#audit", "shill bidding");
  await shot(boss, "admin");
  await boss.click("[data-user] summary");
  await boss.click("[data-action=unblock]");
  await boss.waitForSelector("[data-user] .error", { state: "detached" });
});

await test("no page complained", async () => {
  for (const page of [kim, phone, boss]) {
    assert.deepEqual(
      page.complaints.filter((text) => !/status of 4/.test(text)),
      [],
    );
  }
});

await end();
