// Who may ask: tokens, guesses, cookies, other sites, other names of this machine.

import { join } from "node:path";
import { equal, ok, test } from "../lib/check.mjs";
import { operations } from "../lib/fuzz.mjs";
import { refused } from "../lib/problem.mjs";
import { head, raw } from "../lib/raw.mjs";
import { Server, signIn, sleep } from "../lib/server.mjs";

const API = "/api/v1";
/** What a person needs before they are known. */
const OPEN = new Set(["GET /session", "POST /login", "POST /logout"]);

/** A second server with its own counters of guesses. */
async function fresh(kit, options = {}) {
  const data = join(kit.place, `data-${process.hrtime.bigint()}`);
  return Server.start({ data, roots: [kit.root], ...options });
}

test("no route answers a stranger", async ({ server }) => {
  const document = await server.api("GET", "/openapi.json");
  const all = operations(document);
  ok(all.length > 25, `only ${all.length} operations are described`);
  for (const { method, path } of all) {
    const short = path.replace(API, "");
    if (OPEN.has(`${method} ${short}`)) continue;
    const url = API + short.replaceAll(/\{[^}]+\}/g, "x");
    const body = method === "GET" ? undefined : {};
    refused(await server.send(method, url, { token: null, body }), 401, `${method} ${short} without a token`);
  }
});

test("a wrong token is refused, wherever it stands", async (kit) => {
  const server = await fresh(kit);
  try {
    refused(await server.send("GET", `${API}/jobs`, { token: "x" }), 401, "a wrong bearer");
    refused(await server.send("GET", `${API}/jobs`, { token: `${server.token}x` }), 401, "one letter more");
    refused(
      await server.send("GET", `${API}/jobs`, { token: server.token.slice(0, -1) }),
      401,
      "one letter less",
    );
    for (const name of ["token", "access_token", "secret"]) {
      const url = `${API}/jobs?${name}=${encodeURIComponent(server.token)}`;
      refused(await server.send("GET", url, { token: null }), 401, `?${name}= in the address`);
    }
    for (const value of ["Bearer", "Bearer ", `Basic ${server.token}`, server.token, "Bearer \u00ff"]) {
      const answer = await server.send("GET", `${API}/jobs`, {
        token: null,
        headers: { Authorization: value },
      });
      refused(answer, [400, 401], `Authorization: ${JSON.stringify(value)}`);
    }
    const cookie = { Cookie: "weldlm_session=x; weldlm_session=" };
    refused(
      await server.send("GET", `${API}/jobs`, { token: null, headers: cookie }),
      401,
      "a made-up cookie",
    );
  } finally {
    await server.destroy();
  }
});

test("guessing is slowed down, and takes as long however near it is", async (kit) => {
  const server = await fresh(kit);
  try {
    const { cookie } = await signIn(server);
    const guess = (secret) => server.send("POST", `${API}/login`, { token: null, body: { secret } });
    const times = { near: [], far: [] };
    let limited = 0;
    for (let i = 0; i < 60; i++) {
      const near = i % 2 === 0;
      const secret = near ? `${server.token.slice(0, -1)}_` : `_${server.token.slice(1)}`;
      const answer = await guess(secret);
      refused(answer, [401, 429], "a guess");
      if (answer.status === 429) limited++;
      else times[near ? "near" : "far"].push(answer.ms);
    }
    ok(limited > 30, `only ${limited} of 60 guesses were held back`);
    const last = await guess("x");
    refused(last, 429, "one more guess");
    ok(Number(last.headers["retry-after"]) > 0, "429 does not say when to come back");
    const middle = (list) => list.sort((a, b) => a - b)[list.length >> 1] ?? 0;
    const apart = Math.abs(middle(times.near) - middle(times.far));
    ok(apart < 3, `near and far guesses are ${apart.toFixed(2)} ms apart`);
    // Who is signed in is not shut out by somebody else's guesses.
    const owner = await server.send("GET", `${API}/jobs`, { token: null, headers: { Cookie: cookie } });
    equal(owner.status, 200, "whoever is signed in, meanwhile");
  } finally {
    await server.destroy();
  }
});

test("guessing by bearer is slowed down, too", async (kit) => {
  const server = await fresh(kit);
  try {
    let limited = 0;
    for (let i = 0; i < 200; i++) {
      const answer = await server.send("GET", `${API}/jobs`, { token: `guess-${i}` });
      refused(answer, [401, 429], "a guess");
      if (answer.status === 429) limited++;
    }
    ok(limited > 0, "200 bearer guesses in a row were all heard");
  } finally {
    await server.destroy();
  }
});

