import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LimitError } from "../../server/base/limit-error.js";
import { fieldSeriesOf } from "../../server/query/logs/field-series.js";
import { LogStore } from "../../server/telemetry/log-store.js";
import type { LogSource } from "../../server/telemetry/sources.js";
import type { LogLine, LogsRequest } from "../../server/wire/telemetry.js";
import { IDENTITY, MODEL, buildWorld } from "./synthetic-world.js";

const EVERYTHING = { fromUs: 0, toUs: 1e15 };

const storeOf = (recent: LogSource, examinedLimit = 100_000): LogStore =>
  new LogStore({ model: MODEL, identity: IDENTITY, recent, examinedLimit });

/** Every line of the sources, newest first, rendered one by one. */
function allLines(sources: readonly LogSource[]): LogLine[] {
  const lines = sources.flatMap((source) => {
    const whole = storeOf(source);
    return Array.from(
      { length: source.table.rows },
      (_, offset) => whole.page({ ...EVERYTHING, offset, limit: 1 }).lines,
    ).flat();
  });
  return lines.sort((a, b) => b.timeUs - a.timeUs || orderOf(b.id) - orderOf(a.id));
}

/** Later segment, then later row, is newer. */
const orderOf = (id: string): number => Number(id.split("-")[0]) * 1e9 + Number(id.split("-")[1]);

function obviouslyMatches(line: LogLine, request: LogsRequest): boolean {
  const fields: Record<string, string | undefined> = {
    level: line.level,
    service: line.service,
    instance: line.instance,
    trace_id: line.traceId,
  };
  for (const [name, value] of Object.entries(line.attributes)) fields[name] = String(value);
  const haystack = [line.message, ...Object.values(line.attributes).map(String)].map((text) => text.toLowerCase());
  const words = (request.text ?? "").split(" ").filter((word) => word !== "");
  return (
    line.timeUs >= request.fromUs &&
    line.timeUs <= request.toUs &&
    (request.levels === undefined || request.levels.length === 0 || request.levels.includes(line.level)) &&
    (request.services === undefined || request.services.length === 0 || request.services.includes(line.service)) &&
    (request.traceId === undefined || request.traceId === line.traceId) &&
    words.every((word) =>
      word.startsWith("-")
        ? !haystack.some((text) => text.includes(word.slice(1)))
        : haystack.some((text) => text.includes(word)),
    ) &&
    (request.fields ?? []).every(({ name, operator, value }) => (fields[name] === value) === (operator === "="))
  );
}

const history = buildWorld({ requests: 12, segment: 0, seed: 5 });
// The history's last lines are later than the first of the recent part, as requests in flight at the cut are.
const recent = buildWorld({ requests: 15, fromUs: 1_000_000 + 11 * 20_000, firstRequest: 100, seed: 9 });
const SOURCES = [history.logs, recent.logs];

const request: fc.Arbitrary<LogsRequest> = fc.record(
  {
    fromUs: fc.integer({ min: 900_000, max: 1_600_000 }),
    toUs: fc.integer({ min: 900_000, max: 1_600_000 }),
    levels: fc.subarray(["debug" as const, "info" as const, "warn" as const, "error" as const]),
    services: fc.subarray(["edge", "cart", "mailer", "absent"]),
    text: fc.constantFrom("", "cart", "cart -failed", "user-3", "502", "mail", "-user-1 priced", "/price", "-/price"),
    traceId: fc.constantFrom(IDENTITY.traceId(3), IDENTITY.traceId(104), IDENTITY.traceId(99_999)),
    fields: fc.subarray(
      [
        { name: "level", operator: "!=" as const, value: "info" },
        { name: "service", operator: "=" as const, value: "cart" },
        { name: "app.user.id", operator: "=" as const, value: "user-2" },
        { name: "error.type", operator: "!=" as const, value: "502" },
        { name: "instance", operator: "=" as const, value: "cart-1" },
        { name: "http.route", operator: "=" as const, value: "/price" },
        { name: "http.route", operator: "!=" as const, value: "/cart" },
      ],
      { maxLength: 2 },
    ),
  },
  { requiredKeys: ["fromUs", "toUs"] },
);

