/** The last segment of a path or id. */
export function baseName(path: string): string {
  const parts = path.replace(/\/+$/, "").split("/");
  return parts[parts.length - 1] ?? "";
}

/** Everything before the last segment, without a slash at its end; `/` for what lies at the root. */
export function parentOf(path: string): string {
  const trimmed = path.replace(/\/+$/, "");
  const at = trimmed.lastIndexOf("/");
  return at < 0 ? "" : at === 0 ? "/" : trimmed.slice(0, at);
}

export function join(folder: string, name: string): string {
  return folder.endsWith("/") ? folder + name : `${folder}/${name}`;
}

/** Whether it is a place on the disk rather than an id of the hub cache. */
export function isPath(text: string): boolean {
  return text.startsWith("/") || text.startsWith("~") || text.startsWith(".");
}

/** The path in what was dropped: a `file://` address or plain text. */
export function droppedPath(data: Pick<DataTransfer, "getData">): string | null {
  const uri = data
    .getData("text/uri-list")
    .split(/\r?\n/)
    .find((line) => line.startsWith("file://"));
  if (uri) {
    try {
      return decodeURIComponent(new URL(uri).pathname);
    } catch {
      return null;
    }
  }
  const text = data.getData("text/plain").trim();
  return text && !text.includes("\n") ? text : null;
}
