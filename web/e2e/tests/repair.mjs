// A wrong adapter or place, and the button that repairs it.
import { join } from "node:path";
import { ok, test } from "../lib/check.mjs";
import { browse, start } from "../lib/form.mjs";
import { same, shows } from "../lib/jobs.mjs";
import { words } from "../lib/words.mjs";

const t = words("en");
const link = (fields) => `/merge?${new URLSearchParams(fields)}`;

test("names that do not fit: one button maps them", async (kit) => {
  const { small, foreign } = kit.models;
  const person = await kit.visit();
  await person.enter();
  const { page } = person;
  await page
    .getByRole("navigation")
    .getByRole("link", { name: t("nav.merge"), exact: true })
    .click();
  await browse(person, kit, t("form.adapter"), foreign);
  await browse(person, kit, t("form.base"), small.base);
  const fix = page.getByRole("button", {
    name: t("problem.fixMapping", { pairs: "decoder.blocks → model.layers" }),
  });
  await fix.first().waitFor();
  ok(
    await page.getByRole("button", { name: t("start.merge"), exact: true }).isDisabled(),
    "a refused merge can be started",
  );
  await page.getByText(t("start.refused")).first().waitFor();
  await fix.first().click();
  const id = await start(person);
  await shows(person, "done");
  const job = await kit.server.job(id);
  same(kit, job.output, { base: small.base, adapter: foreign }, [
    "--module-mapping",
    "decoder.blocks=model.layers",
  ]);
});

test("a job that was refused leads back to its form, with the fix", async (kit) => {
  const { small, foreign } = kit.models;
  const fields = { base_model_path: small.base, adapter_path: foreign, output_path: kit.fresh("failed") };
  const { id } = await kit.server.api("POST", "/jobs", fields);
  const person = await kit.visit();
  await person.enter();
  await person.go(`/jobs/${id}`);
  await shows(person, "failed");
  await person.page
    .getByRole("button", { name: t("problem.fixMapping", { pairs: "decoder.blocks → model.layers" }) })
    .click();
  await person.page.waitForURL(/\/merge/);
  const next = await start(person);
  await shows(person, "done");
  ok(next !== id, "it is the same job");
});

test("base and adapter exchanged, a folder too high", async (kit) => {
  const { small } = kit.models;
  const person = await kit.visit();
  await person.enter();
  const { page } = person;
  await person.go(
    link({ base_model_path: small.adapter, adapter_path: small.base, output_path: kit.fresh("exchanged") }),
  );
  await page.getByRole("button", { name: t("merge.exchange") }).click();
  const id = await start(person);
  await shows(person, "done");
  same(kit, (await kit.server.job(id)).output, small);
});

test("something lies at the output: nothing is overwritten unless one says so", async (kit) => {
  const { small } = kit.models;
  const person = await kit.visit();
  await person.enter();
  const { page } = person;
  await person.go(
    link({ base_model_path: small.base, adapter_path: small.adapter, output_path: small.merged }),
  );
  await page.getByText(t("form.choose")).waitFor();
  ok(
    await page.getByRole("button", { name: t("start.merge"), exact: true }).isDisabled(),
    "it can be started without a choice",
  );
  const pattern = t("form.newName", { name: "NAME" }).split("NAME");
  const button = page
    .getByRole("button")
    .filter({ hasText: pattern[0].trim() })
    .filter({ hasText: pattern[1].trim() });
  await button.first().click();
  const id = await start(person);
  await shows(person, "done");
  const { output } = await kit.server.job(id);
  ok(output !== small.merged && output.startsWith(join(kit.root, "demo")), `it went to ${output}`);
});
