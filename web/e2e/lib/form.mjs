// The form of a merge, used as a person would who types no path.
import { relative } from "node:path";
import { until } from "./server.mjs";
import { words } from "./words.mjs";

/** Walks through the file browser of a field, folder by folder, and takes the folder. */
export async function browse({ page, lang }, kit, label, path) {
  const t = words(lang);
  await page.getByRole("button", { name: t("files.browseFor", { label }), exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  const root = kit.server.roots.find((folder) => path === folder || path.startsWith(`${folder}/`));
  // From wherever it opened to the roots.
  await dialog
    .getByRole("button", { name: t("files.roots"), exact: true })
    .first()
    .click();
  const open = async (name) => {
    const entry = dialog.getByRole("button").filter({ has: page.getByText(name, { exact: true }) });
    await entry.first().click();
  };
  // Roots are listed by their whole path.
  await open(root);
  for (const part of relative(root, path).split("/").filter(Boolean)) await open(part);
  await dialog.getByRole("button", { name: t("files.chooseFolder"), exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
}

/** Presses the start button once it can be pressed, and gives the id of the job. */
export async function start({ page, lang }) {
  const button = page.getByRole("button", { name: words(lang)("start.merge"), exact: true });
  await until("the start button can be pressed", () => button.isEnabled());
  await button.click();
  await page.waitForURL(/\/jobs\/[^/]+$/);
  return page.url().split("/").at(-1);
}
