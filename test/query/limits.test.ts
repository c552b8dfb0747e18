import { describe, expect, it } from "vitest";
import { DEFAULT_QUERY_LIMITS } from "../../server/query/promql/limits.js";
import { evaluateInstant, evaluateRange, prepareQuery, type PreparedQuery } from "../../server/query/promql/query.js";
import { memoryOf } from "../fixtures/metric-memory.js";

const memory = memoryOf(`load 1m
  up{job="a"} 1x60
  up{job="b"} 1x60
  up{job="c"} 1x60`);

function query(text: string): PreparedQuery {
  const prepared = prepareQuery(text);
  if (!prepared.ok) throw new Error(prepared.error[0]?.message);
  return prepared.value;
}

describe("limits name their figure", () => {
  it("of series", () => {
    expect(() => evaluateInstant(query("sum(up)"), memory, 60_000, { ...DEFAULT_QUERY_LIMITS, seriesMax: 2 })).toThrow(
      "limit of series per query exceeded: 3, allowed 2",
    );
  });

  it("of samples", () => {
    const limits = { ...DEFAULT_QUERY_LIMITS, samplesMax: 100 };
    expect(() => evaluateRange(query("rate(up[5m])"), memory, 0, 3_600_000, 60_000, limits)).toThrow(
      "limit of samples per query exceeded",
    );
  });

  it("of samples that a query makes up itself", () => {
    const limits = { ...DEFAULT_QUERY_LIMITS, samplesMax: 2_000 };
    expect(() =>
      evaluateRange(query('count_values("at", timestamp(up))'), memory, 0, 3_600_000, 60_000, limits),
    ).toThrow("limit of samples per query exceeded");
  });

  it("of steps, in Prometheus's words", () => {
    expect(() => evaluateRange(query("up"), memory, 0, 3_600_000, 100)).toThrow(
      "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)",
    );
  });
});

describe("a watched query", () => {
  /** A clock that goes on by 10 ms whenever somebody looks at it. */
  const ticking = (): (() => number) => {
    let now = 0;
    return () => (now += 10);
  };

  it("ends when its time is over, and says which time", () => {
    const options = { ...DEFAULT_QUERY_LIMITS, timeMsMax: 25, clockMs: ticking() };
    expect(() => evaluateRange(query("sum(rate(up[5m])) + up"), memory, 0, 600_000, 60_000, options)).toThrow(
      "limit of milliseconds per query exceeded: 30, allowed 25",
    );
  });

  it("ends within one series, where its windows are long", () => {
    const dense = memoryOf("load 1s\n  beat 0+1x4000");
    const prepared = query("quantile_over_time(0.5, beat[1h])");
    let asked = 0;
    // Not when it begins, nor at its nodes.
    const options = { ...DEFAULT_QUERY_LIMITS, cancelled: () => ++asked > 4 };
    expect(() => evaluateRange(prepared, dense, 3_600_000, 4_000_000, 1_000, options)).toThrow("query was canceled");
  });

  it("ends when nobody wants it any more", () => {
    let asked = 0;
    const options = { ...DEFAULT_QUERY_LIMITS, cancelled: () => ++asked > 2 };
    expect(() => evaluateInstant(query("sum(rate(up[5m])) + up"), memory, 600_000, options)).toThrow(
      "query was canceled in expression evaluation",
    );
  });
});

describe("what Prometheus calls experimental", () => {
  it.each([
    ["mad_over_time(up[5m])", 'function "mad_over_time" is experimental'],
    ["limitk(1, up)", "limitk() is experimental"],
    ["rate(up[step()])", "step() and range() in durations are experimental"],
  ])("%s is refused as such", (text, message) => {
    const prepared = prepareQuery(text);
    expect(prepared.ok ? "" : prepared.error[0]?.message).toContain(message);
    expect(prepareQuery(text, { experimental: true }).ok).toBe(true);
  });
});

describe("a prepared query", () => {
  it("sees series that came after it was prepared", () => {
    const growing = memoryOf(`load 1m
      up{job="a"} 1x5`);
    const prepared = query("count(up)");
    const count = (): number => {
      const result = evaluateInstant(prepared, growing, 60_000);
      return result.kind === "vector" ? (result.samples[0]?.value ?? 0) : NaN;
    };
    expect(count()).toBe(1);
    growing.load(60_000, ['up{job="b"} 1x5']);
    expect(count()).toBe(2);
  });

  it("counts what it read", () => {
    const result = evaluateInstant(query("sum_over_time(up[10m])"), memory, 3_600_000);
    expect(result.seriesRead).toBe(3);
    expect(result.samplesRead).toBe(33);
  });

  it("gives the same at each step of a range as at that instant", () => {
    const prepared = query("sum by (job) (rate(up[5m])) / on (job) (up offset 2m + 1)");
    const range = evaluateRange(prepared, memory, 600_000, 1_200_000, 37_000);
    if (range.kind !== "matrix") throw new Error("no matrix");
    expect(range.series.length).toBe(3);
    for (const { labels, timesMs, values } of range.series) {
      timesMs.forEach((time, index) => {
        const instant = evaluateInstant(prepared, memory, time);
        const sample =
          instant.kind === "vector"
            ? instant.samples.find((candidate) => candidate.labels.key === labels.key)
            : undefined;
        expect(sample?.value).toBe(values[index]);
      });
    }
  });
});
