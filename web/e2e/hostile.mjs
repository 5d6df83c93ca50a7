// A hostile client against a running server: node e2e/hostile.mjs [--long] [--seed N] [WORD...]
// Everything here must be refused in the one shape of errors, and must leave the server as it was.
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runAll } from "./lib/check.mjs";
import { demo } from "./lib/models.mjs";
import { folder } from "./lib/place.mjs";
import { Server } from "./lib/server.mjs";
import "./hostile/access.mjs";
import "./hostile/paths.mjs";
import "./hostile/requests.mjs";
import "./hostile/secrets.mjs";
import "./hostile/fuzz.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { long: { type: "boolean" }, seed: { type: "string", default: "1" } },
});

const place = folder("hostile");
const [root, outside, data] = ["root", "outside", "data"].map((name) => join(place, name));
for (const path of [root, outside, join(outside, "model")]) mkdirSync(path, { recursive: true });
// Whatever shows up of this in an answer has escaped.
const SECRET = "outside-c0ffee";
writeFileSync(join(outside, `${SECRET}.txt`), SECRET);
writeFileSync(join(outside, "model", "config.json"), JSON.stringify({ model_type: SECRET }));
writeFileSync(join(outside, "model", `${SECRET}.bin`), SECRET);
const models = demo(join(root, "demo"));
symlinkSync(outside, join(root, "link"));
symlinkSync(join(outside, "model", "config.json"), join(root, "config.json"));
symlinkSync("link", join(root, "chain"));
symlinkSync("..", join(root, "up"));

const server = await Server.start({ data, roots: [root] });
process.on("exit", () => server.process.kill("SIGKILL"));
const kit = {
  server,
  place,
  root,
  outside,
  data,
  models,
  SECRET,
  long: values.long === true,
  seed: Number(values.seed),
};
kit.after = async () => {
  const answer = await server.send("GET", "/api/v1/session", { token: null });
  if (answer.status !== 200 || /panicked at/.test(server.log)) {
    console.log(`FAIL  the server did not survive that: ${answer.status}\n${server.log.slice(-4000)}`);
    process.exit(1);
  }
};
const passed = await runAll(positionals, kit, "hostile");
await server.destroy();
process.exit(passed ? 0 : 1);
