// Ways out of the allowed folders.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ok, test } from "../lib/check.mjs";
import { malformed } from "../lib/problem.mjs";
import { head, raw } from "../lib/raw.mjs";

const API = "/api/v1";

/** Names for what lies outside, one cleverer than the other. */
function escapes({ root, outside }) {
  const up = "../outside";
  return [
    outside,
    `${root}/${up}`,
    `${root}/demo/../${up}`,
    `${root}/./demo//..//${up}`,
    `${root}/link`,
    `${root}/link/model`,
    `${root}/chain/model`,
    `${root}/up/outside`,
    `${root}/demo/base/../../link`,
    `${root}/%2e%2e/outside`,
    `${root}/..%2foutside`,
    `${root}/%252e%252e%252foutside`,
    `${root}\u0000/../outside`,
    `${outside}\u0000${root}`,
    `${root}/..;/outside`,
    `${root}\\..\\outside`,
    `file://${outside}`,
    "/",
    "/etc",
    "/proc/self/root",
    "/proc/self/cwd",
    `/proc/self/root${outside}`,
    "..",
    ".",
    "~",
    `${root}2`,
    `/dev/fd/0`,
    "/dev/zero",
  ];
}

/** Nothing of the other side in it, and if it is a refusal, one in the right shape. */
function kept(answer, what, { SECRET }) {
  ok(!answer.text.includes(SECRET), `${what} shows what lies outside: ${answer.text.slice(0, 400)}`);
  ok(!/root:x:0/.test(answer.text), `${what} shows /etc/passwd`);
  ok(answer.status < 500, `${what}: ${answer.status} ${answer.text.slice(0, 300)}`);
  if (answer.status >= 400) {
    const why = malformed(answer);
    ok(!why, `${what}: ${answer.status}: ${why}`);
  }
}

test("no listing from outside", async (kit) => {
  for (const path of escapes(kit)) {
    for (const coded of [
      encodeURIComponent(path),
      path.replaceAll("\u0000", "%00"),
      encodeURIComponent(encodeURIComponent(path)),
    ]) {
      const answer = await kit.server.send("GET", `${API}/files?path=${coded.replaceAll(" ", "%20")}`);
      kept(answer, `GET /files ${JSON.stringify(path)}`, kit);
      ok(
        answer.status >= 400,
        `GET /files ${JSON.stringify(path)} was answered: ${answer.text.slice(0, 200)}`,
      );
    }
  }
});

test("no inspection, difference or plan of what lies outside", async (kit) => {
  const { server, models } = kit;
  for (const path of [...escapes(kit), `${kit.root}/config.json`, `${kit.root}/link/model/config.json`]) {
    const what = JSON.stringify(path);
    kept(
      await server.send("POST", `${API}/inspect`, { body: { path, tensors: true } }),
      `inspect ${what}`,
      kit,
    );
    kept(
      await server.send("POST", `${API}/diff`, { body: { a: models.base, b: path } }),
      `diff ${what}`,
      kit,
    );
    const article = {
      base_model_path: models.base,
      adapter_path: models.adapter,
      output_path: `${kit.root}/new`,
    };
    for (const field of ["base_model_path", "adapter_path", "tokenizer_path"]) {
      const answer = await server.send("POST", `${API}/plan`, { body: { ...article, [field]: path } });
      kept(answer, `plan with ${field} ${what}`, kit);
      ok(answer.status !== 200 || answer.json.fits === false, `plan with ${field} ${what} fits`);
    }
  }
});

test("nothing is written outside", async (kit) => {
  const { server, models, outside, root } = kit;
  const before = readdirSync(outside, { recursive: true }).sort().join();
  const places = [
    `${outside}/new`,
    `${root}/link/new`,
    `${root}/../outside/new`,
    `${root}/up/outside/new`,
    `${root}/chain/new`,
    "/tmp/weldlm-hostile-new",
    "new",
    `${root}/new\u0000x`,
  ];
  for (const output_path of places) {
    const body = { base_model_path: models.base, adapter_path: models.adapter, output_path };
    const plan = await server.send("POST", `${API}/plan`, { body });
    ok(plan.status !== 200 || plan.json.fits === false, `a plan for ${JSON.stringify(output_path)} fits`);
    const job = await server.send("POST", `${API}/jobs`, { body });
    kept(job, `a job for ${JSON.stringify(output_path)}`, kit);
    if (job.status === 201) {
      const ended = await server.reach(job.json.id, ["failed", "done", "partial"]);
      ok(ended.state === "failed", `a job for ${JSON.stringify(output_path)} is ${ended.state}`);
    }
  }
  ok(readdirSync(outside, { recursive: true }).sort().join() === before, "something was written outside");
  ok(!existsSync("/tmp/weldlm-hostile-new"), "something was written in the folder for temporary files");
});