test("the cookie is out of reach of scripts and other sites", async ({ server }) => {
  const { full, cookie } = await signIn(server);
  for (const part of [/;\s*HttpOnly/i, /;\s*SameSite=Strict/i, /;\s*Path=\//i])
    ok(part.test(full), `${part} in ${full}`);
  ok(!cookie.includes(server.token), "the cookie is the token");
  await server.send("POST", `${API}/logout`, {
    token: null,
    headers: { Cookie: cookie, "X-CSRF-Token": "x" },
  });
});

test("signing out ends the session", async ({ server }) => {
  const { cookie, csrf } = await signIn(server);
  const headers = { Cookie: cookie, "X-CSRF-Token": csrf };
  const answer = await server.send("POST", `${API}/logout`, { token: null, headers, body: {} });
  equal(answer.status, 204, "logout");
  refused(await server.send("GET", `${API}/jobs`, { token: null, headers }), 401, "the old cookie");
});

test("another site cannot act through this browser", async ({ server }) => {
  const { cookie, csrf } = await signIn(server);
  const put = (headers, body = "{}") =>
    server.send("PUT", `${API}/settings`, { token: null, headers: { Cookie: cookie, ...headers }, body });
  refused(await put({}), 403, "no CSRF token");
  refused(await put({ "X-CSRF-Token": "x" }), 403, "a wrong CSRF token");
  refused(await put({ "X-CSRF-Token": "" }), 403, "an empty CSRF token");
  const right = { "X-CSRF-Token": csrf };
  for (const origin of [
    "http://evil.example",
    "null",
    `http://127.0.0.1:${server.port + 1}`,
    `https://127.0.0.1:${server.port}.evil.example`,
  ]) {
    refused(await put({ ...right, Origin: origin }), 403, `Origin ${origin}`);
  }
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
    refused(await put({ ...right, "Content-Type": type }), 415, `Content-Type ${type}`);
  }
  const settings = await server.api("GET", "/settings");
  const fine = await put({ ...right, Origin: server.origin }, JSON.stringify(settings));
  ok(fine.status < 300, `the page itself: ${fine.status} ${fine.text}`);
  // No door for scripts of other sites, either.
  const cors = await server.send("GET", `${API}/jobs`, { headers: { Origin: "http://evil.example" } });
  equal(cors.headers["access-control-allow-origin"] ?? null, null, "a CORS header");
  const ask = { Origin: "http://evil.example", "Access-Control-Request-Method": "PUT" };
  const flight = await server.send("OPTIONS", `${API}/settings`, { token: null, headers: ask });
  equal(flight.headers["access-control-allow-origin"] ?? null, null, "a CORS header of a preflight");
});

test("other names of this machine are refused", async ({ server }) => {
  const bearer = { Authorization: `Bearer ${server.token}` };
  const names = [
    "evil.example",
    `evil.example:${server.port}`,
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "",
    "a b",
    "[::1",
    "127.0.0.1@evil.example",
  ];
  for (const Host of names) {
    for (const path of ["/", `${API}/session`, `${API}/jobs`, `${API}/events`]) {
      const answer = await raw(server, head("GET", path, { Host, ...bearer, Connection: "close" }));
      ok([400, 403, 421].includes(answer.status), `Host ${JSON.stringify(Host)} ${path}: ${answer.status}`);
    }
  }
  const absolute = await raw(
    server,
    head("GET", `http://evil.example${API}/session`, { Host: "evil.example", Connection: "close" }),
  );
  ok([400, 403, 421].includes(absolute.status), `an absolute address: ${absolute.status}`);
  const two = await raw(
    server,
    `GET ${API}/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
  );
  ok([400, 401, 403, 421].includes(two.status), `two hosts: ${two.status}`);
  for (const Host of [
    "127.0.0.1",
    `127.0.0.1:${server.port}`,
    `localhost:${server.port}`,
    `[::1]:${server.port}`,
  ]) {
    const answer = await raw(server, head("GET", `${API}/session`, { Host, Connection: "close" }));
    equal(answer.status, 200, `Host ${Host}`);
  }
});

test("every answer carries the headers that confine a page", async ({ server }) => {
  const csp =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
  for (const path of ["/", "/merge", "/jobs/x", "/api/docs", `${API}/session`, `${API}/nothing`]) {
    const headers = { Accept: "text/html" };
    const answer = await server.send("GET", path, { headers });
    equal(answer.headers["content-security-policy"], csp, `the policy of ${path}`);
    equal(answer.headers["x-content-type-options"], "nosniff", `nosniff on ${path}`);
    ok(
      /no-referrer|same-origin/.test(answer.headers["referrer-policy"] ?? ""),
      `the referrer policy of ${path}`,
    );
  }
  const jobs = await server.send("GET", `${API}/jobs`);
  ok(/no-store/.test(jobs.headers["cache-control"] ?? ""), "answers of the API may be kept by caches");
});

test("an open port needs a secret", async (kit) => {
  const data = join(kit.place, "data-open");
  let started = null;
  try {
    started = await Promise.race([
      Server.start({ data, roots: [kit.root], args: ["--host", "0.0.0.0", "--no-token"] }),
      sleep(8000).then(() => null),
    ]);
  } catch (error) {
    ok(/weldlm ui ended: {"code":[23]/.test(error.message) && !/panicked/.test(error.message), error.message);
    return;
  }
  await started?.destroy();
  throw new Error("--host 0.0.0.0 --no-token was accepted");
});
