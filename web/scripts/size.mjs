// Builds in memory and checks what a first visit of each page loads: script and style, compressed.
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const LIMIT_KB = 350;
const root = fileURLToPath(new URL("..", import.meta.url));
const built = await build({ root, logLevel: "error", build: { write: false } });
const files = new Map((Array.isArray(built) ? built[0] : built).output.map((file) => [file.fileName, file]));

const size = (name) => {
  const file = files.get(name);
  return gzipSync(file.type === "chunk" ? file.code : file.source, { level: 6 }).length;
};

// A chunk, everything that it imports before it runs, and their styles.
function needs(name, found = new Set()) {
  const chunk = files.get(name);
  if (!chunk || found.has(name)) return found;
  found.add(name);
  for (const style of chunk.viteMetadata?.importedCss ?? []) found.add(style);
  for (const next of chunk.imports ?? []) needs(next, found);
  return found;
}

const chunks = [...files.values()].filter((file) => file.type === "chunk");
const entry = chunks.find((chunk) => chunk.isEntry);
const pages = chunks.filter((chunk) => chunk.isDynamicEntry && /\/pages\//.test(chunk.facadeModuleId ?? ""));
let worst = 0;
for (const page of [entry, ...pages]) {
  const all = needs(page.fileName, needs(entry.fileName));
  const kb = [...all].reduce((sum, name) => sum + size(name), 0) / 1000;
  worst = Math.max(worst, kb);
  const label =
    page === entry
      ? "frame"
      : page.facadeModuleId.replace(/^.*\/pages\//, "").replace(/(\/index)?\.tsx$/, "");
  console.log(`${kb.toFixed(1).padStart(7)} kB gzip  ${label}`);
}
if (worst > LIMIT_KB) {
  console.error(`The first load of a page is ${worst.toFixed(1)} kB; the limit is ${LIMIT_KB} kB.`);
  process.exit(1);
}
