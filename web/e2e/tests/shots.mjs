// Pictures of every page, in both languages, both themes, on a desk and on a phone.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DESKTOP, PHONE } from "../lib/browser.mjs";
import { Skip, test } from "../lib/check.mjs";
import { held } from "../lib/jobs.mjs";
import { pages, settle } from "../lib/pages.mjs";

test("pictures of every page", async (kit) => {
  const place = process.env.WELDLM_E2E_SHOTS;
  if (!place) throw new Skip("WELDLM_E2E_SHOTS names no folder");
  mkdirSync(place, { recursive: true });
  const all = await pages(kit);
  const job = await held(kit, "shown");
  all.push({ name: "job-running", path: `/jobs/${job.id}` });
  for (const lang of ["en", "zh"]) {
    for (const theme of ["light", "dark"]) {
      for (const [device, viewport] of [
        ["desktop", DESKTOP],
        ["phone", PHONE],
      ]) {
        const person = await kit.visit({ lang, theme, viewport });
        const take = async (name) => {
          await settle(person);
          const path = join(place, `${name}-${lang}-${theme}-${device}.png`);
          await person.page.screenshot({ path, fullPage: device === "phone" });
        };
        await person.go("/login");
        await take("login");
        await person.enter();
        for (const { name, path } of all) {
          await person.go(path);
          await take(name);
        }
        await person.close();
      }
    }
  }
  job.go();
  await kit.server.reach(job.id, "done");
});
