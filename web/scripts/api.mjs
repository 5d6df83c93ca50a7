// Writes src/api/schema.d.ts from docs/openapi.json, which the server's tests keep equal to the code.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const PREFIX = "/api/v1";
const source = new URL("../../docs/openapi.json", import.meta.url);
const target = new URL("../src/api/schema.d.ts", import.meta.url);

const document = JSON.parse(await readFile(source, "utf8"));
// The client adds the prefix, so that callers name resources only.
document.paths = Object.fromEntries(
  Object.entries(document.paths).map(([path, item]) => [
    path.startsWith(PREFIX) ? path.slice(PREFIX.length) : path,
    item,
  ]),
);
document.servers = [{ url: PREFIX }];
const text = astToString(await openapiTS(document, { emptyObjectsUnknown: true }));
await writeFile(target, `// Generated from docs/openapi.json by \`npm run api\`; do not edit.\n\n${text}`);
