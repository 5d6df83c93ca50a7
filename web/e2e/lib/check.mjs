// A small runner: tests one after the other, since they share a machine with two processors.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const tests = [];

/** Registers a test. */
export function test(name, run) {
  tests.push({ name, run });
}

export class Skip extends Error {}

/** Runs those whose name holds one of the words; returns whether all passed. */
export async function runAll(words, kit, title = "browser") {
  const chosen = tests.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
  const failed = [];
  let skipped = 0;
  const began = performance.now();
  for (const { name, run } of chosen) {
    const start = performance.now();
    const people = [];
    const visit = async (...args) => {
      const person = await kit.visit(...args);
      people.push(person);
      return person;
    };
    try {
      await run({ ...kit, visit });
      const trouble = people.flatMap((person) => person.trouble);
      if (trouble.length > 0)
        throw new Error(`the browser complains:\n  ${[...new Set(trouble)].join("\n  ")}`);
      console.log(`ok    ${name} (${Math.round(performance.now() - start)} ms)`);
    } catch (error) {
      if (error instanceof Skip) {
        skipped++;
        console.log(`skip  ${name}: ${error.message}`);
      } else {
        failed.push(name);
        console.log(`FAIL  ${name} (${Math.round(performance.now() - start)} ms)\n${error.stack ?? error}`);
        await keep(kit, name, people);
      }
    }
    for (const person of people) await person.close().catch(() => {});
    await kit.after?.();
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  const passed = chosen.length - failed.length - skipped;
  console.log(`${title}: ${passed} passed, ${failed.length} failed, ${skipped} skipped, ${seconds} s`);
  return failed.length === 0 && chosen.length > 0;
}

/** What a failed test looked like. */
async function keep(kit, name, people) {
  const place = process.env.WELDLM_E2E_FAILED;
  if (!place) return;
  mkdirSync(place, { recursive: true });
  const file = join(place, name.replaceAll(/[^\p{L}\p{N}]+/gu, "-"));
  for (const [i, { page, trouble }] of people.entries()) {
    await page.screenshot({ path: `${file}-${i}.png`, fullPage: true }).catch(() => {});
    const html = await page.content().catch(() => "");
    writeFileSync(`${file}-${i}.html`, `<!-- ${page.url()}\n${trouble.join("\n")} -->\n${html}`);
  }
  writeFileSync(`${file}.log`, kit.server.log);
}

export function equal(found, wanted, what) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: ${a} instead of ${b}`);
}

export function ok(condition, what) {
  if (!condition) throw new Error(what);
}
