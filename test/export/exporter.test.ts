/** Batches on their way to a receiver: again when it is away, counted when it refuses, one at a time whatever happens. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BatchHead, Signal } from "../../server/apis/export/batch.js";
import { AllowList } from "../../server/export/allow-list.js";
import {
  type BatchParameters,
  type BatchSource,
  NotYet,
  type PulledBatch,
  SessionGone,
} from "../../server/export/batch-source.js";
import { Exporter } from "../../server/export/exporter.js";
import { FileTarget } from "../../server/export/file-target.js";
import { PushTarget } from "../../server/export/push-target.js";
import { Pauses } from "../../server/export/retry.js";
import { Receiver } from "../fixtures/receiver.js";

const RETRY = { firstPauseMs: 1, pauseMsMax: 4, totalMs: 20 };

/** Gives these batches, of ten items each, and then nothing more. */
class ListedSource implements BatchSource {
  readonly asked: BatchParameters[] = [];
  /** Thrown instead of the next answers. */
  readonly failures: Error[] = [];

  constructor(
    readonly bodies: readonly string[],
    readonly options: {
      readonly live?: boolean;
      readonly signals?: readonly Signal[];
      readonly over?: () => boolean;
    } = {},
  ) {}

  next(parameters: BatchParameters): Promise<PulledBatch> {
    this.asked.push(parameters);
    const failure = this.failures.shift();
    if (failure !== undefined) return Promise.reject(failure);
    const { live = false, signals = ["traces"] } = this.options;
    const after = Number(parameters["after"]);
    const body = this.bodies[after];
    const more = after + 1 < this.bodies.length;
    const head: BatchHead = {
      sequence: after + 1,
      signal: signals[after % signals.length] ?? "traces",
      items: body === undefined ? 0 : 10,
      more,
      done: !more && !live,
      untilUs: (after + 1) * 100_000_000,
      contentType: "application/json",
    };
    return Promise.resolve({ head, body: new TextEncoder().encode(body ?? "") });
  }

  isOver(): Promise<boolean> {
    return Promise.resolve(this.options.over?.() ?? false);
  }
}

let receiver: Receiver;
beforeEach(async () => {
  receiver = await Receiver.start();
});
afterEach(() => receiver.close());

function exportTo(
  source: BatchSource,
  options: { address?: string; format?: string; retry?: typeof RETRY } = {},
): Exporter {
  const { address = receiver.url, format = "otlp-json", retry = RETRY } = options;
  const target = new PushTarget({ address, format, retry, headers: { Authorization: "Bearer secret" } });
  const order = { to: address, format, live: false, headers: { Authorization: "Bearer secret" } };
  return new Exporter({ id: "test", order, source, target, pollMs: 2 });
}

