// From the first page to a merged model without typing a path, in both languages; the bytes are the command line's.
import { existsSync, rmSync } from "node:fs";
import { equal, ok, Skip, test } from "../lib/check.mjs";
import { browse, start } from "../lib/form.mjs";
import { same, shows } from "../lib/jobs.mjs";
import { sleep, until } from "../lib/server.mjs";
import { words } from "../lib/words.mjs";

async function fromTheFirstPage(kit, lang, pair) {
  const t = words(lang);
  const person = await kit.visit({ lang });
  await person.enter();
  const { page } = person;
  rmSync(`${pair.adapter}-merged`, { recursive: true, force: true });
  equal(new URL(page.url()).hash, "", "what is left of the token in the address");
  await page
    .getByRole("navigation")
    .getByRole("link", { name: t("nav.merge"), exact: true })
    .click();
  await page.getByRole("heading", { level: 1, name: t("merge.title") }).waitFor();
  await browse(person, kit, t("form.adapter"), pair.adapter);
  await browse(person, kit, t("form.base"), pair.base);
  const id = await start(person);
  await shows(person, "done");
  const job = await kit.server.job(id);
  ok(existsSync(job.output), "the result is not there");
  same(kit, job.output, pair);
  // The page says where it is, and shows what the receipt says.
  await page.getByText(job.output, { exact: true }).first().waitFor();
  equal(
    await page.getByRole("tab", { selected: true }).first().textContent(),
    t("job.tab.result"),
    "the tab of a job that is done",
  );
  return person;
}

test("from the first page to a merged model", (kit) => fromTheFirstPage(kit, "en", kit.models.small));

test("the same through Chinese", async (kit) => {
  const { page } = await fromTheFirstPage(kit, "zh", kit.models.small);
  equal(await page.getAttribute("html", "lang"), "zh-CN", "the language of the page");
  const latin = await page.getByRole("main").locator("h1, h2, h3, button, th, label").allInnerTexts();
  // Names and terms of the field stay as they are; whole sentences do not.
  const prose = latin.map((text) => text.replaceAll(/\S+\.\w+/g, ""));
  const english = prose.filter((text) => /\b(the|of|is|and|was|with|not)\b/.test(text));
  equal(english, [], "English words on a Chinese page");
});

test("a real model", async (kit) => {
  if (!kit.models.real) throw new Skip("WELDLM_E2E_MODEL names no model");
  await fromTheFirstPage(kit, "en", kit.models.real);
});

test("language and theme switch without a reload", async (kit) => {
  const person = await kit.visit();
  await person.enter();
  const { page } = person;
  await person.go("/merge?output=%2Fkept");
  await page.evaluate(() => {
    window.stillThisPage = true;
  });
  await page.getByText("中文", { exact: true }).first().click();
  await page.getByRole("heading", { level: 1, name: words("zh")("merge.title") }).waitFor();
  await page
    .getByRole("button", { name: words("zh")("theme.label", { now: words("zh")("theme.auto") }) })
    .click();
  await page.getByRole("menuitem", { name: words("zh")("theme.dark") }).click();
  equal(await page.getAttribute("html", "data-mantine-color-scheme"), "dark", "the theme");
  equal(await page.evaluate(() => window.stillThisPage), true, "the page was not loaded again");
  ok(page.url().includes("output=%2Fkept"), "the address lost what was typed");
  await page.reload();
  await page.getByRole("heading", { level: 1, name: words("zh")("merge.title") }).waitFor();
  equal(await page.getAttribute("html", "data-mantine-color-scheme"), "dark", "the theme after a reload");
});

test("a start right after a change leads to the job", async (kit) => {
  const { small } = kit.models;
  const person = await kit.visit();
  await person.enter();
  const { page } = person;
  await person.go(`/merge?${new URLSearchParams({ adapter: small.adapter, output: kit.fresh("hasty") })}`);
  const button = page.getByRole("button", { name: words("en")("start.merge"), exact: true });
  // The base is proposed; to choose it all the same changes the form and its address, but not the request.
  await until("the start button can be pressed", () => button.isEnabled());
  await person.context.route(/\/assets\//, async (route) => {
    await sleep(700);
    await route.continue();
  });
  await browse(person, kit, words("en")("form.base"), small.base);
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/\/jobs\/[^/]+$/);
  await shows(person, "done");
});
