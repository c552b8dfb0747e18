/** A run taken out batch by batch: everything that was kept, each thing once, while it comes and when it is there. */
import { beforeAll, describe, expect, test } from "vitest";
import type { BatchHead } from "../../server/apis/export/batch.js";
import type { StorageRow } from "../../server/apis/export/storage.js";
import { SpanFeed } from "../../server/apis/export/span-feed.js";
import type { ApiWorld } from "../../server/apis/api-world.js";
import { uncompressSnappy } from "../../server/apis/snappy.js";
import { decodeMessage } from "../../server/apis/protobuf/message.js";
import { simTime } from "../../server/base/time.js";
import { LimitError } from "../../server/base/limit-error.js";
import { STALE_MARKER } from "../../server/telemetry/metric-reader.js";
import { HistoryBuilder } from "../../server/world/history.js";
import type { World } from "../../server/world/world.js";
import { decodeOtlp, readLogs, readMetrics, readSpans } from "../fixtures/otlp-reader.js";
import { askApi, jsonOf, smallWorld } from "../fixtures/small-world.js";
import { TOPOLOGY_FILE } from "../scenario/small-files.js";

type Json = Readonly<Record<string, unknown>>;
interface Got {
  readonly head: BatchHead;
  readonly body: string | Uint8Array;
}

function ask(world: World, parameters: Readonly<Record<string, string>>) {
  return askApi(world, "export", "next", { parameters: { history: "false", ...parameters } });
}

function next(world: World, session: string, after: number, more: Readonly<Record<string, string>>): Got {
  const answer = ask(world, { session, after: String(after), ...more });
  expect(answer.httpStatus, String(answer.body)).toBe(200);
  return { head: JSON.parse(answer.headers?.["firedrill-batch"] ?? "") as BatchHead, body: answer.body };
}

/** Batches until there are no more for now. */
function drain(world: World, session: string, after: number, more: Readonly<Record<string, string>>): Got[] {
  const batches: Got[] = [];
  for (let at = after; at < after + 1_000; at++) {
    const batch = next(world, session, at, more);
    batches.push(batch);
    if (!batch.head.more) return batches;
  }
  throw new Error("an export without an end");
}

const SIGNALS = { metrics: "resourceMetrics", logs: "resourceLogs", traces: "resourceSpans" } as const;

function joined(batches: readonly Got[], signal: keyof typeof SIGNALS): Json {
  const own = batches.filter(({ head }) => head.signal === signal && head.items > 0);
  const data = own.map(({ body }) =>
    typeof body === "string" ? (JSON.parse(body) as Json) : decodeOtlp(signal, body),
  );
  return { [SIGNALS[signal]]: data.flatMap((one) => one[SIGNALS[signal]] as Json[]) };
}

const whole = (world: World, signal: keyof typeof SIGNALS): Json =>
  jsonOf(
    askApi(world, "otlp", `v1/${signal}`, { parameters: { start: "0", end: String(world.nowUs / 1e6 + 1) } }),
  ) as Json;

let world: World;
beforeAll(() => {
  world = smallWorld(-545);
});

