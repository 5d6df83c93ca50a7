import createClient, { type Middleware } from "openapi-fetch";
import type { paths } from "@/api/schema";
import { i18n, language } from "@/i18n";
import { connection } from "./connection";
import type { Problem } from "./types";

export const PREFIX = "/api/v1";

/** A refusal of the server, in its one shape. */
export class ApiError extends Error {
  constructor(
    readonly problem: Problem,
    readonly status: number,
  ) {
    super(problem.what);
  }
}

let csrf: string | null = null;

/** The header value that proves that a change was asked for by this page. */
export function setCsrf(value: string | null) {
  csrf = value;
}

const headers: Middleware = {
  onRequest({ request }) {
    request.headers.set("Accept-Language", language());
    if (csrf && request.method !== "GET") request.headers.set("X-CSRF-Token", csrf);
    return request;
  },
  onResponse({ response, request }) {
    // A proxy answers for a server that is gone.
    connection.set(response.status === 502 || response.status === 504 ? "lost" : "up");
    // 403 may mean that the server was started anew and no longer knows this page's token.
    const refused = response.status === 401 || response.status === 403;
    if (refused && !request.url.endsWith("/login")) signedOut();
    return undefined;
  },
  onError({ request }) {
    if (!request.signal.aborted) connection.set("lost");
    return undefined;
  },
};

export const client = createClient<paths>({
  baseUrl: PREFIX,
  // Looked up at each call, so that tests can put another one in its place.
  fetch: (request) => globalThis.fetch(request),
});
client.use(headers);

const watchers = new Set<() => void>();

/** Called when the server no longer takes this session; whether there is one has to be asked again. */
export function onSignedOut(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

function signedOut() {
  for (const watcher of watchers) watcher();
}

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "code" in value && "what" in value;
}

/** A problem that this page itself has to tell. */
function localProblem(code: string, key: "unreachable" | "unexpected", values = {}): Problem {
  const text = (lng: "en" | "zh") => ({
    what: i18n.t(`problem.${key}`, { lng, ...values }),
    hint: i18n.t(`problem.${key}Hint`, { lng }),
  });
  const texts = { en: text("en"), zh: text("zh") };
  return { code, ...texts[language()], place: null, fixes: [], texts };
}

interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of an answer; everything else is thrown as an {@link ApiError}. */
export async function call<T>(promise: Promise<Outcome<T>>): Promise<T> {
  let outcome: Outcome<T>;
  try {
    outcome = await promise;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(localProblem("NET", "unreachable"), 0);
  }
  const { data, error, response } = outcome;
  if (response.ok) return data as T;
  const status = response.status;
  if (isProblem(error)) throw new ApiError(error, status);
  throw new ApiError(localProblem(`HTTP ${status}`, "unexpected", { status }), status);
}

/** The problem behind anything thrown. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  return localProblem("UI", "unexpected", { status: error instanceof Error ? error.message : "" });
}
