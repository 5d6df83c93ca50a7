// One `weldlm ui` process, its workers, and a plain HTTP client for it.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { program } from "./place.mjs";

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Waiting longer will not help. */
class Hopeless extends Error {}

/** Asks until the answer is truthy, and says what it waited for when it never is. */
export async function until(what, ask, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  let last;
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer) return answer;
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      last = error;
    }
    await sleep(50);
  }
  throw new Error(`after ${seconds} s still not: ${what}${last ? ` (${last.message})` : ""}`);
}

function freePort() {
  return new Promise((done, fail) => {
    const probe = createServer().once("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

export class Server {
  /** options: data, roots, and if wanted port, token, args, env */
  constructor(options) {
    Object.assign(this, { args: [], env: {}, log: "", starts: [] }, options);
  }

  static async start(options) {
    const server = new Server(options);
    await server.start();
    return server;
  }

  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What a person would open. */
  get address() {
    return `${this.origin}/#token=${this.token}`;
  }

  async start() {
    this.port ??= await freePort();
    const args = ["--lang", "en", "ui", "--port", String(this.port), "--data", this.data];
    for (const root of this.roots) args.push("--root", root);
    if (this.fixed) args.push("--token", this.fixed);
    args.push(...this.args);
    const began = performance.now();
    const env = { ...process.env, ...this.env };
    this.process = spawn(program(), args, { stdio: ["ignore", "pipe", "pipe"], env });
    let said = "";
    const hear = (text) => {
      said += text;
      this.log += text;
    };
    this.process.stdout.setEncoding("utf8").on("data", hear);
    this.process.stderr.setEncoding("utf8").on("data", hear);
    this.process.once("exit", (code, signal) => {
      this.ended = { code, signal };
    });
    this.ended = null;
    this.token = null;
    await until("the server listens", async () => {
      if (this.ended) throw new Hopeless(`weldlm ui ended: ${JSON.stringify(this.ended)}\n${said}`);
      this.token = said.match(/#token=([^\s"]+)/)?.[1] ?? this.token;
      // The port may answer before the address was printed.
      return this.token && (await this.send("GET", "/api/v1/session", { token: null })).status === 200;
    });
    this.starts.push(Math.round(performance.now() - began));
    this.csrf = null;
  }

  async end(signal = "SIGTERM") {
    if (!this.process || this.ended) return;
    const gone = new Promise((done) => this.process.once("exit", done));
    this.process.kill(signal);
    await Promise.race([gone, sleep(10_000)]);
    if (!this.ended) {
      this.process.kill("SIGKILL");
      await gone;
    }
  }

  /** Server and workers, whatever they are doing. */
  async destroy() {
    await this.end();
    for (const pid of this.workers()) signal(pid, "SIGKILL");
  }

  /** One request; headers as they are given, nothing followed, nothing kept alive. */
  send(method, path, { body, headers = {}, token = this.token, timeout = 60_000 } = {}) {
    return new Promise((done, fail) => {
      const all = { ...headers };
      if (token) all.Authorization ??= `Bearer ${token}`;
      const data =
        body === undefined || Buffer.isBuffer(body) || typeof body === "string" ? body : JSON.stringify(body);
      if (data !== undefined) {
        all["Content-Type"] ??= "application/json";
        all["Content-Length"] ??= Buffer.byteLength(data);
      }
      const began = performance.now();
      const options = {
        host: "127.0.0.1",
        port: this.port,
        method,
        path,
        headers: all,
        agent: false,
        timeout,
      };
      const ask = request(options, (answer) => {
        const parts = [];
        answer.on("data", (part) => parts.push(part));
        answer.on("error", fail);
        answer.on("end", () => {
          const text = Buffer.concat(parts).toString("utf8");
          let json = null;
          try {
            json = JSON.parse(text);
          } catch {
            // Not everything is JSON; whoever expects it looks at `json`.
          }
          done({
            status: answer.statusCode,
            headers: answer.headers,
            text,
            json,
            ms: performance.now() - began,
          });
        });
      });
      ask.on("error", fail);
      ask.on("timeout", () => ask.destroy(new Error(`no answer to ${method} ${path} in ${timeout} ms`)));
      if (data !== undefined) ask.write(data);
      ask.end();
    });
  }

  /** A call that must succeed; gives the JSON. */
  async api(method, path, body) {
    const answer = await this.send(method, `/api/v1${path}`, { body });
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 600)}`);
    return answer.json;
  }

  job(id) {
    return this.api("GET", `/jobs/${id}`);
  }

  /** Waits until the job is in one of the states. */
  async reach(id, states, seconds = 60) {
    const wanted = [states].flat();
    let job;
    try {
      return await until(
        `${id} is ${wanted.join(" or ")}`,
        async () => {
          job = await this.job(id);
          return wanted.includes(job.state) && job;
        },
        seconds,
      );
    } catch (error) {
      throw new Error(`${error.message}; it is ${JSON.stringify({ ...job, request: undefined })}`);
    }
  }

  /** Process ids of workers of this server's data folder. */
  workers() {
    return processes()
      .filter(({ args }) => args[1] === "worker" && args[2]?.startsWith(this.data))
      .map(({ pid }) => pid);
  }

  /** Resident memory in bytes. */
  memory() {
    return memory(this.process.pid);
  }
}

/** A session as a page has it: the cookie, and what a change must repeat. */
export async function signIn(server) {
  const answer = await server.send("POST", "/api/v1/login", { token: null, body: { secret: server.token } });
  if (answer.status !== 204) throw new Error(`login: ${answer.status} ${answer.text}`);
  const full = answer.headers["set-cookie"][0];
  const cookie = full.split(";")[0];
  const session = await server.send("GET", "/api/v1/session", { token: null, headers: { Cookie: cookie } });
  if (!session.json.authenticated) throw new Error("the cookie of a login is no session");
  return { full, cookie, csrf: session.json.csrf };
}

function memory(pid) {
  const found = readFileSync(`/proc/${pid}/status`, "utf8").match(/VmRSS:\s+(\d+) kB/);
  return found ? Number(found[1]) * 1024 : 0;
}

/** A signal to a process that may be gone already. */
export function signal(pid, name) {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}

export function processes() {
  const found = [];
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const args = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0").slice(0, -1);
      const state = readFileSync(`/proc/${name}/stat`, "utf8").split(") ").at(-1)[0];
      if (state !== "Z")
        found.push({ pid: Number(name), args, state, program: readlinkSync(`/proc/${name}/exe`) });
    } catch {
      // It ended meanwhile, or belongs to somebody else.
    }
  }
  return found;
}