describe("a whole run", () => {
  test.each(["otlp-json", "otlp-protobuf"])("in %s is what the run has", (format) => {
    const [allMetrics, allLogs, allTraces] = [whole(world, "metrics"), whole(world, "logs"), whole(world, "traces")];
    const batches = drain(world, `whole-${format}`, 0, { format });
    const { head } = batches.at(-1) ?? { head: undefined };
    expect(head).toMatchObject({ done: true, sequence: batches.length });
    const samples = (data: Json) => [...readMetrics(data).samples].map(([key, values]) => [key, values.size]).sort();
    expect(samples(joined(batches, "metrics"))).toEqual(samples(allMetrics));
    const texts = (data: Json) =>
      readLogs(data)
        .map((line) => JSON.stringify(line))
        .sort();
    expect(texts(joined(batches, "logs"))).toEqual(texts(allLogs));
    const ids = (data: Json) =>
      readSpans(data)
        .map(({ span }) => span["spanId"])
        .sort();
    expect(ids(joined(batches, "traces"))).toEqual(ids(allTraces));
    const items = batches.reduce((sum, batch) => sum + (batch.head.signal === "traces" ? batch.head.items : 0), 0);
    expect(items).toBeGreaterThan(1_000);
  });

  test("for remote write is packed series with ascending samples and their descriptions", () => {
    const batches = drain(world, "write", 0, { format: "remote-write" });
    let samples = 0;
    const described: unknown[] = [];
    const newest = new Map<string, number>();
    for (const { body, head } of batches.filter((batch) => batch.head.items > 0)) {
      expect(head).toMatchObject({ contentEncoding: "snappy", signal: "metrics" });
      const request = decodeMessage(WRITE_REQUEST, uncompressSnappy(body as Uint8Array, 1e8));
      described.push(...((request["metadata"] as Json[] | undefined) ?? []).map((entry) => entry["family"]));
      for (const series of request["timeseries"] as Json[]) {
        const key = JSON.stringify(series["labels"]);
        for (const { timestamp = "0" } of series["samples"] as { timestamp?: string }[]) {
          expect(Number(timestamp)).toBeGreaterThan(newest.get(key) ?? 0);
          newest.set(key, Number(timestamp));
          samples++;
        }
      }
    }
    expect(described.length).toBeGreaterThan(20);
    expect(described, "the metrics server reads Alertmanager too").toContain("alertmanager_silences");
    expect(samples).toBe(batches.reduce((sum, { head }) => sum + head.items, 0));
  });

  test("as OpenMetrics has each family once", () => {
    const batches = drain(world, "text", 0, { format: "openmetrics" });
    const text = batches.map(({ body }) => String(body)).join("");
    const families = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(families.length).toBeGreaterThan(20);
    expect(new Set(families).size).toBe(families.length);
    const dump = askApi(world, "prometheus", "openmetrics", { parameters: { "match[]": '{__name__=~".+"}' } });
    expect(`${text}# EOF\n`).toBe(dump.body);
  });
});

test("a run that goes on gives what came since, late spans and lines too, and nothing twice", () => {
  const plant = "collector: { batchDelay: 3s, spansPerSecond: 400 }\n  logShipper: { flush: 2s, linesPerSecond: 8 }";
  const own = smallWorld(-585, [TOPOLOGY_FILE, "retention: 15d", `retention: 15d\n  ${plant}`]);
  const options = { format: "otlp-protobuf", live: "true" };
  const batches: Got[] = [];
  for (let step = 0; step < 6; step++) {
    batches.push(...drain(own, "live", batches.length, options));
    own.advance(simTime(own.nowUs + 7_300_000));
  }
  // All that was under way comes to its end, but for the spans that are still open.
  batches.push(...drain(own, "live", batches.length, options));
  expect(batches.every(({ head }) => !head.done)).toBe(true);
  const ids = (data: Json) => readSpans(data).map(({ span }) => String(span["spanId"]));
  const sent = ids(joined(batches, "traces"));
  expect(new Set(sent).size).toBe(sent.length);
  expect(sent.length).toBeGreaterThan(300);
  expect(sent.sort()).toEqual(ids(whole(own, "traces")).sort());
  const lines = readLogs(joined(batches, "logs")).map((line) => JSON.stringify(line));
  expect(new Set(lines).size).toBe(lines.length);
  const all = new Set(readLogs(whole(own, "logs")).map((line) => JSON.stringify(line)));
  expect(lines.length).toBeGreaterThan(all.size / 2);
  expect(lines.filter((line) => !all.has(line))).toEqual([]);
  const counts = (data: Json) => [...readMetrics(data).samples].map(([key, values]) => [key, values.size]).sort();
  expect(counts(joined(batches, "metrics"))).toEqual(counts(whole(own, "metrics")));
});

