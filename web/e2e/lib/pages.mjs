// Every page of the UI, with something to see on it.
import { submit } from "./jobs.mjs";

let made = null;

/** Names and paths; the first call makes the jobs that they show. */
export async function pages(kit) {
  made ??= make(kit);
  const { done, failed } = await made;
  const { small, foreign } = kit.models;
  const query = (values) => new URLSearchParams(values).toString();
  return [
    { name: "home", path: "/" },
    { name: "merge-empty", path: "/merge" },
    {
      name: "merge",
      path: `/merge?${query({ base_model_path: small.base, adapter_path: small.adapter, output_path: `${kit.root}/my-model` })}`,
    },
    {
      name: "merge-refused",
      path: `/merge?${query({ base_model_path: small.base, adapter_path: foreign, output_path: `${kit.root}/my-model` })}`,
    },
    {
      name: "export",
      path: `/export?${query({ input_path: small.merged, output_path: `${kit.root}/exported` })}`,
    },
    { name: "jobs", path: "/jobs" },
    { name: "job-done", path: `/jobs/${done}` },
    { name: "job-log", path: `/jobs/${done}?tab=log` },
    { name: "job-failed", path: `/jobs/${failed}` },
    { name: "inspect", path: `/inspect?${query({ path: small.base })}` },
    { name: "inspect-adapter", path: `/inspect?${query({ path: small.adapter, base: small.base })}` },
    { name: "diff", path: `/diff?${query({ a: small.base, b: small.merged })}` },
    { name: "recipes", path: "/recipes" },
    { name: "settings", path: "/settings" },
    { name: "docs", path: "/api/docs" },
    { name: "nowhere", path: "/nowhere" },
  ];
}

async function make(kit) {
  const { server, models } = kit;
  const done = await submit(kit, models.small, "merged");
  const failed = await submit(kit, { base: models.small.base, adapter: models.foreign }, "refused");
  await server.reach(done.id, "done");
  await server.reach(failed.id, "failed");
  const text = JSON.stringify({
    base_model_path: models.small.base,
    adapter_path: models.small.adapter,
    output_path: `${kit.root}/r`,
  });
  await server.api("PUT", "/recipes/nightly", { format: "json", text });
  return { done: done.id, failed: failed.id };
}

/** Until nothing moves any more: no skeleton, no spinner, no request but streams. */
export async function settle({ page }) {
  await page.waitForLoadState("load");
  await page.waitForFunction(() => {
    const busy = document.querySelector('[aria-busy="true"], .mantine-Skeleton-root, .mantine-Loader-root');
    return document.querySelector("h1") && !busy;
  });
  await page.waitForTimeout(400);
}
