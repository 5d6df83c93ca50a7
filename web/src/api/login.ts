import { call, client } from "./client";

/** Takes the token out of an address such as `/#token=…`, and the address out of the history. */
export function takeToken(): string | null {
  const found = /^#token=(.+)$/.exec(window.location.hash);
  if (!found?.[1]) return null;
  const { pathname, search } = window.location;
  window.history.replaceState(window.history.state, "", pathname + search);
  try {
    return decodeURIComponent(found[1]);
  } catch {
    return found[1];
  }
}

export async function signIn(secret: string): Promise<void> {
  await call(client.POST("/login", { body: { secret } }));
}

/** Signs in with the token of the printed address. When that fails, the login page asks. */
export async function signInFromAddress(): Promise<void> {
  const token = takeToken();
  if (token) await signIn(token).catch(() => undefined);
}