test("a session over a world that was built anew goes on from the mark of another, with nothing lost and nothing twice", () => {
  const plant = "collector: { batchDelay: 3s, spansPerSecond: 400 }\n  logShipper: { flush: 2s, linesPerSecond: 8 }";
  const build = (seconds: number): World =>
    smallWorld(seconds, [TOPOLOGY_FILE, "retention: 15d", `retention: 15d\n  ${plant}`]);
  const options = { format: "otlp-protobuf", live: "true" };
  const first = build(-595);
  const batches = drain(first, "first", 0, options);
  first.advance(simTime(first.nowUs + 9_300_000));
  // In the midst of it: the samples of some targets were sent, some spans wait.
  for (let count = 0; count < 2; count++) batches.push(next(first, "first", batches.length, options));
  const parameters = { session: "first", after: String(batches.length) };
  const mark = askApi(first, "export", "mark", { parameters });
  expect(mark.httpStatus).toBe(200);
  const body = new TextEncoder().encode(String(mark.body));
  // The clock of a world that was built anew may stand a little before.
  const again = build(-588);
  const begin = { ...options, session: "again", after: "0", history: "false" };
  expect(askApi(again, "export", "next", { parameters: begin, method: "POST", body }).httpStatus).toBe(200);
  const later: Got[] = [];
  for (let step = 0; step < 3; step++) {
    for (let at = later.length; ; at++) {
      const answer = askApi(again, "export", "next", { parameters: { ...begin, after: String(at) }, body });
      later.push({ head: JSON.parse(answer.headers?.["firedrill-batch"] ?? "") as BatchHead, body: answer.body });
      if (later.at(-1)?.head.more !== true) break;
    }
    again.advance(simTime(again.nowUs + 7_300_000));
  }
  const rest = drain(again, "again", later.length, options);
  const all = [...batches, ...later, ...rest];
  const ids = (data: Json) => readSpans(data).map(({ span }) => String(span["spanId"]));
  const sent = ids(joined(all, "traces"));
  expect(new Set(sent).size).toBe(sent.length);
  expect(sent.sort()).toEqual(ids(whole(again, "traces")).sort());
  const lines = readLogs(joined(all, "logs")).map((line) => JSON.stringify(line));
  expect(new Set(lines).size).toBe(lines.length);
  const samples = (data: Json) => [...readMetrics(data).samples].map(([key, values]) => [key, values.size]).sort();
  expect(samples(joined(all, "metrics"))).toEqual(samples(whole(again, "metrics")));
  const items = (list: readonly Got[]): number =>
    list.reduce((sum, { head }) => sum + (head.signal === "metrics" ? head.items : 0), 0);
  // As many as one session that nothing came between.
  expect(items(all)).toBe(items(drain(again, "undisturbed", 0, options)));
  const broken = askApi(again, "export", "next", { parameters: { ...begin, session: "x" }, body: new Uint8Array([1]) });
  expect(broken.httpStatus).toBe(400);
});

/** Each batch by a session of its own, which goes on from the mark of the one before. */
function takenInSessions(own: World, options: Readonly<Record<string, string>>): Got[] {
  const batches: Got[] = [];
  let body = new Uint8Array();
  for (;;) {
    const session = `s${String(batches.length)}-${options["format"] ?? ""}`;
    const answer = askApi(own, "export", "next", { parameters: { ...options, session, after: "0" }, body });
    expect(answer.httpStatus, String(answer.body)).toBe(200);
    const head = JSON.parse(answer.headers?.["firedrill-batch"] ?? "") as BatchHead;
    batches.push({ head, body: answer.body });
    if (head.done) return batches;
    const mark = askApi(own, "export", "mark", { parameters: { session, after: "1" } });
    body = new TextEncoder().encode(String(mark.body));
  }
}

describe("a run with its history", () => {
  let own: World;
  const itemsOf = (batches: readonly Got[], signal: keyof typeof SIGNALS): number =>
    batches.reduce((sum, { head }) => sum + (head.signal === signal ? head.items : 0), 0);
  /** What the metrics server has, ends of series among it or not. */
  const samplesOf = (ends: boolean): number => {
    const { metrics, nowUs } = own;
    const window = { timesMs: new Float64Array(0), values: new Float64Array(0), from: 0, to: 0 };
    let count = 0;
    for (const ref of metrics.select([{ name: "__name__", operator: "!=", value: "" }])) {
      metrics.window(ref, 0, nowUs / 1_000, window);
      const values = window.values.subarray(window.from, window.to);
      count += ends ? values.length : values.filter((value) => value !== STALE_MARKER).length;
    }
    return count;
  };
  beforeAll(() => {
    own = smallWorld(1, [TOPOLOGY_FILE, "rps: 10", "rps: 1"]);
    const history = new HistoryBuilder(own.scenario, "small");
    while (!history.done) history.step();
    own.attachHistory(history.export());
  });

  test("is taken out with each sample, span and line once, though its sessions end", () => {
    const options = { format: "otlp-json", history: "true" };
    const batches = takenInSessions(own, options);
    expect(batches.length).toBeGreaterThan(10);
    expect(itemsOf(batches, "metrics")).toBe(samplesOf(true));
    const names = (data: Json) => [...readMetrics(data).samples].map(([key, values]) => [key, values.size]).sort();
    expect(names(joined(batches, "metrics"))).toEqual(names(whole(own, "metrics")));
    const ids = readSpans(joined(batches, "traces")).map(({ span }) => String(span["spanId"]));
    expect(new Set(ids).size).toBe(ids.length);
    const { signals } = own.queries.ledger({ fromUs: 0, toUs: own.nowUs });
    const kept = (signal: string): number => signals.find((one) => one.signal === signal)?.kept.count ?? NaN;
    expect({ spans: ids.length, lines: itemsOf(batches, "logs") }).toEqual({
      spans: kept("traces"),
      lines: kept("logs"),
    });
  });

  test("is text with each sample once", () => {
    const options = { format: "openmetrics", history: "true" };
    const batches = takenInSessions(own, options);
    const lines = batches.flatMap(({ body }) => String(body).split("\n")).filter((line) => /^[a-z]/.test(line));
    expect(itemsOf(batches, "metrics")).toBe(samplesOf(false));
    expect(new Set(lines).size).toBe(lines.length);
  });
});

