// text: what the pages say, in Korean and English, and how they write numbers
// and times.

import { words as everybody } from "./words.js";
import { words as hosts } from "./words_host.js";
import { words as people } from "./words_people.js";

const words = { ...everybody, ...hosts, ...people };

/* What this browser keeps: the language that was chosen here, and that of the
 * profile of whoever is logged in, so that pages need not wait for it. */
const chosenKey = "gavel.locale";
const profileKey = "gavel.profile_locale";

const kept = (key) => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
};

function keep(key, code) {
  try {
    if (code) {
      localStorage.setItem(key, code);
    } else {
      localStorage.removeItem(key);
    }
  } catch {
    /* a browser that keeps nothing goes by what it says of itself */
  }
}

const wanted = () =>
  new URLSearchParams(location.search).get("lang") ||
  kept(chosenKey) ||
  kept(profileKey) ||
  (navigator.language.startsWith("ko") ? "ko" : "en");

export const locale = wanted();

document.documentElement.lang = locale;

/** The text of a key in the reader's language; %s are filled in order. */
export function t(key, ...values) {
  const row = words[key];

  if (!row) {
    return key;
  }

  return row[locale === "ko" ? 0 : 1].replace(/%s/g, () => values.shift());
}

/** What a member of the interface, or a column of a file, is called here. */
export const wordOf = (name) =>
  [`rule_${name}`, `team_${name}`, name]
    .filter((key) => words[key])
    .map((key) => t(key))[0] || name;

/** What something that has its name from people is called here, if it is one
 *  of those that most have: an attribute, an icon, a colour. */
export const nameOf = (kind, name) =>
  words[`${kind}_${name}`] ? t(`${kind}_${name}`) : name;

/** What a refusal is about, in a word or two. */
export const problemName = (code) => nameOf("problem", code);

/** Switches the language of this browser for good. */
export function setLocale(code) {
  keep(chosenKey, code);
  location.reload();
}

/** Who is logged in has this language, or nobody is: null.  If it is another
 *  than the page's, the page begins anew, and this never resolves. */
export async function followProfile(code) {
  keep(profileKey, code);

  if (wanted() !== locale) {
    location.reload();
    await new Promise(() => {});
  }
}

/** A language that is chosen in the profile counts here, too. */
export function chooseProfile(code) {
  keep(chosenKey, null);

  return followProfile(code);
}

const scale = { KRW: 0, JPY: 0, AP: 0 };

const digitsOf = (currency) => scale[currency] ?? 2;

/** What people type as an amount in minor units, and the other way. */
export const toMinor = (text, currency) =>
  Math.round(Number(text) * 10 ** digitsOf(currency));

export const toMajor = (amount, currency) =>
  (amount / 10 ** digitsOf(currency)).toFixed(digitsOf(currency));

/** The step of an input for amounts. */
export const stepOf = (currency) => toMajor(1, currency);

/** An amount in minor units as people of this currency write it. */
export function money(amount, currency) {
  if (amount === null || amount === undefined) {
    return "–";
  }

  if (currency === "AP") {
    return `${amount.toLocaleString(locale)} P`;
  }

  const digits = digitsOf(currency);

  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amount / 10 ** digits);
}

/** Minutes and seconds left; tenths in the last ten seconds. */
export function remaining(ms) {
  if (ms >= 86_400_000) {
    const days = Math.floor(ms / 86_400_000);
    const hours = Math.floor((ms % 86_400_000) / 3_600_000);

    return locale === "ko" ? `${days}일 ${hours}시간` : `${days}d ${hours}h`;
  }

  const s = Math.floor(ms / 1000);
  const pad = (n) => String(n).padStart(2, "0");

  if (s >= 3600) {
    return `${Math.floor(s / 3600)}:${pad(Math.floor((s % 3600) / 60))}:${pad(s % 60)}`;
  }

  if (ms < 10_000) {
    return (Math.max(0, ms) / 1000).toFixed(1);
  }

  return `${Math.floor(s / 60)}:${pad(s % 60)}`;
}

/** A date and time of day, short. */
export function when(iso) {
  return new Date(iso).toLocaleString(locale, {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
}
