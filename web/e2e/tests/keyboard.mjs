// The main job without a mouse: Tab, arrows, Enter, and the shortcuts.
import { rmSync } from "node:fs";
import { equal, ok, test } from "../lib/check.mjs";
import { same, shows } from "../lib/jobs.mjs";
import { until } from "../lib/server.mjs";
import { words } from "../lib/words.mjs";

const t = words("en");
const TABS_MAX = 80;

/** What has the focus: role and name as a screen reader would say them. */
function focused(page) {
  return page.evaluate(() => {
    const at = document.activeElement;
    if (!at || at === document.body) return null;
    const labels = at.labels ? [...at.labels].map((label) => label.textContent).join(" ") : "";
    const name = at.getAttribute("aria-label") || labels || at.textContent || at.getAttribute("title") || "";
    // Radio buttons and switches are drawn by their labels.
    const drawn = [at, at.nextElementSibling, at.parentElement, ...(at.labels ?? [])].filter(Boolean);
    const ring = drawn.some((one) => {
      const style = getComputedStyle(one);
      return style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) > 0;
    });
    const border = at.matches("input:not([type=radio], [type=checkbox]), textarea, select");
    const boxes = drawn.map((one) => one.getBoundingClientRect());
    return {
      tag: at.tagName,
      name: name.trim(),
      visible: ring || border,
      seen: boxes.some((box) => box.width > 0 && box.height > 0),
    };
  });
}

/** Presses Tab until something of that name has the focus. Every stop on the way must be named and visible. */
async function tabTo(page, name) {
  const wanted = typeof name === "string" ? (text) => text === name : (text) => name.test(text);
  const passed = [];
  for (let i = 0; i < TABS_MAX; i++) {
    await page.keyboard.press("Tab");
    const at = await focused(page);
    if (!at) continue;
    ok(at.name !== "", `a stop without a name: ${at.tag} after ${passed.at(-1)}`);
    ok(at.visible && at.seen, `the focus cannot be seen on ${at.name}`);
    passed.push(at.name);
    if (wanted(at.name)) return;
  }
  throw new Error(`Tab does not reach ${name}: ${passed.join(" | ")}`);
}

/** Chooses a folder in the file browser with arrows and Enter. */
async function choose(page, label, parts) {
  await tabTo(page, t("files.browseFor", { label }));
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await until("the dialog has the focus", () =>
    page.evaluate(() => Boolean(document.activeElement?.closest('[role="dialog"]'))),
  );
  for (const part of parts) {
    await page.getByRole("dialog").getByText(part, { exact: true }).first().waitFor();
    // Typing narrows the list; arrow down enters it.
    await until("the filter has the focus", async () => {
      if ((await focused(page))?.name === t("files.filter")) return true;
      await page.keyboard.press("Tab");
      return false;
    });
    await page.keyboard.type(part);
    await page.keyboard.press("ArrowDown");
    for (let i = 0; i < 10 && !((await focused(page))?.name ?? "").startsWith(part); i++)
      await page.keyboard.press("ArrowDown");
    ok((await focused(page)).name.startsWith(part), `arrows do not reach ${part}`);
    await page.keyboard.press("Enter");
  }
  await tabTo(page, t("files.chooseFolder"));
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  const opener = t("files.browseFor", { label });
  await until(
    "the focus is back where the dialog was opened",
    async () => (await focused(page))?.name === opener,
    5,
  );
}

test("the main job by keyboard alone", async (kit) => {
  const person = await kit.visit();
  rmSync(`${kit.models.small.adapter}-merged`, { recursive: true, force: true });
  await person.enter();
  const { page } = person;
  await page.keyboard.press("Tab");
  equal((await focused(page)).name, t("app.skip"), "the first stop");
  await page.keyboard.press("g");
  await page.keyboard.press("m");
  await page.getByRole("heading", { level: 1, name: t("merge.title") }).waitFor();
  await choose(page, t("form.base"), [kit.root, "demo", "base"]);
  await choose(page, t("form.adapter"), [kit.root, "demo", "adapter"]);
  const start = page.getByRole("button", { name: t("start.merge"), exact: true });
  await until("it can be started", () => start.isEnabled());
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/\/jobs\/[^/]+$/);
  await shows(person, "done");
  const job = await kit.server.job(page.url().split("/").at(-1));
  same(kit, job.output, kit.models.small);
});

test("shortcuts lead to the pages, and help lists them", async (kit) => {
  const person = await kit.visit();
  await person.enter();
  const { page } = person;
  for (const [key, title] of [
    ["m", "merge.title"],
    ["e", "export.title"],
    ["j", "jobs.title"],
  ]) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await page.getByRole("heading", { level: 1, name: t(title), exact: true }).waitFor();
  }
  await page.keyboard.press("?");
  await page.getByRole("dialog").getByText(t("keys.title")).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.keyboard.press("/");
  ok(
    await page.evaluate(() => document.activeElement?.matches("[data-search]")),
    "/ does not lead to the search",
  );
});