test("a link that changes while it is read leads nowhere", async (kit) => {
  const { server, root, outside, models } = kit;
  const [swap, inside, leading] = ["swap", "swap-inside", "swap-leading"].map((name) => join(root, name));
  mkdirSync(inside, { recursive: true });
  writeFileSync(join(inside, "harmless.txt"), "harmless");
  writeFileSync(join(inside, "config.json"), JSON.stringify({ model_type: "llama" }));
  symlinkSync(join(outside, "model"), leading);
  renameSync(inside, swap);
  let running = true;
  let swaps = 0;
  const swapper = (async () => {
    while (running) {
      // Never both and never neither for longer than it takes.
      renameSync(swap, inside);
      renameSync(leading, swap);
      await new Promise((done) => setImmediate(done));
      renameSync(swap, leading);
      renameSync(inside, swap);
      swaps++;
      await new Promise((done) => setImmediate(done));
    }
  })();
  const seen = { ok: 0, refused: 0 };
  try {
    for (let i = 0; i < (kit.long ? 400 : 80); i++) {
      const article = {
        base_model_path: models.base,
        adapter_path: models.adapter,
        output_path: `${swap}/new`,
      };
      const answers = await Promise.all([
        server.send("GET", `${API}/files?path=${encodeURIComponent(swap)}`),
        server.send("POST", `${API}/inspect`, { body: { path: swap, tensors: true } }),
        server.send("POST", `${API}/plan`, { body: { ...article, tokenizer_path: swap } }),
      ]);
      for (const answer of answers) {
        kept(answer, "while a link changes", kit);
        seen[answer.status === 200 ? "ok" : "refused"]++;
      }
    }
  } finally {
    running = false;
    await swapper;
    rmSync(swap, { recursive: true, force: true });
    rmSync(leading, { force: true });
  }
  console.log(`      ${swaps} swaps, ${seen.ok} answers, ${seen.refused} refusals`);
});

test("the pages' files are all that is served", async (kit) => {
  const paths = [
    "/../../../../etc/passwd",
    "/..%2f..%2f..%2fetc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/assets/../../Cargo.toml",
    "/assets/%2e%2e%2f%2e%2e%2fCargo.toml",
    "//etc/passwd",
    "/assets//etc/passwd",
    "/%00",
    "/assets/%00.js",
    "/%252e%252e/etc/passwd",
    "/.sources",
    "/.git/config",
    "/index.sqlite",
    "/server.json",
    "/%ff%fe",
    `${API}/../../etc/passwd`,
    `${API}/jobs/..%2f..%2fsettings/log`,
    `${API}/jobs/%2e%2e/log`,
    `${API}/jobs/../../../etc/passwd/log`,
    `${API}/jobs/%2Fetc%2Fpasswd/log`,
    `${API}/jobs/x%00/log`,
    `${API}/recipes/..%2f..%2findex.sqlite`,
    `${API}/recipes/%2Fetc%2Fpasswd`,
  ];
  for (const path of paths) {
    const headers = {
      Host: `127.0.0.1:${kit.server.port}`,
      Authorization: `Bearer ${kit.server.token}`,
      Connection: "close",
    };
    const answer = await raw(kit.server, head("GET", path, { ...headers, Accept: "*/*" }));
    ok(answer.status > 0 && answer.status < 500, `${path}: ${answer.status}`);
    ok(!/root:x:0|\[workspace\]|SQLite format|\[core\]/.test(answer.text), `${path} shows a file`);
    if (path.startsWith(`${API}/`))
      ok(answer.status >= 400, `${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
  }
});

test("names of recipes and jobs are no paths", async (kit) => {
  const { server, data, place } = kit;
  for (const name of [
    "../evil",
    "..",
    ".",
    "a/b",
    "/etc/evil",
    "a\u0000b",
    "-rf",
    "x".repeat(300),
    "a\\b",
    ".hidden",
    "con\n",
    "",
  ]) {
    const coded = encodeURIComponent(name) || "%20";
    const body = {
      format: "json",
      text: JSON.stringify({ base_model_path: "a", adapter_path: "b", output_path: "c" }),
    };
    const answer = await server.send("PUT", `${API}/recipes/${coded}`, { body });
    kept(answer, `PUT /recipes/${coded}`, kit);
    if (name !== ".hidden" && name !== "-rf")
      ok(answer.status >= 400, `recipe ${JSON.stringify(name)} was taken`);
    kept(await server.send("GET", `${API}/jobs/${coded}`), `GET /jobs/${coded}`, kit);
    kept(
      await server.send("DELETE", `${API}/jobs/${coded}?output=delete`, { body: "" }),
      `DELETE /jobs/${coded}`,
      kit,
    );
    await server.send("DELETE", `${API}/recipes/${coded}`);
  }
  for (const path of [
    join(data, "evil"),
    join(place, "evil"),
    join(place, "evil.json"),
    join(data, "evil.json"),
    "/etc/evil",
  ]) {
    ok(!existsSync(path), `${path} was written`);
  }
});
