// Writes the types of the interface from docs/openapi.json, which the server's tests keep equal to the code. They are made
// anew before every check of types and not committed; the pages themselves are built without them.
// The paths there begin behind /api/v1, which the client adds.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const source = new URL("../../docs/openapi.json", import.meta.url);
const target = new URL("../.generated/schema.d.ts", import.meta.url);

const document = JSON.parse(await readFile(source, "utf8"));
const text = astToString(await openapiTS(document, { emptyObjectsUnknown: true }));
await mkdir(new URL(".", target), { recursive: true });
await writeFile(target, `// Generated from docs/openapi.json by \`npm run api\`; do not edit.\n\n${text}`);
