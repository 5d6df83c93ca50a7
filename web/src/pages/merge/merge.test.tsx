import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Fields } from "@/api/types";
import MergePage from ".";

const totals = { bytes_read: 1e9, bytes_written: 1e9, peak_memory: 1e8, free_disk: 1e10, seconds: 12 };
const plan = {
  base: "/m/base",
  adapters: ["/m/lora"],
  names: [],
  output: "/m/lora-merged",
  files: [],
  side_files: [],
  config_edits: [],
  tensors: [{ name: "a", dtype: "BF16", shape: [1], changed_by: ["lora"], new: false }],
  skipped: [],
  warnings: [],
  totals,
};
const words = { what: "names do not fit", hint: "map them" };
const refusal = {
  code: "N101",
  place: "x",
  ...words,
  fixes: [{ field: "module_mapping", value: { trunk: "model" }, option: "--module-mapping trunk=model" }],
  texts: { en: words, zh: words },
};

/** Machines that check are busy ones. */
const SLOW_MS = 20_000;

let asked: { path: string; body: Fields }[] = [];

function answer(path: string, body: Fields): unknown {
  switch (path) {
    case "/inspect":
      return body.path === "/m/lora"
        ? { kind: "adapter", base_model: "/m/base", bases: [], groups: [], bytes: 5 }
        : { kind: "model", model_type: "llama", types: [{ dtype: "BF16" }], files: [{}], bytes: 1e9 };
    case "/plan":
      return body.module_mapping
        ? { fits: true, task: "merge", plan, problems: [], warnings: [] }
        : { fits: false, task: "merge", plan: null, problems: [refusal], warnings: [] };
    case "/jobs":
      return { id: "20260101-000000-abcd" };
    case "/catalog":
      return { adapters: [], formats: [], fields: [] };
    case "/system":
      return { roots: [{ path: "/m" }], memory: { total_bytes: 1, available_bytes: 1 } };
    case "/files":
      return { entries: [], truncated: false };
    default:
      return [];
  }
}

beforeEach(() => {
  asked = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname.replace("/api/v1", "");
    const body = request.method === "GET" ? {} : ((await request.json()) as Fields);
    asked.push({ path, body });
    return Response.json(answer(path, body));
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function open(address: string) {
  const router = createMemoryRouter(
    [
      { path: "/merge", Component: MergePage },
      { path: "/jobs/:id", element: <p>the job</p> },
    ],
    { initialEntries: [address] },
  );
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient()}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return router;
}

// By text: to compute all roles takes seconds in jsdom.
const start = () => screen.getByText("Start merge").closest("button") as HTMLButtonElement;

describe("the merge page", () => {
  it("says why it cannot start", () => {
    open("/merge");
    expect(start().getAttribute("aria-disabled")).toBe("true");
    expect(document.getElementById(start().getAttribute("aria-describedby") ?? "")?.textContent).toBe(
      "Choose a base model.",
    );
    fireEvent.click(start());
    expect(asked.some(({ path }) => path === "/plan" || path === "/jobs")).toBe(false);
  });

  it(
    "goes from an adapter to a job by way of a fix",
    async () => {
      const router = open("/merge?adapter=/m/lora");
      const fix = await screen.findByText("Map trunk → model", undefined, { timeout: SLOW_MS });
      expect(screen.getByLabelText<HTMLInputElement>(/^Base Model Path/, { selector: "input" }).value).toBe(
        "/m/base",
      );
      expect(screen.getByLabelText<HTMLInputElement>(/^Output Path/, { selector: "input" }).value).toBe(
        "/m/lora-merged",
      );
      fireEvent.click(fix);
      await waitFor(() => expect(start().getAttribute("aria-disabled")).toBe("false"), { timeout: SLOW_MS });
      expect(router.state.location.search).toContain("map=trunk%3Dmodel");
      fireEvent.keyDown(window, { key: "Enter", ctrlKey: true });
      await screen.findByText("the job", undefined, { timeout: SLOW_MS });
      expect(asked.at(-1)).toEqual({
        path: "/jobs",
        body: {
          base_model_path: "/m/base",
          adapter_path: "/m/lora",
          output_path: "/m/lora-merged",
          module_mapping: { trunk: "model" },
        },
      });
    },
    4 * SLOW_MS,
  );
});
