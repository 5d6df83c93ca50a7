// Jobs that tests start and stop, and how a page shows them.
import { equal } from "./check.mjs";
import { differing } from "./models.mjs";
import { weldlm } from "./place.mjs";
import { signal, until } from "./server.mjs";
import { words } from "./words.mjs";

/** A merge through the API. */
export async function submit({ server, fresh }, { base, adapter }, name = "out") {
  const output = fresh(name);
  const job = await server.api("POST", "/jobs", {
    base_model_path: base,
    adapter_path: adapter,
    output_path: output,
  });
  return { id: job.id, output };
}

/**
 * A long merge, held in the middle of its writing: the worker is stopped as by Ctrl-Z, so that there is time to look,
 * and `go` lets it work on.
 */
export async function held(kit, name) {
  const { server, models } = kit;
  const { id, output } = await submit(kit, models.large, name);
  const worker = await until("a worker is at it", () => server.workers()[0]);
  await until("it has written something", async () => {
    const job = await server.job(id);
    if (["done", "failed"].includes(job.state)) throw new Error(`the job is ${job.state} already`);
    return job.state === "running" && job.done_bytes > 0;
  });
  signal(worker, "SIGSTOP");
  return { id, output, worker, go: () => signal(worker, "SIGCONT") };
}

const expected = new Map();

/** The same merge by the command line, once for each pair. */
function byHand({ fresh }, { base, adapter }, more = []) {
  const key = JSON.stringify([base, adapter, more]);
  if (!expected.has(key)) {
    const output = fresh("cli");
    weldlm(["merge", "--base", base, "--adapter", adapter, "--output", output, ...more, "--json"]);
    expected.set(key, output);
  }
  return expected.get(key);
}

/** Every file of a result is that of the command line. */
export function same(kit, output, pair, more) {
  equal(differing(output, byHand(kit, pair, more)), [], "files that differ from the command line's");
}

/** Waits until the page shows the job in this state. */
export async function shows({ page, lang }, state, cause) {
  const label = words(lang)(cause ? `cause.${cause}` : `state.${state}`);
  await page.getByRole("main").getByText(label, { exact: true }).first().waitFor();
}

/** Presses a button of the job's page. */
export function press({ page, lang }, action) {
  return page
    .getByRole("main")
    .getByRole("button", { name: words(lang)(`jobs.act.${action}`), exact: true })
    .click();
}
