// What many listeners, many jobs and a long log cost the server: node e2e/load.mjs [--jobs 1000] [--clients 200] [--log 100]
// Ends with 1 when an answer takes longer than 100 ms, or when the server holds more than 150 MB or keeps growing.
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { demo, make } from "./lib/models.mjs";
import { folder, program } from "./lib/place.mjs";
import { Server, signal, sleep, until } from "./lib/server.mjs";

const LIMIT_MS = 100;
const LIMIT_MB = 150;
const GROWTH_MB = 15;
const MB = 1e6;
const { values } = parseArgs({
  options: {
    jobs: { type: "string", default: "1000" },
    clients: { type: "string", default: "200" },
    log: { type: "string", default: "100" },
  },
});
const [JOBS, CLIENTS, LOG] = [values.jobs, values.clients, values.log].map(Number);
const place = folder("load");
const [root, data] = [join(place, "root"), join(place, "data")];
mkdirSync(root, { recursive: true });
const small = demo(join(root, "demo"));
const large = make(join(root, "large"), { hidden: 1024, layers: 24, rank: 768 });
const failures = [];

/** Ids as the server makes them, long ago. */
function id(n) {
  const two = (value) => String(value).padStart(2, "0");
  const letters = "abcdefghijklmnopqrstuvwxyz234567";
  const end = [n >> 10, n >> 5, n].map((part) => letters[part & 31]).join("");
  return `20250101-${two(Math.floor(n / 3600))}${two(Math.floor(n / 60) % 60)}${two(n % 60)}-a${end}`;
}

/** A finished job once more, under another id. */
function copy(from, to) {
  cpSync(join(data, "jobs", from), join(data, "jobs", to), { recursive: true });
  const path = join(data, "jobs", to, "job.json");
  writeFileSync(path, readFileSync(path, "utf8").replaceAll(from, to));
}

/** Makes a job's history as long as one that told everything for days. */
function lengthen(name, megabytes) {
  const path = join(data, "jobs", name, "events.jsonl");
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  const end = lines.pop();
  const time = JSON.parse(end).t;
  writeFileSync(path, `${lines.join("\n")}\n`);
  const line = (n) =>
    `${JSON.stringify({ t: time, type: "log", level: n % 97 === 0 ? "warn" : "info", text: `line ${n}: ${"lorem ipsum ".repeat(12)}` })}\n`;
  for (let n = 0; statSync(path).size < megabytes * MB; ) {
    let block = "";
    for (let i = 0; i < 5000; i++) block += line(n++);
    appendFileSync(path, block);
  }
  appendFileSync(path, `${end}\n`);
}

/** A stream of events; counts what came, and tells when it is over. */
function listen(server, path) {
  const seen = { ids: [], ended: false, heartbeats: 0 };
  const headers = { Authorization: `Bearer ${server.token}`, Accept: "text/event-stream" };
  const ask = request({ host: "127.0.0.1", port: server.port, path, headers, agent: false }, (answer) => {
    seen.status = answer.statusCode;
    answer.setEncoding("utf8");
    let rest = "";
    answer.on("data", (text) => {
      const blocks = (rest + text).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const number = block.match(/^id: ?(.+)$/m);
        if (number) seen.ids.push(number[1]);
        else if (block.startsWith(":")) seen.heartbeats++;
        if (/^event: ?end$/m.test(block)) seen.ended = true;
      }
    });
    answer.on("error", () => {});
  });
  ask.on("error", () => {});
  ask.end();
  seen.close = () => ask.destroy();
  return seen;
}

/** Asks one after the other; adds what it took. */
async function ask(server, paths, rounds, times) {
  for (let i = 0; i < rounds; i++) {
    for (const path of paths) {
      const answer = await server.send("GET", path, {
        headers: { Accept: path.startsWith("/api") ? "application/json" : "text/html" },
      });
      if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
      times[path] ??= [];
      times[path].push(answer.ms);
    }
  }
}

function report(title, times, limit) {
  console.log(`\n${title}\n  ${"ms: median".padStart(10)}    p95    most  page`);
  for (const [path, all] of Object.entries(times)) {
    all.sort((a, b) => a - b);
    const at = (part) => all[Math.min(all.length - 1, Math.floor(all.length * part))];
    const row = [at(0.5), at(0.95), all.at(-1)].map((ms) => ms.toFixed(1));
    console.log(
      `  ${row[0].padStart(10)} ${row[1].padStart(6)} ${row[2].padStart(7)}  ${path.replace(/\d{8}-\d{6}-\w{4}/, "ID")}`,
    );
    if (limit && at(0.95) > limit) failures.push(`${path} takes ${row[1]} ms (${title})`);
  }
}