describe("pages of lines", () => {
  it("are what filtering every rendered line gives, in any order of windows", () => {
    const everything = allLines(SOURCES);
    fc.assert(
      fc.property(fc.array(fc.tuple(request, fc.nat(20), fc.nat(20)), { minLength: 1, maxLength: 4 }), (asked) => {
        const store = storeOf(recent.logs);
        store.attachHistory(history.logs);
        for (const [search, offset, limit] of asked) {
          const expected = everything.filter((line) => obviouslyMatches(line, search));
          const page = store.page({ ...search, offset, limit });
          expect(page.total).toBe(expected.length);
          expect(page.lines).toEqual(expected.slice(offset, offset + limit));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("follow a window that grows and shrinks with one filter", () => {
    const everything = allLines(SOURCES);
    const window = fc.tuple(fc.integer({ min: 900_000, max: 1_600_000 }), fc.nat(400_000));
    fc.assert(
      fc.property(fc.array(window, { minLength: 1, maxLength: 8 }), (windows) => {
        const store = storeOf(recent.logs);
        store.attachHistory(history.logs);
        for (const [fromUs, length] of windows) {
          const search = { fromUs, toUs: fromUs + length, text: "user-2" };
          const expected = everything.filter((line) => obviouslyMatches(line, search));
          expect(store.page({ ...search, offset: 0, limit: 1_000 }).lines).toEqual(expected);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("begin as the whole list does, however often the search is stopped", () => {
    const everything = allLines(SOURCES);
    fc.assert(
      fc.property(request, fc.boolean(), (search, isOldest) => {
        let clock = 0;
        const store = new LogStore({
          model: MODEL,
          identity: IDENTITY,
          recent: recent.logs,
          clockMs: () => (clock += 10),
        });
        store.attachHistory(history.logs);
        const found = everything.filter((line) => obviouslyMatches(line, search));
        const expected = isOldest ? [...found].reverse() : found;
        const order = isOldest ? ("oldest" as const) : ("newest" as const);
        for (let times = 0; times < 5; times++) {
          const page = store.page({ ...search, order, sliceMs: 1, offset: 0, limit: 500 });
          expect(page.lines).toEqual(expected.slice(0, page.total));
          if (page.searched === undefined) {
            expect(page.total).toBe(expected.length);
            return;
          }
        }
        expect.unreachable("the search never ends");
      }),
      { numRuns: 200 },
    );
  });

  it("show equal lines of a process as one", () => {
    const store = storeOf(recent.logs);
    const whole = store.page({ ...EVERYTHING, services: ["mailer"], offset: 0, limit: 100 });
    const page = store.page({ ...EVERYTHING, services: ["mailer"], fold: "exact", offset: 0, limit: 100 });
    expect(page.total).toBeLessThan(whole.total);
    expect(page.lines.reduce((sum, { repeats = 1 }) => sum + repeats, 0)).toBe(whole.total);
    expect(page.foldedFrom).toEqual({ lines: whole.total, of: whole.total });
  });

  it("see lines that were written since", () => {
    const world = buildWorld({ requests: 5 });
    const store = storeOf(world.logs);
    const search = { ...EVERYTHING, text: "priced", offset: 0, limit: 10 };
    const before = store.page(search).total;
    world.logs.table.append(9_000_000, 2, 2);
    expect(store.page(search).total).toBe(before + 1);
    expect(store.page(search).lines[0]?.timeUs).toBe(9_000_000);
  });

  it("render placeholders, ids and attributes", () => {
    const { logs } = buildWorld({ requests: 1, seed: 3 });
    const { lines } = storeOf(logs).page({ ...EVERYTHING, services: ["edge", "cart"], offset: 0, limit: 10 });
    expect(lines.map(({ message }) => message)).toEqual([
      "/cart answered",
      "cart of user-0 priced",
      "version v1 ready",
    ]);
    expect(lines[0]).toMatchObject({
      service: "edge",
      instance: "edge-0",
      level: "info",
      traceId: IDENTITY.traceId(0),
      spanId: IDENTITY.spanId(1, 0),
    });
    expect(lines[2]).not.toHaveProperty("traceId");
  });

  it("end with the limit that they met", () => {
    const store = storeOf(buildWorld({ requests: 200 }).logs, 50);
    const search = (): unknown => store.page({ ...EVERYTHING, text: "user-3", offset: 0, limit: 10 });
    expect(search).toThrow(LimitError);
    expect(search).toThrow(/log lines examined by one search exceeded: more than 50/);
    // The text of the template decides without rendering.
    expect(
      store.page({ ...EVERYTHING, levels: ["info"], services: ["cart"], text: "priced", offset: 0, limit: 10 }).total,
    ).toBeGreaterThan(50);
    expect(() => store.page({ ...EVERYTHING, offset: 0, limit: 1_001 })).toThrow(/1001, allowed 1000/);
  });
});

describe("the histogram", () => {
  it("has every matching line once", () => {
    const store = storeOf(recent.logs);
    store.attachHistory(history.logs);
    const { stepUs, buckets } = store.histogram({
      fromUs: 1_000_000,
      toUs: 1_600_000,
      buckets: 7,
      levels: ["info", "error"],
    });
    expect(buckets).toHaveLength(7);
    expect(buckets.map(({ fromUs }) => fromUs)).toEqual(buckets.map((_, i) => 1_000_000 + i * stepUs));
    const counted = buckets.reduce((sum, { counts }) => sum + counts.info + counts.error, 0);
    expect(counted).toBe(
      store.page({ fromUs: 1_000_000, toUs: 1_600_000, levels: ["info", "error"], offset: 0, limit: 0 }).total,
    );
    expect(buckets.every(({ counts }) => counts.debug === 0 && counts.warn === 0)).toBe(true);
  });
});

describe("fields", () => {
  it("count their values over the matching lines", () => {
    const store = storeOf(recent.logs);
    const answer = store.fields({ ...EVERYTHING, services: ["cart"] });
    const service = answer.fields.find(({ name }) => name === "service");
    expect(service).toMatchObject({ lines: answer.total, unique: 1, values: [{ value: "cart", count: answer.total }] });
    const users = answer.fields.find(({ name }) => name === "app.user.id");
    expect(users?.values.reduce((sum, { count }) => sum + count, 0)).toBe(15);
  });
});

it("a field over time tells how many values it has beside those that are drawn", () => {
  const fields = { fromUs: 0, toUs: 10_000_000, field: "user.id", buckets: 10 };
  const { values, distinct } = fieldSeriesOf(storeOf(recent.logs), fields);
  const seen = new Set(allLines([recent.logs]).flatMap(({ attributes }) => attributes["user.id"] ?? []));
  expect(distinct).toBe(seen.size);
  expect(values.length).toBe(Math.min(6, seen.size));
});
