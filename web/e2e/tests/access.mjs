// Every page in both languages and both themes: axe, the content security policy, errors, requests to elsewhere.
import AxeBuilder from "@axe-core/playwright";
import { PHONE } from "../lib/browser.mjs";
import { ok, test } from "../lib/check.mjs";
import { held, submit } from "../lib/jobs.mjs";
import { pages, settle } from "../lib/pages.mjs";

/** Findings of axe that count, in words. */
async function findings(page, name) {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return bad.map(
    ({ id, impact, nodes }) =>
      `${name}: ${id} (${impact}): ${nodes
        .map((n) => n.target.join(" "))
        .slice(0, 4)
        .join("; ")}`,
  );
}

for (const theme of ["light", "dark"]) {
  for (const lang of ["en", "zh"]) {
    test(`axe, ${theme}, ${lang}`, async (kit) => {
      const found = [];
      const person = await kit.visit({ theme, lang });
      await person.go("/login");
      await settle(person);
      found.push(...(await findings(person.page, "login")));
      await person.enter();
      for (const { name, path } of await pages(kit)) {
        await person.go(path);
        await settle(person);
        found.push(...(await findings(person.page, name)));
      }
      ok(found.length === 0, `\n  ${found.join("\n  ")}`);
    });
  }
}

test("axe on a phone and on a job that runs", async (kit) => {
  const job = await held(kit, "axe");
  const waiting = await submit(kit, kit.models.small, "waiting");
  const found = [];
  const person = await kit.visit({ viewport: PHONE });
  await person.enter();
  for (const path of ["/", "/merge", "/jobs", `/jobs/${job.id}`, `/jobs/${waiting.id}`]) {
    await person.go(path);
    await settle(person);
    found.push(...(await findings(person.page, path)));
  }
  job.go();
  for (const { id } of [job, waiting]) await kit.server.reach(id, "done");
  ok(found.length === 0, `\n  ${found.join("\n  ")}`);
});

test("nothing sticks out on a phone or at 200 %", async (kit) => {
  const wide = [];
  for (const viewport of [PHONE, { width: 640, height: 400 }, { width: 320, height: 640 }]) {
    const person = await kit.visit({ viewport });
    await person.enter();
    for (const { name, path } of await pages(kit)) {
      await person.go(path);
      await settle(person);
      const [inner, whole] = await person.page.evaluate(() => [
        window.innerWidth,
        document.documentElement.scrollWidth,
      ]);
      if (whole > inner + 1) wide.push(`${name} is ${whole} wide in ${inner}`);
    }
  }
  ok(wide.length === 0, wide.join("; "));
});