describe("an address", () => {
  test("gets every batch once and in order, at the path of its signal, packed where that pays", async () => {
    const long = JSON.stringify({ resourceLogs: "x".repeat(5_000) });
    const status = await exportTo(new ListedSource(["{}", long, "{}"], { signals: ["traces", "logs"] })).finished();
    expect(status).toMatchObject({
      state: "done",
      batches: 3,
      sent: { traces: 20, logs: 10 },
      dropped: {},
      retries: 0,
    });
    expect(status.untilUs).toEqual({ traces: 300_000_000, logs: 200_000_000 });
    expect(JSON.stringify(status)).not.toContain("secret");
    expect(receiver.received.map(({ path }) => path)).toEqual(["/v1/traces", "/v1/logs", "/v1/traces"]);
    expect(receiver.received[1]?.headers).toMatchObject({
      "content-encoding": "gzip",
      "content-type": "application/json",
      authorization: "Bearer secret",
    });
    expect(receiver.received[1]?.body.toString()).toBe(long);
  });

  test("that is busy is tried again, and what it then takes is not lost", async () => {
    receiver.replies.push({ status: 503 }, { status: 429, headers: { "retry-after": "0" } }, { status: 200 });
    const status = await exportTo(new ListedSource(["{}"])).finished();
    expect(status).toMatchObject({ state: "done", retries: 2, sent: { traces: 10 }, dropped: {} });
    expect(receiver.received).toHaveLength(3);
  });

  test("that stays away costs what it did not take, and says so", async () => {
    const address = "http://127.0.0.1:9";
    const status = await exportTo(new ListedSource(["{}", "{}"]), { address }).finished();
    expect(status.state).toBe("done");
    const [[reason, items] = ["", 0]] = Object.entries(status.dropped);
    expect(reason).toMatch(/^gave up: .*(ECONNREFUSED|bad port)/i);
    expect(items).toBe(20);
  });

  test("that refuses a batch costs that batch; one that refuses five in a row ends the export", async () => {
    receiver.replies.push({ status: 400, body: "out of order sample" });
    const once = await exportTo(new ListedSource(["{}", "{}"])).finished();
    expect(once).toMatchObject({ state: "done", sent: { traces: 10 }, dropped: { "400 out of order sample": 10 } });
    for (let at = 0; at < 5; at++) receiver.replies.push({ status: 422, body: "no" });
    const never = await exportTo(new ListedSource(Array.from({ length: 9 }, () => "{}"))).finished();
    expect(never).toMatchObject({ state: "failed", dropped: { "422 no": 50 } });
    expect(never.error).toContain("none of 5 batches in a row: 422 no");
  });

  test.each([
    { status: 401, error: "401" },
    { status: 404, error: "404" },
    { status: 302, headers: { location: "http://127.0.0.1:9/" }, error: "redirects are not followed" },
  ])("that answers $status ends it at once", async ({ error, ...reply }) => {
    receiver.replies.push(reply);
    const status = await exportTo(new ListedSource(["{}", "{}"])).finished();
    expect(status.state).toBe("failed");
    expect(status.error).toContain(error);
    expect(receiver.received).toHaveLength(1);
  });

  test("that takes a part says how much it did not take", async () => {
    const body = JSON.stringify({ partialSuccess: { rejectedSpans: "3", errorMessage: "too old" } });
    receiver.replies.push({ status: 200, body, headers: { "content-type": "application/json" } });
    const status = await exportTo(new ListedSource(["{}"])).finished();
    expect(status).toMatchObject({ sent: { traces: 7 }, dropped: { "rejected: too old": 3 } });
  });

  test("of remote write is taken as it is, with the headers of the protocol", async () => {
    await exportTo(new ListedSource(["x"]), {
      address: `${receiver.url}/api/v1/write`,
      format: "remote-write",
    }).finished();
    expect(receiver.received[0]?.path).toBe("/api/v1/write");
    expect(receiver.received[0]?.headers["x-prometheus-remote-write-version"]).toBe("0.1.0");
  });
});

describe("a run", () => {
  test("that goes on is followed until it is over", async () => {
    let looks = 0;
    const source = new ListedSource(["{}"], { live: true, over: () => ++looks > 2 });
    const status = await exportTo(source).finished();
    expect(status).toMatchObject({ state: "done", batches: 1 });
    expect(source.asked.map(({ after }) => after)).toEqual(["0", "1", "2"]);
  });

  test("can be left while the receiver is away", async () => {
    receiver.replies.push(...Array.from({ length: 100 }, () => ({ status: 503 })));
    const retry = { firstPauseMs: 60_000, pauseMsMax: 60_000, totalMs: 600_000 };
    const exporter = exportTo(new ListedSource(["{}"], { live: true }), { retry });
    while (exporter.status.waitingFor === undefined) await new Promise((resolve) => setTimeout(resolve, 2));
    expect(exporter.status.waitingFor).toContain("503");
    expect(await exporter.stop()).toMatchObject({ state: "stopped", dropped: { stopped: 10 } });
  });

  test("whose history is on its way is waited for; one whose world was built anew begins again a little before", async () => {
    const source = new ListedSource(["{}", "{}", "{}"]);
    source.failures.push(new NotYet("the history is still on its way"), new NotYet("again"));
    const status = await exportTo(source).finished();
    expect(status.state).toBe("done");
    const gone = new ListedSource(["{}", "{}", "{}"]);
    gone.next = async function (parameters: BatchParameters): Promise<PulledBatch> {
      if (this.asked.length === 2) this.failures.push(new SessionGone("gone"));
      return ListedSource.prototype.next.call(this, parameters);
    };
    expect((await exportTo(gone).finished()).state).toBe("done");
    const [, , lost, anew] = gone.asked;
    expect([lost?.["after"], anew?.["after"], anew?.["start"]]).toEqual(["2", "0", "140"]);
    expect(anew?.["session"]).not.toBe(lost?.["session"]);
  });

  test.each([true, false])(
    "goes on from what the receiver has acknowledged when its world was built anew (live: %s)",
    async (live) => {
      const marks: (string | undefined)[] = [];
      class MarkedSource extends ListedSource {
        override next(parameters: BatchParameters, mark?: Uint8Array): Promise<PulledBatch> {
          marks.push(mark === undefined ? undefined : new TextDecoder().decode(mark));
          if (this.asked.length === 2) this.failures.push(new SessionGone("gone"));
          return super.next(parameters);
        }
        mark({ after }: BatchParameters): Promise<Uint8Array> {
          return Promise.resolve(new TextEncoder().encode(`after ${String(after)}`));
        }
      }
      const source: MarkedSource = new MarkedSource(["{}", "{}", "{}"], {
        live,
        over: (): boolean => source.asked.length > 5,
      });
      const target = new PushTarget({ address: receiver.url, format: "otlp-json", retry: RETRY, headers: {} });
      const order = { to: receiver.url, format: "otlp-json", live };
      await new Exporter({ id: "test", order, source, target, pollMs: 2 }).finished();
      expect(marks.slice(0, 4)).toEqual([undefined, undefined, undefined, "after 2"]);
      expect(source.asked[3]).not.toHaveProperty("start");
      expect(source.asked[3]?.["after"]).toBe("0");
    },
  );

  test("that answers nonsense ends it with what it said", async () => {
    const source = new ListedSource([]);
    source.failures.push(new Error("the run answered 400: no such format"));
    expect(await exportTo(source).finished()).toMatchObject({
      state: "failed",
      error: "the run answered 400: no such format",
    });
  });
});

