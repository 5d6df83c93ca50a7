// Requests that are too large, too slow, too many or no requests; and words that look like options.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { equal, ok, test } from "../lib/check.mjs";
import { malformed, refused } from "../lib/problem.mjs";
import { head, raw } from "../lib/raw.mjs";
import { processes, until } from "../lib/server.mjs";

const API = "/api/v1";
const known = (server, more = {}) => ({
  Host: `127.0.0.1:${server.port}`,
  Authorization: `Bearer ${server.token}`,
  "Content-Type": "application/json",
  ...more,
});

/** It must neither hang nor take all of it; most servers close in the middle. */
const cutOff = (answer) => [0, 400, 408, 413, 431].includes(answer.status);

test("large bodies are refused before they are taken", async ({ server }) => {
  const before = server.memory();
  for (const path of ["/login", "/plan", "/jobs", "/inspect", "/settings"]) {
    const method = path === "/settings" ? "PUT" : "POST";
    const said = await raw(server, head(method, API + path, known(server, { "Content-Length": 1 << 30 })), {
      quiet: 2000,
    });
    equal(said.status, 413, `${path} with 1 GiB announced`);
    ok(said.text.includes('"code"'), `413 of ${path} is no Problem: ${said.text.slice(-300)}`);
    const piece = Buffer.alloc(1 << 20, 32);
    const chunk = Buffer.concat([Buffer.from("100000\r\n"), piece, Buffer.from("\r\n")]);
    const start = head(method, API + path, known(server, { "Transfer-Encoding": "chunked" }));
    const chunked = await raw(server, [start, ...Array(64).fill(chunk)], { pause: 1, quiet: 2000 });
    ok(cutOff(chunked), `${path} took 64 MiB in chunks: ${chunked.status}`);
  }
  const more = server.memory() - before;
  ok(more < 50e6, `the server holds ${Math.round(more / 1e6)} MB more`);
});

test("deep, broken and doubled JSON", async ({ server }) => {
  const bodies = [
    "[".repeat(200_000),
    `{"a":`.repeat(100_000),
    `{"base_model_path":${"[".repeat(1000)}${"]".repeat(1000)}}`,
    '{"base_model_path":"a","base_model_path":"b"}',
    '{"base_model_path":"\\ud800"}',
    '{"base_model_path":1e999}',
    `{"scale":${"9".repeat(5000)}}`,
    "",
    "null",
    "[]",
    '"x"',
    "{",
    "\ufeff{}",
    Buffer.from('{"base_model_path":"\xff\xfe"}', "latin1"),
  ];
  for (const path of ["/plan", "/jobs", "/inspect", "/diff", "/login"]) {
    for (const body of bodies) {
      const answer = await server.send("POST", API + path, { body });
      const what = `${path} ${String(body).slice(0, 40)}`;
      ok(answer.status < 500, `${what}: ${answer.status}`);
      ok(answer.status !== 201 && answer.status !== 204, `${what} was taken`);
      if (answer.status >= 400) ok(!malformed(answer), `${what}: ${answer.status}: ${malformed(answer)}`);
    }
  }
});

test("huge headers and addresses", async ({ server }) => {
  const Host = `127.0.0.1:${server.port}`;
  const many = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`X-${i}`, "x"]));
  for (const [what, text] of [
    ["a header of 2 MiB", head("GET", "/", { Host, "X-Long": "x".repeat(2 << 20) })],
    ["2,000 headers", head("GET", "/", { Host, ...many })],
    ["an address of 1 MiB", head("GET", `/${"x".repeat(1 << 20)}`, { Host })],
  ]) {
    const answer = await raw(server, text, { quiet: 1500 });
    ok([0, 400, 414, 431].includes(answer.status), `${what}: ${answer.status}`);
  }
});

