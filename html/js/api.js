// api: the REST API as a browser uses it: cookies, CSRF, problems as errors.

import { followProfile, locale, t } from "./text.js";

/** An answer that is not a success; `code` is stable, `message` localised. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || String(status));
    this.status = status;
    this.code = body.code || "unknown";
    this.body = body;
  }
}

/** The values of our cookie, among which there may be strange ones: the
 *  server knows which is good. */
const csrfTokens = () =>
  document.cookie
    .split("; ")
    .map((pair) => /^gavel_csrf=([\w-]+)$/.exec(pair)?.[1])
    .filter(Boolean);

let refreshing = null;

/** An answer's JSON; null where there is none, or where a proxy answers. */
async function bodyOf(response) {
  const text = await response.text();

  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

const unreachable = () => new Problem(0, { detail: t("offline_now") });

async function send(method, path, body, headers) {
  const csrf = csrfTokens();
  const asked = fetch(`/api/v1${path}`, {
    method,
    credentials: "same-origin",
    headers: {
      Accept: "application/json",
      "Accept-Language": document.documentElement.lang,
      ...(body
        ? {
            "Content-Type":
              body instanceof Blob ? body.type : "application/json",
          }
        : {}),
      ...(csrf.length ? { "X-CSRF-Token": csrf.join(", ") } : {}),
      ...headers,
    },
    body: !body || body instanceof Blob ? body : JSON.stringify(body),
  });

  const response = await asked.catch(() => {
    throw unreachable();
  });
  const value = await bodyOf(response);

  if (!response.ok) {
    throw value ? new Problem(response.status, value) : unreachable();
  }

  return value;
}

/** One refresh for all who found their token expired at the same time. */
function refresh() {
  refreshing ??= send("POST", "/auth/refresh", {}).finally(() => {
    refreshing = null;
  });

  return refreshing;
}

/** Whether somebody is logged in, though his access may have run out. */
export const remembered = () => csrfTokens().length > 0;

/** A new access for who is remembered; whether there is one. */
export const renewed = () =>
  remembered()
    ? refresh().then(
        () => true,
        () => false,
      )
    : Promise.resolve(false);

async function request(method, path, body, headers) {
  try {
    return await send(method, path, body, headers);
  } catch (problem) {
    if (
      problem.status !== 401 ||
      problem.code === "credentials" ||
      !remembered()
    ) {
      throw problem;
    }

    await refresh();

    return send(method, path, body, headers);
  }
}

export const get = (path) => request("GET", path);
export const post = (path, body = {}, headers) =>
  request("POST", path, body, headers);

export const put = (path, body = {}, headers) =>
  request("PUT", path, body, headers);
/** Sends a file's bytes as they are. */
export const postFile = (path, file, type) =>
  request("POST", path, new Blob([file], { type }));

export const patch = (path, body = {}, headers) =>
  request("PATCH", path, body, headers);
export const remove = (path) => request("DELETE", path);

/** Logs in with cookies that scripts cannot read; returns the user. */
export async function login(identifier, password) {
  const answer = await send("POST", "/auth/login", {
    identifier,
    password,
    cookies: true,
  });

  await followProfile(answer.user.locale);

  return answer.user;
}

/** Makes an account and logs in. */
export async function register(email, name, password) {
  await send("POST", "/auth/register", {
    email,
    password,
    display_name: name,
    locale,
  });

  return login(email, password);
}

export async function logout() {
  await post("/auth/logout");
  await followProfile(null);
}

/** Who is logged in, or null. */
export async function me() {
  const user = remembered() ? await whoever() : null;

  await followProfile(user && user.locale);

  return user;
}

async function whoever() {
  try {
    return await get("/users/me");
  } catch (problem) {
    if (problem.status === 401 || problem.status === 403) {
      return null;
    }

    throw problem;
  }
}

const names = new Map();
const asked = new Set();

/** The display name of a user, once known; asks for missing ones in one go
 *  and calls `arrived` when they are there. */
export function nameOf(id, arrived) {
  if (names.has(id)) {
    return names.get(id);
  }

  if (!asked.size) {
    setTimeout(() => fetchNames(arrived), 20);
  }

  asked.add(id);

  return `#${id}`;
}

async function fetchNames(arrived) {
  const ids = [...asked].slice(0, 100);

  asked.clear();
  ids.forEach((id) => names.set(id, `#${id}`));

  const people = await get(`/users?ids=${ids.join(",")}`);

  people.results.forEach((user) => names.set(user.id, user.display_name));
  arrived();
}

/** A request id of our own: a retry with the same one is the same request. */
export const requestId = () => crypto.randomUUID();