describe("files", () => {
  const folder = (): string => mkdtempSync(join(tmpdir(), "firedrill-export-"));

  test("hold a message a line, one file for each signal", async () => {
    const path = folder();
    const target = new FileTarget(join(path, "run.json"), "otlp-json", true);
    const order = { to: path, format: "otlp-json" };
    const source = new ListedSource(['{"a":1}', '{"b":2}', '{"c":3}'], { signals: ["traces", "logs"] });
    await new Exporter({ id: "x", order, source, target }).finished();
    expect(readFileSync(join(path, "run-traces.json"), "utf8")).toBe('{"a":1}\n{"c":3}\n');
    expect(readFileSync(join(path, "run-logs.json"), "utf8")).toBe('{"b":2}\n');
    rmSync(path, { recursive: true });
  });

  test("of Protocol Buffers tell the length before each message, of OpenMetrics the end", async () => {
    const path = folder();
    for (const [format, content] of [
      ["otlp-protobuf", "\0\0\0\u0003abc\0\0\0\u0002de"],
      ["openmetrics", "abcde# EOF\n"],
    ] as const) {
      const target = new FileTarget(join(path, format), format, false);
      await new Exporter({
        id: "x",
        order: { to: path, format },
        source: new ListedSource(["abc", "de"]),
        target,
      }).finished();
      expect(readFileSync(join(path, format), "utf8")).toBe(content);
    }
    rmSync(path, { recursive: true });
  });

  test("that can not be written end it", async () => {
    const target = new FileTarget("/nowhere/run.json", "otlp-json", false);
    const order = { to: "/nowhere/run.json", format: "otlp-json" };
    const status = await new Exporter({ id: "x", order, source: new ListedSource(["{}"]), target }).finished();
    expect(status.error).toContain("can not write /nowhere/run.json");
  });
});

test("pauses double up to a bound, heed what the receiver wants, and end", () => {
  const pauses = new Pauses({ firstPauseMs: 10, pauseMsMax: 35, totalMs: 130 });
  expect([pauses.next(), pauses.next(), pauses.next(), pauses.next(60), pauses.next(), pauses.next()]).toEqual([
    10,
    20,
    35,
    60,
    35,
    undefined,
  ]);
});

test.each([
  ["http://collector:4318", true],
  ["http://collector:4318/v1/traces", true],
  ["https://metrics.example/api/v1/write", true],
  ["https://metrics.example/api/v1/write?tenant=a", true],
  ["https://metrics.example/api/v1/writer", false],
  ["https://metrics.example/", false],
  ["https://metrics.example/api/v1/write/../../../admin", false],
  ["http://collector:4319", false],
  ["https://collector:4318", false],
  ["http://collector:4318@evil.example/", false],
  ["http://user:word@collector:4318/", false],
  ["http://collector:4318.evil.example/", false],
  ["file:///etc/passwd", false],
  ["nothing", false],
])("%s may be sent to: %s", (address, allowed) => {
  const list = new AllowList(["http://collector:4318", "https://metrics.example/api/v1/write"]);
  expect(list.allows(address)).toBe(allowed);
  expect(new AllowList([]).allows(address)).toBe(false);
});
