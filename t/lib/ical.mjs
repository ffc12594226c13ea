// ical FILE: reads a calendar with somebody else's parser and prints it as
// JSON: { name, events: [{ uid, sequence, ... }] }.  Fails if it is none.

import fs from "node:fs";
import ICAL from "ical.js";

const calendar = new ICAL.Component(
  ICAL.parse(fs.readFileSync(process.argv[2], "utf8")),
);

const value = (part, name) => {
  const property = part.getFirstPropertyValue(name);

  return property === null ? null : property.toString();
};

const names = [
  "uid",
  "sequence",
  "dtstamp",
  "dtstart",
  "dtend",
  "summary",
  "description",
  "status",
  "color",
  "url",
];

console.log(
  JSON.stringify({
    version: value(calendar, "version"),
    name: value(calendar, "name"),
    events: calendar
      .getAllSubcomponents("vevent")
      .map((event) =>
        Object.fromEntries(names.map((name) => [name, value(event, name)])),
      ),
  }),
);
