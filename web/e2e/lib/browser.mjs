// Debian's chromium, driven by playwright-core, with an ear for everything a page must not do.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const PROGRAMS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };
const LOCALES = { en: "en-US", zh: "zh-CN" };

export async function launch() {
  const executablePath = process.env.WELDLM_CHROMIUM ?? PROGRAMS.find((path) => existsSync(path));
  if (!executablePath)
    throw new Error("chromium is missing; install the package chromium, or name it in WELDLM_CHROMIUM");
  // Software drawing, and no files in /dev/shm, which is tiny in containers.
  const args = ["--disable-gpu", "--disable-dev-shm-usage", "--font-render-hinting=none"];
  return chromium.launch({ executablePath, args, headless: process.env.WELDLM_E2E_SHOW !== "1" });
}

/**
 * A person's browser: own cookies, own language. `trouble` collects console errors, exceptions, violations of the
 * content security policy and requests to anywhere but the server; `allow(pattern)` takes what a test provokes.
 */
export async function visitor(browser, server, { lang = "en", theme = "light", viewport = DESKTOP } = {}) {
  const context = await browser.newContext({
    locale: LOCALES[lang],
    colorScheme: theme,
    viewport,
    reducedMotion: "reduce",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  context.setDefaultTimeout(15_000);
  const trouble = [];
  const allowed = [];
  const add = (text) => {
    if (!allowed.some((pattern) => pattern.test(text))) trouble.push(text);
  };
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(
        `CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`,
      );
    });
  });
  context.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${server.origin}/`) && !/^(data|blob|about):/.test(url))
      add(`outside request: ${url}`);
  });
  context.on("console", (message) => {
    if (message.type() === "error") add(`console: ${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => add(`exception: ${error.error()?.stack ?? error.error()}`));
  const page = await context.newPage();
  return {
    context,
    page,
    lang,
    trouble,
    allow: (pattern) => allowed.push(pattern),
    /** A page by its path, as somebody who is logged in. */
    go: (path) => page.goto(server.origin + path),
    /** The address that the server prints. */
    enter: async () => {
      await page.goto(server.address);
      await page.locator("#main h1").first().waitFor();
    },
    close: () => context.close(),
  };
}

/** A connection that is gone for a while: no request passes, streams that are open end. */
export async function cut(person) {
  await person.context.setOffline(true);
  person.allow(/ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|ERR_INCOMPLETE_CHUNKED|Failed to fetch/);
  return () => person.context.setOffline(false);
}
