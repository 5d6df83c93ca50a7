/**
 * Follows a job's events: a stream first; plain polling of the same cursor when the stream brings nothing (proxies
 * that hold it back) and while it is being reconnected. The cursor is the only state, so nothing comes twice.
 */
import type { EventLine } from "./log";

export type FeedState = "connecting" | "live" | "polling" | "offline" | "ended";

export interface Page {
  events: EventLine[];
  next: number;
  previous: number | null;
  end: boolean;
}

/** The part of `EventSource` that is used. */
export interface Stream {
  readonly readyState: number;
  onopen: ((event: Event) => void) | null;
  onerror: ((event: Event) => void) | null;
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
}

export interface FeedOptions {
  after: number;
  open: (after: number) => Stream;
  poll: (after: number) => Promise<Page>;
  onLines: (lines: EventLine[], cursor: number) => void;
  onState: (state: FeedState) => void;
  /** The file is shorter than the cursor: the job was started over. */
  onRestart: () => void;
  timers?: { set: (run: () => void, ms: number) => number; clear: (id: number) => void };
}

/** What events are called in the stream. */
const EVENT_TYPES = ["state", "stage", "progress", "tensor", "warning", "log", "end"] as const;

/** A stream that has been silent for so long is checked by a poll. */
const SILENCE_MS = 8_000;
const POLL_MS = 1_500;
const BACKOFF_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000] as const;

const browserTimers = {
  set: (run: () => void, ms: number) => window.setTimeout(run, ms),
  clear: (id: number) => window.clearTimeout(id),
};

export class Feed {
  private cursor: number;
  private stream: Stream | null = null;
  private timer: number | null = null;
  private failures = 0;
  private closed = false;
  private state: FeedState = "connecting";
  private readonly timers: NonNullable<FeedOptions["timers"]>;

  constructor(private readonly options: FeedOptions) {
    this.cursor = options.after;
    this.timers = options.timers ?? browserTimers;
    this.connect();
  }

  close() {
    this.closed = true;
    this.drop();
  }

  /** Tries again now, e.g. because the browser is online again. */
  retry() {
    if (this.closed || this.state === "live" || this.state === "ended") return;
    this.failures = 0;
    this.drop();
    void this.catchUp();
  }

  private say(state: FeedState) {
    if (this.state === state) return;
    this.state = state;
    this.options.onState(state);
  }

  private drop() {
    this.stream?.close();
    this.stream = null;
    if (this.timer !== null) this.timers.clear(this.timer);
    this.timer = null;
  }

  private later(run: () => void, ms: number) {
    if (this.timer !== null) this.timers.clear(this.timer);
    this.timer = this.timers.set(() => {
      this.timer = null;
      run();
    }, ms);
  }

  private connect() {
    if (this.closed) return;
    const stream = this.options.open(this.cursor);
    this.stream = stream;
    stream.onopen = () => {
      if (this.stream !== stream) return;
      this.failures = 0;
      this.say("live");
    };
    stream.onerror = () => {
      if (this.stream === stream) this.lost();
    };
    for (const type of EVENT_TYPES) {
      stream.addEventListener(type, (event) => {
        if (this.stream === stream) this.receive(event);
      });
    }
    this.later(() => void this.check(), SILENCE_MS);
  }

  private receive(event: MessageEvent<string>) {
    const id = Number(event.lastEventId);
    const line = parse(event.data, id);
    if (!line || id <= this.cursor) return;
    this.cursor = id;
    this.say("live");
    this.options.onLines([line], id);
    if (line.type === "end") {
      this.drop();
      this.say("ended");
      return;
    }
    this.later(() => void this.check(), SILENCE_MS);
  }

  /** The browser would reconnect by itself, but without backoff and without saying so. */
  private lost() {
    this.drop();
    if (this.closed || this.state === "ended") return;
    this.later(() => void this.catchUp(), this.failures === 0 ? 0 : this.wait());
  }

  private wait(): number {
    const step = Math.min(this.failures, BACKOFF_MS.length) - 1;
    return BACKOFF_MS[Math.max(0, step)] ?? 30_000;
  }

  /** Asks for what was missed; when that works, the stream is opened again. */
  private async catchUp() {
    const brought = await this.ask();
    if (this.closed || brought === null) return;
    this.failures += 1;
    this.connect();
  }

  /** A silent stream: if a poll knows more, something between holds the stream back, so go on by polling. */
  private async check() {
    const brought = await this.ask();
    if (this.closed || brought === null) return;
    if (brought > 0) {
      this.drop();
      this.say("polling");
      this.later(() => void this.keepPolling(), POLL_MS);
    } else if (this.stream) {
      this.later(() => void this.check(), SILENCE_MS);
    } else {
      this.connect();
    }
  }

  private async keepPolling() {
    const brought = await this.ask();
    if (this.closed || brought === null) return;
    this.say("polling");
    this.later(() => void this.keepPolling(), POLL_MS);
  }

  /** How many lines a poll brought; null when it failed (a new try is planned) or the job has ended. */
  private async ask(): Promise<number | null> {
    let page: Page;
    const before = this.cursor;
    try {
      page = await this.options.poll(before);
    } catch {
      if (this.closed) return null;
      this.failures += 1;
      this.drop();
      this.say("offline");
      this.later(() => void this.catchUp(), this.wait());
      return null;
    }
    if (this.closed) return null;
    if (page.next < before) {
      this.drop();
      this.options.onRestart();
      return null;
    }
    const fresh = page.events.filter((line) => line.id > this.cursor);
    this.cursor = Math.max(this.cursor, page.next);
    if (fresh.length > 0) this.options.onLines(fresh, this.cursor);
    const last = fresh[fresh.length - 1];
    if (page.end && (fresh.length === 0 || last?.type === "end")) {
      this.drop();
      this.say("ended");
      return null;
    }
    return fresh.length;
  }
}

export function parse(data: string, id: number): EventLine | null {
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value !== "object" || value === null || !Number.isFinite(id)) return null;
    return { ...(value as Omit<EventLine, "id">), id } as EventLine;
  } catch {
    return null;
  }
}
