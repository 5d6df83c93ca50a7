import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { licences } from "./licences.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [react(), licences(here("."))],
  resolve: { alias: { "@": here("./src") } },
  build: {
    // The server embeds what lies there.
    outDir: here("../crates/server/ui"),
    emptyOutDir: true,
    target: "es2022",
    // The polyfill would be an inline script, which the content security policy forbids.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: {
    port: 5173,
    proxy: { "/api/v1": { target: process.env.WELDLM_SERVER ?? "http://127.0.0.1:7860" } },
  },
  test: {
    environment: "jsdom",
    testTimeout: 30_000,
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/testing.ts"],
  },
});
