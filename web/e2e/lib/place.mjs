// Where things are: the repository, the program under test, a folder for one run.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** The program: `$WELDLM_BIN`, else the newest that Cargo built here. */
export function program() {
  if (process.env.WELDLM_BIN) return process.env.WELDLM_BIN;
  const target = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");
  const built = ["release", "debug"]
    .map((kind) => join(target, kind, "weldlm"))
    .filter((path) => existsSync(path));
  if (built.length === 0)
    throw new Error("no weldlm was built; run `cargo build --release -p weldlm-cli` first");
  return built.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
}

/** A folder that is gone when this process ends; `WELDLM_E2E_KEEP=1` keeps it, `WELDLM_E2E_PLACE` says where. */
export function folder(name) {
  const given = process.env.WELDLM_E2E_PLACE;
  if (given) mkdirSync(given, { recursive: true });
  const path = given ?? mkdtempSync(join(tmpdir(), `weldlm-${name}-`));
  process.on("exit", () => {
    if (!process.env.WELDLM_E2E_KEEP) rmSync(path, { recursive: true, force: true });
  });
  return path;
}

/** Runs the program to its end; gives what it printed. */
export function weldlm(args, options = {}) {
  return execFileSync(program(), args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1 << 28,
    ...options,
  });
}
