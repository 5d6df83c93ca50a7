// Random requests to every route of the OpenAPI document.
import { join } from "node:path";
import { ok, test } from "../lib/check.mjs";
import { Fuzz, operations } from "../lib/fuzz.mjs";
import { malformed } from "../lib/problem.mjs";
import { signIn } from "../lib/server.mjs";

const API = "/api/v1";
/** Routes whose answer does not end by itself. */
const STREAMS = /\/events$/;

test("random requests to every route", async (kit) => {
  const { server, models, root, long, seed } = kit;
  // As a page: wrong secrets in the requests lock programs out, but nobody who is signed in.
  const { cookie, csrf } = await signIn(server);
  const known = { Cookie: cookie, "X-CSRF-Token": csrf };
  const document = await server.api("GET", "/openapi.json");
  const schemas = document.components.schemas;
  const places = [
    models.base,
    models.adapter,
    models.merged,
    root,
    join(root, "fuzzed"),
    join(models.base, "config.json"),
    kit.outside,
  ];
  const fuzz = new Fuzz(seed, places);
  const all = operations(document);
  const statuses = {};
  const total = long ? 6000 : 1500;
  for (let i = 0; i < total; i++) {
    const { method, path, parameters, schema } = all[i % all.length];
    const url = API + fuzz.fill(path.replace(API, ""), parameters);
    const body = method === "GET" ? undefined : fuzz.body(schema, schemas);
    const headers = STREAMS.test(path) ? { ...known, Accept: "application/json" } : known;
    if (path.endsWith("/logout")) continue;
    // The stream of all jobs has no end to wait for.
    if (path.replace(API, "") === "/events") continue;
    const what = `#${i} ${method} ${url.slice(0, 200)} ${String(body).slice(0, 300)}`;
    let answer;
    try {
      answer = await server.send(method, url, { token: null, body, headers, timeout: 20_000 });
    } catch (error) {
      throw new Error(
        `${what}: ${error.message}; the server ${server.ended ? "is dead" : "lives"}\n${server.log.slice(-2000)}`,
      );
    }
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
    if (answer.status >= 400) {
      const why = malformed(answer);
      ok(!why, `${what}: ${answer.status}: ${why}`);
    }
    ok(answer.status < 500, `${what}: ${answer.status} ${answer.text.slice(0, 300)}`);
    ok(!answer.text.includes(kit.SECRET), `${what} shows what lies outside`);
  }
  ok(!/panicked at/.test(server.log), `a panic:\n${server.log}`);
  console.log(
    `      ${total} requests, seed ${seed}: ${Object.entries(statuses)
      .map(([s, n]) => `${n} × ${s}`)
      .join(", ")}`,
  );
  const page = await server.send("GET", `${API}/jobs?limit=500`, { token: null, headers: known });
  for (const { id } of page.json.jobs) {
    await server.send("DELETE", `${API}/jobs/${id}?output=keep`, { token: null, headers: known, body: "" });
  }
});
