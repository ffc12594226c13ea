// openapi FILE: fails if FILE is not a valid OpenAPI document, or one of its
// examples is not what its schema says.

import fs from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const parser = require("@apidevtools/swagger-parser");
const Ajv = require("ajv/dist/2020").default;

const text = fs.readFileSync(process.argv[2], "utf8");
const api = await parser.validate(JSON.parse(text));
const ajv = new Ajv({ strict: false, validateFormats: false });

let wrong = 0;

const check = (where, { schema, example }) => {
  if (schema && example !== undefined && !ajv.validate(schema, example)) {
    console.log(`${where}: ${ajv.errorsText()}`);
    wrong++;
  }
};

for (const [path, methods] of Object.entries(api.paths)) {
  for (const [method, operation] of Object.entries(methods)) {
    const where = `${method} ${path}`;

    (operation.parameters ?? []).forEach((p) => check(`${where} ${p.name}`, p));
    Object.values(operation.requestBody?.content ?? {}).forEach((content) =>
      check(`${where} body`, content),
    );
    Object.entries(operation.responses).forEach(([status, response]) =>
      Object.values(response.content ?? {}).forEach((content) =>
        check(`${where} ${status}`, content),
      ),
    );
  }
}

process.exit(wrong ? 1 : 0);
