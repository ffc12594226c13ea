// answers DOCUMENT ANSWERS: tells each answer (a line of JSON: operation,
// status, value) that is not what the OpenAPI document says of it.

import fs from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const Ajv = require("ajv/dist/2020").default;

const [api, lines] = process.argv.slice(2).map((f) => fs.readFileSync(f, "utf8"));
const document = JSON.parse(api);
const ajv = new Ajv({ strict: false, validateFormats: false });
const known = new Map();
const told = new Set();

ajv.addSchema({ ...document, $id: "api" });

const pointer = (s) => s.replace(/~/g, "~0").replace(/\//g, "~1");

for (const line of lines.split("\n").filter(Boolean)) {
  const { path, method, status, value } = JSON.parse(line);
  const where = `${method} ${path} ${status}`;
  const response = document.paths[path][method].responses[status];
  const type = Object.keys(response?.content ?? {})[0];

  let problem = response ? "" : "is not in the document";

  if (type && value !== null) {
    const at =
      `api#/paths/${pointer(path)}/${method}/responses/${status}` +
      `/content/${pointer(type)}/schema`;

    known.set(at, known.get(at) ?? ajv.compile({ $ref: encodeURI(at) }));

    if (!known.get(at)(value)) {
      problem = ajv.errorsText(known.get(at).errors) +
        (value.code ? `: ${value.code}` : "");
    }
  }

  if (problem && !told.has(where + problem)) {
    told.add(where + problem);
    console.log(`${where}: ${problem}`);
  }
}

process.exit(told.size ? 1 : 0);