test("the stores tell what came and what became of it", () => {
  const rows = jsonOf(askApi(world, "export", "storage")) as StorageRow[];
  expect(rows.map(({ signal }) => signal)).toEqual(["metrics", "logs", "traces", "profiles"]);
  for (const { kept, onItsWay, received, dropped, bytes, retentionSeconds } of rows) {
    expect(kept).toBeGreaterThan(10);
    expect(dropped).toBe(0);
    expect(bytes).toBeGreaterThan(kept);
    expect(kept + onItsWay).toBe(received);
    expect(retentionSeconds).toBe(15 * 86_400);
  }
});

describe("who asks", () => {
  test("gets the last batch again, and no batch that there is not", () => {
    const options = { format: "otlp-json", signals: "logs" };
    const first = next(world, "again", 0, options);
    const second = next(world, "again", 1, options);
    expect(next(world, "again", 1, options)).toEqual(second);
    expect(second.body).not.toBe(first.body);
    expect(ask(world, { session: "again", after: "0", ...options }).httpStatus).toBe(409);
    expect(ask(world, { session: "gone", after: "3", ...options }).httpStatus).toBe(410);
  });

  test("is told what can not be", () => {
    const wrong: readonly Readonly<Record<string, string>>[] = [
      { session: "a b", format: "otlp-json" },
      { session: "a", format: "csv" },
      { session: "a", format: "remote-write", signals: "traces" },
      { session: "a", format: "openmetrics", live: "true" },
    ];
    for (const parameters of wrong) expect(ask(world, parameters).httpStatus, JSON.stringify(parameters)).toBe(400);
    const early = askApi(world, "export", "next", { parameters: { session: "early", format: "otlp-json" } });
    expect(early).toMatchObject({ httpStatus: 503, headers: { "Retry-After": "1" } });
  });

  test("gets times by the clock that it goes by when it begins", () => {
    const parameters = { history: "false", session: "ahead", format: "otlp-json", signals: "logs" };
    const { body } = askApi(world, "export", "next", { parameters, clockAheadMs: 86_400_000 });
    const plain = next(world, "plain", 0, { format: "otlp-json", signals: "logs" });
    const timeOf = (text: unknown) => readLogs(JSON.parse(String(text)) as Json)[0]?.timeUs ?? 0;
    expect(timeOf(body) - timeOf(plain.body)).toBe(86_400e6);
  });
});

test("spans that wait for their end are bounded, and the error names the bound", () => {
  const columns = {
    rows: 10,
    firstRowFrom: (timeUs: number) => (timeUs > 5 ? 10 : 0),
    startUs: (row: number) => row,
    isSeen: () => false,
    isSettled: () => false,
  };
  const feed = new SpanFeed({ fromUs: 0, untilUs: Infinity }, 4);
  const given = { nowUs: 20, traces: { stretches: () => [columns] } } as unknown as ApiWorld;
  expect(() => feed.take(given, 100)).toThrow(LimitError);
  expect(() => feed.take(given, 100)).toThrow(/allowed|more than 4/);
});

const WRITE_REQUEST = {
  timeseries: {
    number: 1,
    repeated: true,
    type: {
      labels: {
        number: 1,
        repeated: true,
        type: { name: { number: 1, type: "string" }, value: { number: 2, type: "string" } },
      },
      samples: {
        number: 2,
        repeated: true,
        type: { value: { number: 1, type: "double" }, timestamp: { number: 2, type: "int64" } },
      },
    },
  },
  metadata: { number: 3, repeated: true, type: { family: { number: 2, type: "string" } } },
} as const;