test("no requests at all", async ({ server }) => {
  for (const text of [
    "\r\n\r\n",
    "GET\r\n\r\n",
    "\u0016\u0003\u0001\u0002\u0000\u0001\u0000",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "GET / HTTP/9.9\r\n\r\n",
    `FOO ${API}/jobs HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  ]) {
    const answer = await raw(server, text, { quiet: 500, most: 5000 });
    ok(answer.status < 500, `${JSON.stringify(text)}: ${answer.status}`);
  }
  const both = head(
    "POST",
    `${API}/plan`,
    known(server, { "Content-Length": 4, "Transfer-Encoding": "chunked" }),
  );
  const smuggled = await raw(
    server,
    `${both}0\r\n\r\nGET ${API}/settings HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  );
  ok((smuggled.text.match(/HTTP\/1\.1 /g) ?? []).length <= 2, "a smuggled request");
});

test("wrong methods and unknown routes answer in the one shape", async ({ server }) => {
  refused(await server.send("GET", `${API}/nothing`), 404, "an unknown route");
  refused(await server.send("GET", `${API}/jobs/nothing`), 404, "an unknown job");
  refused(await server.send("PATCH", `${API}/jobs`, { body: {} }), 405, "PATCH /jobs");
  refused(await server.send("DELETE", `${API}/plan`, { body: {} }), 405, "DELETE /plan");
  refused(
    await server.send("POST", `${API}/plan`, { body: "{}", headers: { "Content-Type": "text/plain" } }),
    415,
    "text",
  );
});

test("slow clients are let go, and hold up nobody", async ({ server, long }) => {
  const most = 75_000;
  const slow = [
    ["no header", raw(server, ["GET / HT"], { most })],
    [
      "a header a second",
      raw(server, ["GET / HTTP/1.1\r\n", ...Array(70).fill("X-A: 1\r\n")], { pause: 1000, most }),
    ],
  ];
  const body = head("POST", `${API}/plan`, known(server, { "Content-Length": 1000 }));
  slow.push(["a byte a second", raw(server, [body, ...Array(70).fill(" ")], { pause: 1000, most })]);
  const crowd = Array.from({ length: long ? 500 : 100 }, () =>
    raw(server, ["GET / HTTP/1.1\r\nHost: 127.0"], { most }),
  );
  const times = [];
  for (let i = 0; i < 20; i++) times.push((await server.send("GET", `${API}/jobs`)).ms);
  ok(Math.max(...times) < 1000, `meanwhile an answer took ${Math.max(...times).toFixed(0)} ms`);
  for (const [what, pending] of slow) {
    const answer = await pending;
    ok(
      answer.how === "closed" && answer.ms < most - 1000,
      `${what} was kept for ${Math.round(answer.ms / 1000)} s`,
    );
  }
  await Promise.all(crowd);
});

test("a field never becomes an option, and no command comes from the web", async (kit) => {
  const { server, models, root, place } = kit;
  const canary = join(place, "canary");
  const good = {
    base_model_path: models.base,
    adapter_path: models.adapter,
    output_path: join(root, "flagged"),
  };
  const commands = [
    `touch ${canary}`,
    `--on-event=touch ${canary}`,
    `;touch ${canary}`,
    `$(touch ${canary})`,
    `\`touch ${canary}\``,
    `|touch ${canary}`,
  ];
  for (const on_event of commands) {
    const plan = await server.send("POST", `${API}/plan`, { body: { ...good, on_event } });
    ok(plan.status !== 200 || plan.json.fits === false, `a plan with on_event fits`);
    const job = await server.send("POST", `${API}/jobs`, { body: { ...good, on_event } });
    refused(job, [400, 403, 422], "a job with on_event");
  }
  const words = [...commands, "--help", "-h", "--config", `--output=${place}/flag`, "--json"];
  for (const word of words) {
    for (const field of [
      "base_model_path",
      "adapter_path",
      "output_path",
      "tokenizer_path",
      "dtype",
      "repo_id",
      "module_mapping",
    ]) {
      const answer = await server.send("POST", `${API}/jobs`, { body: { ...good, [field]: word } });
      ok(answer.status < 500, `${field} ${word}: ${answer.status}`);
      if (answer.status !== 201) continue;
      const argv = processes()
        .filter(({ args }) => args[1] === "worker")
        .map(({ args }) => args);
      for (const args of argv)
        ok(args.length === 3 && !args.join(" ").includes("touch"), `a worker runs as ${args.join(" ")}`);
      await server.reach(answer.json.id, ["failed", "done", "partial"]);
    }
  }
  ok(!existsSync(canary), "a command from the web was run");
  ok(!existsSync(join(place, "flag")), "a field became an option");
});

test("a recipe brings no command, either", async (kit) => {
  const { server, models, root, place } = kit;
  const canary = join(place, "canary-recipe");
  const text = JSON.stringify({
    base_model_path: models.base,
    adapter_path: models.adapter,
    output_path: join(root, "recipe"),
    on_event: `touch ${canary}`,
  });
  const answer = await server.send("PUT", `${API}/recipes/hostile`, { body: { format: "json", text } });
  ok(answer.status < 500, `PUT /recipes: ${answer.status}`);
  const recipe = await server.send("GET", `${API}/recipes/hostile`);
  if (recipe.status === 200 && recipe.json.fields) {
    refused(
      await server.send("POST", `${API}/jobs`, { body: recipe.json.fields }),
      [400, 403, 422],
      "a job from that recipe",
    );
  }
  await server.send("DELETE", `${API}/recipes/hostile`);
  ok(!existsSync(canary), "a command from a recipe was run");
});

test("YAML bombs and odd recipes", async ({ server }) => {
  const bomb = [
    "a: &a [x,x,x,x,x,x,x,x,x]",
    ..."bcdefgh".split("").map((c, i) => `${c}: &${c} [${Array(9).fill(`*${"abcdefg"[i]}`).join(",")}]`),
  ].join("\n");
  const before = server.memory();
  for (const text of [
    bomb,
    "!!python/object/apply:os.system ['true']",
    "- a\n- b",
    "a: b: c",
    "\t",
    `${"a: {".repeat(3000)}`,
  ]) {
    const answer = await server.send("PUT", `${API}/recipes/bomb`, {
      body: { format: "yaml", text },
      timeout: 10_000,
    });
    ok(answer.status < 500, `${text.slice(0, 30)}: ${answer.status}`);
    await server.send("GET", `${API}/recipes/bomb`, { timeout: 10_000 });
  }
  await server.send("DELETE", `${API}/recipes/bomb`);
  ok(server.memory() - before < 60e6, "a recipe filled the memory");
});

test("a client that leaves stops the work it asked for", async ({ server, models }) => {
  const { connect } = await import("node:net");
  for (let i = 0; i < 30; i++) {
    const body = JSON.stringify({ a: models.base, b: models.merged });
    const socket = connect(server.port, "127.0.0.1");
    await new Promise((done) => socket.once("connect", done));
    socket.write(head("POST", `${API}/diff`, known(server, { "Content-Length": body.length })) + body);
    setTimeout(() => socket.destroy(), i);
  }
  await until(
    "the server answers at once again",
    async () => (await server.send("GET", `${API}/jobs`)).ms < 100,
    10,
  );
});
