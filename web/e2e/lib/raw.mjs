// Requests that no HTTP library would send.
import { connect } from "node:net";
import { sleep } from "./server.mjs";

/**
 * Sends the pieces as they are, with a pause between them, and gives all that came back until the server closed, or
 * until `quiet` milliseconds after the last byte of an answer.
 */
export function raw(server, pieces, { pause = 0, quiet = 400, most = 90_000 } = {}) {
  return new Promise((done) => {
    const began = performance.now();
    const socket = connect(server.port, "127.0.0.1");
    let text = "";
    let timer = setTimeout(() => socket.destroy(), most);
    const finish = (how) => {
      clearTimeout(timer);
      socket.destroy();
      const status = Number(text.match(/^HTTP\/1\.[01] (\d{3})/)?.[1] ?? 0);
      done({ status, text, how, ms: performance.now() - began });
    };
    socket.setEncoding("latin1");
    socket.on("data", (part) => {
      text += part;
      clearTimeout(timer);
      timer = setTimeout(() => finish("quiet"), quiet);
    });
    socket.on("error", () => {});
    socket.on("close", () => finish("closed"));
    socket.on("connect", async () => {
      for (const piece of [pieces].flat()) {
        if (socket.destroyed) return;
        socket.write(piece);
        if (pause) await sleep(pause);
      }
    });
  });
}

/** A request line and headers. */
export function head(method, path, headers = {}) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}
