import { beforeEach, describe, expect, it } from "vitest";
import { Feed, type FeedState, type Page, parse, type Stream } from "./feed";
import type { EventLine } from "./log";

/** Time that passes when the test says so. */
class Clock {
  now = 0;
  private next = 1;
  private plans = new Map<number, { at: number; run: () => void }>();
  set = (run: () => void, ms: number) => {
    this.plans.set(this.next, { at: this.now + ms, run });
    return this.next++;
  };
  clear = (id: number) => void this.plans.delete(id);
  async pass(ms: number) {
    const end = this.now + ms;
    for (;;) {
      const due = [...this.plans].filter(([, p]) => p.at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      this.plans.delete(due[0]);
      this.now = due[1].at;
      due[1].run();
      await settle();
    }
    this.now = end;
  }
}

const settle = async () => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};

class FakeStream implements Stream {
  readyState = 1;
  onopen: ((event: Event) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  closed = false;
  private listeners = new Map<string, (event: MessageEvent<string>) => void>();
  constructor(readonly after: number) {}
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void) {
    this.listeners.set(type, listener);
  }
  close() {
    this.closed = true;
  }
  send(id: number, type = "log") {
    const data = JSON.stringify({ t: "", type, text: `line ${id}` });
    this.listeners.get(type)?.({ data, lastEventId: String(id) } as MessageEvent<string>);
  }
  fail() {
    this.onerror?.(new Event("error"));
  }
}

const page = (ids: number[], next: number, end = false): Page => ({
  events: ids.map((id) => ({ id, t: "", type: "log" })),
  next,
  previous: null,
  end,
});

let clock: Clock;
let streams: FakeStream[];
let asked: number[];
let answers: (Page | Error)[];
let got: number[];
let states: FeedState[];
let restarts: number;

function start(after = 0) {
  return new Feed({
    after,
    timers: clock,
    open: (from) => {
      const stream = new FakeStream(from);
      streams.push(stream);
      return stream;
    },
    poll: async (from) => {
      asked.push(from);
      const answer = answers.shift() ?? page([], from);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    onLines: (lines: EventLine[]) => got.push(...lines.map((l) => l.id)),
    onState: (state) => states.push(state),
    onRestart: () => {
      restarts += 1;
    },
  });
}

beforeEach(() => {
  clock = new Clock();
  [streams, asked, answers, got, states] = [[], [], [], [], []];
  restarts = 0;
});

describe("following a job", () => {
  it("takes lines from the stream, each once", () => {
    start(10);
    const stream = streams[0];
    expect(stream?.after).toBe(10);
    stream?.onopen?.(new Event("open"));
    for (const id of [11, 12, 12, 5, 13]) stream?.send(id);
    expect(got).toEqual([11, 12, 13]);
    expect(states).toEqual(["live"]);
  });

  it("fetches what it missed before it opens the stream again", async () => {
    start(0);
    streams[0]?.send(5);
    answers = [page([6, 7], 7)];
    streams[0]?.fail();
    await clock.pass(10);
    expect(asked).toEqual([5]);
    expect(got).toEqual([5, 6, 7]);
    expect(streams[1]?.after).toBe(7);
    streams[0]?.send(8);
    expect(got, "a stream that was given up says nothing more").toEqual([5, 6, 7]);
    streams[1]?.send(7);
    streams[1]?.send(8);
    expect(got).toEqual([5, 6, 7, 8]);
  });

  it("waits longer after each failure, and says that it is offline", async () => {
    start(0);
    answers = [new Error(), new Error(), new Error(), new Error()];
    streams[0]?.fail();
    await clock.pass(0);
    expect(states).toEqual(["offline"]);
    const times: number[] = [];
    for (let i = 0; i < 16 && times.length < 3; i++) {
      const before = asked.length;
      await clock.pass(500);
      if (asked.length > before) times.push(clock.now);
    }
    expect(times).toEqual([1000, 3000, 7000]);
  });

  it("goes over to polling when the stream is held back on the way", async () => {
    start(0);
    streams[0]?.onopen?.(new Event("open"));
    answers = [page([1, 2], 2), page([3], 3)];
    await clock.pass(8_000);
    expect(got).toEqual([1, 2]);
    expect(states[states.length - 1]).toBe("polling");
    await clock.pass(1_500);
    expect(got).toEqual([1, 2, 3]);
    expect(asked).toEqual([0, 2]);
    expect(streams).toHaveLength(1);
  });

  it("leaves a quiet stream alone when there is nothing to hold back", async () => {
    start(0);
    streams[0]?.onopen?.(new Event("open"));
    await clock.pass(30_000);
    expect(streams[0]?.closed).toBe(false);
    expect(states).toEqual(["live"]);
  });

  it("ends with the job", async () => {
    start(0);
    streams[0]?.send(4, "end");
    streams[0]?.fail();
    await clock.pass(60_000);
    expect(states[states.length - 1]).toBe("ended");
    expect(asked).toEqual([]);
    expect(streams).toHaveLength(1);
  });

  it("notices that the log was begun anew", async () => {
    start(500);
    answers = [page([], 20)];
    streams[0]?.fail();
    await clock.pass(10);
    expect(restarts).toBe(1);
  });

  it("is silent once closed", async () => {
    const feed = start(0);
    feed.close();
    streams[0]?.send(1);
    await clock.pass(60_000);
    expect(got).toEqual([]);
    expect(asked).toEqual([]);
  });
});

describe("a line", () => {
  it("must be an object and have an id", () => {
    expect(parse("{", 1)).toBeNull();
    expect(parse("3", 1)).toBeNull();
    expect(parse('{"type":"log"}', Number.NaN)).toBeNull();
    expect(parse('{"type":"log","t":""}', 3)).toEqual({ id: 3, type: "log", t: "" });
  });
});
