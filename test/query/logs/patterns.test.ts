/** Patterns against a baseline, a field over time, the lines around a line: over the smallest world. */
import { beforeAll, describe, expect, it } from "vitest";
import { Drain, mergedByText, patternText } from "../../../server/query/logql/drain.js";
import { changeOf } from "../../../server/query/logs/patterns.js";
import { compilePattern } from "../../../server/telemetry/line-pattern.js";
import type { World } from "../../../server/world/world.js";
import type { LogPatterns } from "../../../server/wire/logs.js";
import { smallWorld } from "../../fixtures/small-world.js";

let world: World;
let window: { readonly fromUs: number; readonly toUs: number };

beforeAll(() => {
  world = smallWorld(-60);
  window = { fromUs: world.nowUs - 60e6, toUs: world.nowUs };
});

describe("how a count stands to a baseline", () => {
  it.each([
    [100, 0, 4, "new", undefined],
    [0, 100, 4, "gone", undefined],
    [0, 2, 4, "same", 0],
    [100, 100, 4, "up", 4],
    [25, 400, 4, "down", 0.25],
    [102, 400, 4, "same", 1.02],
    [3, 4, 4, "same", 3],
    [7, 9, undefined, "same", undefined],
  ])("%d lines, %d in a baseline of %d times the length: %s", (count, baseline, ratio, change, factor) => {
    const answer = changeOf(count, baseline, ratio);
    expect(answer.change).toBe(change);
    expect(answer.factor).toBe(factor);
  });
});

describe("patterns", () => {
  const ask = (request: object = {}): LogPatterns =>
    world.queries.logPatterns({
      ...window,
      baseline: { fromUs: window.fromUs - 120e6, toUs: window.fromUs },
      buckets: 12,
      ...request,
    });

  it("count every line once, in the window and in the baseline", () => {
    const { patterns, lines, baselineLines } = ask();
    expect(lines).toBe(world.queries.logs({ ...window, offset: 0, limit: 0 }).total);
    const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
    expect(sum(patterns.map(({ count }) => count))).toBe(lines);
    expect(sum(patterns.map(({ baselineCount }) => baselineCount))).toBe(baselineLines);
    expect(patterns.length).toBeGreaterThan(1);
    for (const { counts, count } of patterns) expect(sum(counts)).toBe(count);
  });

  it("are filters that find their own lines, and lines of no other", () => {
    const { patterns } = ask();
    for (const { text, level, count } of patterns) {
      const fields = [{ name: "pattern", operator: "=" as const, value: text }];
      const found = world.queries.logs({ ...window, levels: [level], fields, offset: 0, limit: 50 });
      expect(found.total, text).toBeGreaterThanOrEqual(count);
      expect(found.lines.every(({ message }) => compilePattern(text)(message))).toBe(true);
      const others = fields.map((field) => ({ ...field, operator: "!=" as const }));
      const rest = world.queries.logs({ ...window, levels: [level], fields: others, offset: 0, limit: 0 }).total;
      expect(rest + found.total).toBe(world.queries.logs({ ...window, levels: [level], offset: 0, limit: 0 }).total);
    }
  });

  it("are one where only the number of values side by side differs", () => {
    const drain = new Drain();
    for (const line of ["sent to a1", "sent to b1", "sent to a1 a2", "sent to b1 b2", "kept for a1"])
      drain.add(line, 0);
    const found = drain.clusters.map((cluster) => ({ cluster }));
    expect(found).toHaveLength(3);
    const merged = mergedByText(found, () => "");
    expect(merged.map(({ cluster }) => [patternText(cluster), cluster.size, cluster.counts.get(0)])).toEqual([
      ["sent to <_>", 4, 4],
      ["kept for a1", 1, 1],
    ]);
  });

  it("have no baseline where there is no telemetry", () => {
    const answer = ask({ baseline: { fromUs: 0, toUs: 1e6 } });
    expect(answer).not.toHaveProperty("baseline");
    expect(answer.patterns.every(({ change }) => change === "same")).toBe(true);
  });
});

describe("a line's pattern", () => {
  it.each([
    ["sent <_> mails", "sent 12 mails", true],
    ["sent <_> mails", "sent  12   mails", true],
    ["sent <_> mails", "sent mails", false],
    ["<_> failed: <_>", "checkout failed: refused", true],
    ["<_> failed: <_>", "checkout failed:", false],
    ["ready", "ready", true],
    ["ready", "ready now", false],
    ["a <_> a", "a a", false],
  ])("%s and %s: %s", (pattern, line, wanted) => {
    expect(compilePattern(pattern)(line)).toBe(wanted);
  });
});

describe("a field over time", () => {
  it("counts what the sidebar counts", () => {
    const series = world.queries.logFieldSeries({ ...window, field: "level", buckets: 10 });
    const levels = world.queries.logFields(window).fields.find(({ name }) => name === "level");
    expect(series.examined).toBe(series.total);
    const counted = series.values.map(({ value, counts }) => ({
      value,
      count: counts.reduce((sum, count) => sum + count, 0),
    }));
    expect(counted).toEqual(levels?.values);
  });

  it("has the median of a field of numbers", () => {
    const { medians } = world.queries.logFieldSeries({ ...window, field: "duration_ms", buckets: 3 });
    const numbers = world.queries.logFields(window).fields.find(({ name }) => name === "duration_ms")?.numbers;
    expect(medians?.every((median) => median !== null && numbers !== undefined && median <= numbers.max)).toBe(true);
  });
});

describe("the lines around a line", () => {
  it("are of its process, in order, and whole", () => {
    const { lines } = world.queries.logs({ ...window, offset: 0, limit: 400 });
    const line = lines[200];
    if (line === undefined) throw new Error("there are too few lines");
    const context = world.queries.logContext({ id: line.id, before: 4, after: 3 });
    const own = lines
      .filter(({ instance, service }) => instance === line.instance && service === line.service)
      .reverse();
    const at = own.findIndex(({ id }) => id === line.id);
    expect(context?.lines.map(({ id }) => id)).toEqual(own.slice(Math.max(0, at - 4), at + 4).map(({ id }) => id));
    expect(context?.lines[context.index]?.id).toBe(line.id);
  });

  it("is nothing for a line that is not there", () => {
    expect(world.queries.logContext({ id: "1-999999999", before: 1, after: 1 })).toBeUndefined();
  });
});

describe("a list in LogQL", () => {
  it("is that of the same filters", () => {
    const query = '{level="info"} | http_request_method="POST"';
    const byQuery = world.queries.logs({ ...window, query, offset: 0, limit: 100 });
    const fields = [{ name: "http.request.method", operator: "=" as const, value: "POST" }];
    expect(byQuery).toEqual(world.queries.logs({ ...window, levels: ["info"], fields, offset: 0, limit: 100 }));
    expect(byQuery.total).toBeGreaterThan(0);
  });

  it("shows lines as its stages leave them", () => {
    const query = '{level="info"} | label_format verb=http_request_method | line_format "{{.verb}}!"';
    const { lines } = world.queries.logs({ ...window, query, offset: 0, limit: 5 });
    expect(lines[0]?.message).toMatch(/^[A-Z]*!$/);
  });

  it("is refused in words where it is none", () => {
    const ask = (query: string) => () => world.queries.logs({ ...window, query, offset: 0, limit: 1 });
    expect(ask("{level=error}")).toThrow(/unexpected IDENTIFIER/);
    expect(ask('rate({level="error"}[1m])')).toThrow(/numbers over time/);
  });
});
