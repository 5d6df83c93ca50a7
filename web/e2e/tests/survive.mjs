// What may happen while a job runs, and what must be right afterwards: state on the page, and every byte.
import { existsSync } from "node:fs";
import { cut } from "../lib/browser.mjs";
import { equal, ok, test } from "../lib/check.mjs";
import { held, press, same, shows, submit } from "../lib/jobs.mjs";
import { signal, sleep, until } from "../lib/server.mjs";
import { words } from "../lib/words.mjs";

const text = words("en");
/** Long enough for every retry of the page to have been tried once; a minute with WELDLM_E2E_SLOW. */
const CUT_MS = process.env.WELDLM_E2E_SLOW ? 60_000 : 12_000;

async function watching(kit, job) {
  const person = await kit.visit();
  await person.enter();
  await person.go(`/jobs/${job.id}`);
  return person;
}

test("refresh in the middle, and a second tab", async (kit) => {
  const job = await held(kit, "refresh");
  const person = await watching(kit, job);
  await shows(person, "running");
  await person.page.reload();
  await shows(person, "running");
  const second = { page: await person.context.newPage(), lang: "en" };
  await second.page.goto(`${kit.server.origin}/jobs/${job.id}`);
  await shows(second, "running");
  const list = await person.context.newPage();
  await list.goto(`${kit.server.origin}/jobs`);
  const row = list.getByRole("row").filter({ has: list.locator(`a[href="/jobs/${job.id}"]`) });
  await row.getByText(text("state.running"), { exact: true }).waitFor();
  job.go();
  await shows(person, "done");
  await shows(second, "done");
  await row.getByText(text("state.done"), { exact: true }).waitFor();
  same(kit, job.output, kit.models.large);
});

test("closed laptop: the event stream is cut while the job goes on", async (kit) => {
  const job = await held(kit, "laptop");
  const person = await watching(kit, job);
  await shows(person, "running");
  const mend = await cut(person);
  job.go();
  await kit.server.reach(job.id, "done");
  await sleep(CUT_MS);
  await mend();
  await shows(person, "done");
  same(kit, job.output, kit.models.large);
});

test("the stream alone is blocked, as some proxies do", async (kit) => {
  const job = await held(kit, "proxy");
  const person = await kit.visit();
  person.allow(/ERR_FAILED|ERR_BLOCKED/);
  await person.enter();
  // Streams are refused; plain requests for the same events pass.
  await person.context.route(/\/events/, (route) =>
    route.request().headers().accept?.includes("text/event-stream") ? route.abort() : route.continue(),
  );
  await person.go(`/jobs/${job.id}`);
  await shows(person, "running");
  job.go();
  await kit.server.reach(job.id, "done");
  await shows(person, "done");
  same(kit, job.output, kit.models.large);
});

test("server killed in the middle and started again", async (kit) => {
  const { server } = kit;
  const job = await held(kit, "server");
  const person = await watching(kit, job);
  person.allow(
    /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED|Failed to fetch/,
  );
  await shows(person, "running");
  // It works on before its parent is gone: the kernel sends a hangup to orphans that are stopped.
  job.go();
  await server.end("SIGKILL");
  await person.page.getByText(text("app.lost"), { exact: true }).waitFor();
  equal(signal(job.worker, 0), true, "the worker outlived the server");
  await server.start();
  const again = await server.job(job.id);
  equal(again.state, "running", "the state after a restart");
  await shows(person, "running");
  await person.page.getByText(text("app.lost"), { exact: true }).waitFor({ state: "hidden" });
  await shows(person, "done");
  equal((await server.job(job.id)).attempt, 1, "attempts");
  same(kit, job.output, kit.models.large);
});

test("server away while the job ends", async (kit) => {
  const { server } = kit;
  const job = await held(kit, "away");
  job.go();
  await server.end("SIGKILL");
  for (let i = 0; i < 600 && signal(job.worker, 0) && !existsSync(job.output); i++) await sleep(100);
  await server.start();
  equal((await server.reach(job.id, "done")).attempt, 1, "attempts");
  const person = await watching(kit, job);
  await shows(person, "done");
  same(kit, job.output, kit.models.large);
});

test("worker killed: one click resumes it", async (kit) => {
  const job = await held(kit, "worker");
  const person = await watching(kit, job);
  signal(job.worker, "SIGKILL");
  await shows(person, "interrupted", "crash");
  equal((await kit.server.job(job.id)).cause, "crash", "cause");
  ok(!existsSync(job.output), "a half result stands in its place");
  await press(person, "resume");
  await shows(person, "done");
  equal((await kit.server.job(job.id)).attempt, 2, "attempts");
  same(kit, job.output, kit.models.large);
});

test("worker and server killed together", async (kit) => {
  const { server } = kit;
  const job = await held(kit, "both");
  await server.end("SIGKILL");
  signal(job.worker, "SIGKILL");
  await server.start();
  await server.reach(job.id, "interrupted");
  const person = await watching(kit, job);
  await shows(person, "interrupted", "crash");
  await press(person, "resume");
  await shows(person, "done");
  same(kit, job.output, kit.models.large);
});

test("pause gives the memory back, resume goes on", async (kit) => {
  const { server } = kit;
  const job = await held(kit, "pause");
  const person = await watching(kit, job);
  await shows(person, "running");
  const half = (await server.job(job.id)).done_bytes;
  ok(half > 0, "nothing was written yet");
  await press(person, "pause");
  job.go();
  await shows(person, "interrupted", "paused");
  equal(server.workers(), [], "workers after a pause");
  ok(existsSync(`${job.output}.partial`), "what was written is gone");
  await press(person, "resume");
  await shows(person, "done");
  same(kit, job.output, kit.models.large);
});

test("cancel, even when the worker does not listen, then resume", async (kit) => {
  const { server } = kit;
  const job = await held(kit, "cancel");
  const person = await watching(kit, job);
  await shows(person, "running");
  // It is still held, so it cannot hear the signal: after ten seconds it is killed.
  await press(person, "cancel");
  await person.page.waitForTimeout(500);
  await server.reach(job.id, "cancelled", 30);
  await shows(person, "cancelled");
  equal(server.workers(), [], "workers after a cancel");
  ok(!existsSync(job.output), "a half result stands in its place");
  await press(person, "resume");
  await shows(person, "done");
  same(kit, job.output, kit.models.large);
});

test("jobs wait for their turn, and change places", async (kit) => {
  const { server } = kit;
  const job = await held(kit, "queue");
  const [first, second] = [
    await submit(kit, kit.models.small, "first"),
    await submit(kit, kit.models.small, "second"),
  ];
  equal((await server.job(second.id)).state, "queued", "the state of one that waits");
  const person = await kit.visit();
  await person.enter();
  await person.go("/jobs");
  const up = person.page.getByRole("button", {
    name: text("jobs.queue.up", { title: (await server.job(second.id)).title }),
  });
  await up.last().click();
  await until("it is first", async () => (await server.job(second.id)).position === 1);
  job.go();
  person.allow(/ERR_/);
  await server.end("SIGKILL");
  await server.start();
  equal((await server.job(second.id)).position, 1, "its place after a restart");
  for (const { id } of [job, first, second]) await server.reach(id, "done");
  const [one, two] = [await server.job(first.id), await server.job(second.id)];
  ok(two.started < one.started, "they started in the old order");
});
