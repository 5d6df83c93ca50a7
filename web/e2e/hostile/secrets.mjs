// Where a secret may not be found afterwards.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { equal, ok, test } from "../lib/check.mjs";
import { processes } from "../lib/server.mjs";

const API = "/api/v1";

/** Every file below a folder, with its text. */
function files(folder) {
  const paths = readdirSync(folder, { recursive: true }).map((name) => join(folder, name));
  return paths
    .filter((path) => statSync(path).isFile())
    .map((path) => ({ path, text: readFileSync(path, "latin1") }));
}

test("no secret in logs, addresses, job files or arguments", async (kit) => {
  const { server, models, root, data } = kit;
  const password = "correct-horse-battery-staple";
  await server.send("POST", `${API}/login`, { token: null, body: { secret: password } });
  await server.send("GET", `${API}/jobs?token=${password}`, { token: null });
  const login = await server.send("POST", `${API}/login`, { token: null, body: { secret: server.token } });
  const session = login.headers["set-cookie"][0].match(/weldlm_session=([^;]+)/)[1];
  equal(login.text, "", "the answer to a login");
  ok(!/token/.test(login.headers.location ?? ""), "the token stands in an address");

  const body = {
    base_model_path: models.base,
    adapter_path: models.adapter,
    output_path: join(root, "secret-out"),
  };
  const job = await server.api("POST", "/jobs", body);
  const seen = [];
  for (;;) {
    for (const { pid, args } of processes().filter((p) => p.args[1] === "worker")) {
      let environ = "";
      try {
        environ = readFileSync(`/proc/${pid}/environ`, "latin1");
      } catch {
        // It has ended.
      }
      seen.push(args.join(" ") + environ);
    }
    const { state } = await server.job(job.id);
    if (["done", "failed", "partial"].includes(state)) break;
  }
  for (const secret of [server.token, session, password]) {
    for (const text of seen) ok(!text.includes(secret), "a worker was told a secret");
    const own = processes().find(({ pid }) => pid === server.process.pid);
    ok(!own.args.join(" ").includes(secret), "a secret is among the server's arguments");
    const log = server.log.replaceAll(/http\S*#token=\S+/g, "");
    ok(!log.includes(secret), "a secret is in the server's log");
    for (const { path, text } of files(data)) {
      if (path.endsWith("server.json")) continue;
      ok(!text.includes(secret), `${path} holds a secret`);
    }
    for (const { path, text } of files(join(root, "secret-out")))
      ok(!text.includes(secret), `${path} holds a secret`);
  }
});

test("files with secrets are their owner's alone", async ({ data }) => {
  equal((statSync(join(data, "server.json")).mode & 0o777).toString(8), "600", "mode of server.json");
  ok((statSync(data).mode & 0o022) === 0, "others may write into the data folder");
});
