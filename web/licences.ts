import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const ID = "virtual:licences";

interface Package {
  name: string;
  version: string;
  license?: string;
  homepage?: string;
  dependencies?: Record<string, string>;
}

/** Makes the list of what is bundled, with licences, out of the installed packages. */
export function licences(root: string): Plugin {
  const read = (path: string): Package | null => {
    try {
      return JSON.parse(readFileSync(join(path, "package.json"), "utf8")) as Package;
    } catch {
      return null;
    }
  };
  const collect = () => {
    const found = new Map<string, Package>();
    const visit = (pkg: Package) => {
      for (const name of Object.keys(pkg.dependencies ?? {})) {
        if (found.has(name) || name.startsWith("@types/")) continue;
        const next = read(join(root, "node_modules", name));
        if (!next) continue;
        found.set(name, next);
        visit(next);
      }
    };
    const own = read(root);
    if (own) visit(own);
    return [...found.values()]
      .map(({ name, version, license, homepage }) => ({
        name,
        version,
        licence: license ?? "?",
        link: homepage?.startsWith("https://") ? homepage : null,
      }))
      .sort((a, b) => a.name.localeCompare(b.name, "en"));
  };
  return {
    name: "weldlm-licences",
    resolveId: (id) => (id === ID ? `\0${ID}` : null),
    load: (id) => (id === `\0${ID}` ? `export default ${JSON.stringify(collect())}` : null),
  };
}