const server = await Server.start({ data, roots: [root] });
process.on("exit", () => server.process.kill("SIGKILL"));
const first = await server.api("POST", "/jobs", {
  base_model_path: small.base,
  adapter_path: small.adapter,
  output_path: join(root, "first"),
});
await server.reach(first.id, "done");
await server.end();
console.log(`${program()}; cold start ${server.starts[0]} ms`);

for (let n = 1; n < JOBS; n++) copy(first.id, id(n));
const long = id(JOBS);
copy(first.id, long);
lengthen(long, LOG);
for (const name of readdirSync(data).filter((entry) => entry.startsWith("index.sqlite")))
  rmSync(join(data, name));
await server.start();
const total = (await server.api("GET", "/jobs?limit=1")).total;
console.log(`${total} jobs, one with a log of ${LOG} MB; start with a lost index ${server.starts.at(-1)} ms`);
if (total !== JOBS + 1) failures.push(`${total} jobs are listed instead of ${JOBS + 1}`);
await server.end();
await server.start();
console.log(`start with its index ${server.starts.at(-1)} ms, ${(server.memory() / MB).toFixed(0)} MB`);
if (server.starts.at(-1) > 1000) failures.push(`a start takes ${server.starts.at(-1)} ms`);

const memory = [];
const sampler = setInterval(() => !server.ended && memory.push(server.memory()), 200);
const pages = [
  "/",
  "/jobs",
  "/api/v1/jobs?limit=50",
  "/api/v1/jobs?limit=50&offset=900",
  "/api/v1/jobs?state=done&limit=50",
  "/api/v1/jobs?q=demo&limit=50",
  "/api/v1/system",
  `/api/v1/files?path=${encodeURIComponent(root)}`,
  "/api/v1/catalog",
  `/api/v1/jobs/${long}`,
  `/api/v1/jobs/${long}/events?tail=1&limit=500`,
  `/api/v1/jobs/${long}/events?after=50000000&limit=500`,
  `/api/v1/jobs/${long}/receipt`,
];
const quiet = {};
await ask(server, pages, 50, quiet);
report("nobody else", quiet, LIMIT_MS);

const levels = [];
for (let round = 1; round <= 3; round++) {
  const output_path = join(root, `large-${round}`);
  const job = await server.api("POST", "/jobs", {
    base_model_path: large.base,
    adapter_path: large.adapter,
    output_path,
  });
  const path = `/api/v1/jobs/${job.id}/events`;
  const clients = Array.from({ length: CLIENTS }, () => listen(server, path));
  const worker = await until("a worker is at it", () => server.workers()[0]);
  await server.reach(job.id, ["running", "verifying"]);
  signal(worker, "SIGSTOP");
  const crowd = {};
  await ask(server, [...pages, `/api/v1/jobs/${job.id}`], 30, crowd);
  report(`round ${round}: ${CLIENTS} listen to a job that stands still`, crowd, LIMIT_MS);
  signal(worker, "SIGCONT");
  const busy = {};
  for (const end = Date.now() + 120_000; Date.now() < end; ) {
    await ask(server, ["/jobs", "/api/v1/jobs?limit=50", `/api/v1/jobs/${job.id}`], 1, busy);
    if ((await server.job(job.id)).state === "done") break;
  }
  // The worker takes both processors here, so these are only shown.
  report(`round ${round}: ${CLIENTS} listen to a job that runs`, busy, null);
  await until("everybody heard the end", () => clients.every((client) => client.ended), 30).catch((error) =>
    failures.push(error.message),
  );
  const whole = JSON.stringify(clients[0].ids);
  const odd = clients.filter((client) => JSON.stringify(client.ids) !== whole).length;
  console.log(`  ${clients[0].ids.length} events each; ${odd} clients heard something else`);
  if (odd > 0) failures.push(`${odd} clients missed events`);
  for (const client of clients) client.close();
  await sleep(1000);
  levels.push(server.memory() / MB);
}
clearInterval(sampler);
const most = Math.max(...memory) / MB;
console.log(
  `\nmemory of the server: ${levels.map((level) => `${level.toFixed(0)} MB`).join(", ")} after each round, at most ${most.toFixed(0)} MB`,
);
if (most > LIMIT_MB) failures.push(`the server held ${most.toFixed(0)} MB`);
if (levels[2] - levels[0] > GROWTH_MB)
  failures.push(`the server grew by ${(levels[2] - levels[0]).toFixed(0)} MB in two rounds`);
await server.destroy();
for (const failure of failures) console.log(`FAIL  ${failure}`);
console.log(failures.length === 0 ? "load: fine" : `load: ${failures.length} limits exceeded`);
process.exit(failures.length === 0 ? 0 : 1);
