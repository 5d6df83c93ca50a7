// The browser tests: node e2e/run.mjs [WORD...], where words choose tests by their names.
//   WELDLM_BIN                the program, else the newest that Cargo built
//   WELDLM_E2E_MODEL, _ADAPTER  a real base and adapter, merged from the first page as well
//   WELDLM_E2E_SHOTS          a folder for pictures of every page
//   WELDLM_E2E_PLACE          where models and results lie, else below the folder for temporary files
//   WELDLM_E2E_FAILED         a folder for what failed tests looked like
//   WELDLM_E2E_SHOW=1         with windows       WELDLM_E2E_KEEP=1   keeps the models and results
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { launch, visitor } from "./lib/browser.mjs";
import { runAll } from "./lib/check.mjs";
import { demo, make, renamed } from "./lib/models.mjs";
import { folder, program } from "./lib/place.mjs";
import { Server } from "./lib/server.mjs";
import "./tests/merge.mjs";
import "./tests/repair.mjs";
import "./tests/survive.mjs";
import "./tests/access.mjs";
import "./tests/keyboard.mjs";
import "./tests/shots.mjs";

const place = folder("e2e");
const root = join(place, "models");
mkdirSync(root, { recursive: true });
const began = performance.now();
const small = demo(join(root, "demo"));
const models = {
  small,
  /** A merge of some seconds, to be interrupted. */
  large: make(join(root, "large")),
  /** Names that no rule knows: only a module mapping brings them to the base's. */
  foreign: renamed(small.adapter, join(root, "demo", "foreign"), (name) =>
    name.replace("model.layers", "decoder.blocks"),
  ),
};
if (process.env.WELDLM_E2E_MODEL) {
  // Copies, since a link would lead out of the folder that the server may read.
  models.real = { base: join(root, "real", "base"), adapter: join(root, "real", "adapter") };
  cpSync(process.env.WELDLM_E2E_MODEL, models.real.base, { recursive: true });
  cpSync(process.env.WELDLM_E2E_ADAPTER, models.real.adapter, { recursive: true });
}
console.log(`models of ${program()} made in ${Math.round(performance.now() - began)} ms`);
// A token of its own, so that a server that starts again is still the one that the browser knows.
const server = await Server.start({
  data: join(place, "data"),
  roots: [root],
  fixed: "e2e-secret-of-this-run",
});
console.log(`server at ${server.origin}, cold start ${server.starts[0]} ms`);
const browser = await launch();
const end = async () => {
  await browser.close().catch(() => {});
  await server.destroy();
};
process.on("SIGINT", () => end().then(() => process.exit(130)));
let count = 0;
const kit = {
  server,
  models,
  root,
  place,
  browser,
  visit: (options) => visitor(browser, server, options),
  /** A name for an output that is not there yet. */
  fresh: (name) => join(root, `${name}-${++count}`),
};
const passed = await runAll(process.argv.slice(2), kit);
await end();
process.exit(passed ? 0 : 1);
