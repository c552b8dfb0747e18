import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SeriesDescriptor } from "../../server/sim/metric-sink.js";
import { STALE_MARKER, type LabelMatcher } from "../../server/telemetry/metric-reader.js";
import { MetricStore } from "../../server/telemetry/metric-store.js";
import {
  NO_EXEMPLARS,
  SlowMetricModel,
  dynamicOf,
  emptyStore,
  keyOf,
  samplesOf,
  scrapeOf,
  target,
  windowOf,
  withoutIdleMarkers,
} from "./scrape-script.js";

const counter = (name: string, labels: Record<string, string> = {}): SeriesDescriptor => ({
  name,
  labels,
  kind: "counter",
});
const gauge = (name: string, labels: Record<string, string> = {}): SeriesDescriptor => ({
  name,
  labels,
  kind: "gauge",
});

const CART = { job: "cart", instance: "cart-0:9464" };

describe("scrapes", () => {
  it("keep samples and report on themselves", () => {
    const store = emptyStore();
    const cart = target([counter("requests_total")]);
    store.scrape(scrapeOf(cart, 1_000), Float64Array.of(3), NO_EXEMPLARS, undefined);
    store.scrape(scrapeOf(cart, 2_000), Float64Array.of(5), NO_EXEMPLARS, undefined);
    expect(samplesOf(store, { __name__: "requests_total", ...CART })).toEqual([
      [1_000, 3],
      [2_000, 5],
    ]);
    expect(samplesOf(store, { __name__: "up", ...CART })).toEqual([
      [1_000, 1],
      [2_000, 1],
    ]);
    expect(store.labelValues("__name__", [])).toEqual([
      "requests_total",
      "scrape_duration_seconds",
      "scrape_samples_post_metric_relabeling",
      "scrape_samples_scraped",
      "scrape_series_added",
      "up",
    ]);
  });

  it("that fail end every series but the reports", () => {
    const store = emptyStore();
    const cart = target([gauge("pool")]);
    store.scrape(scrapeOf(cart, 1_000), Float64Array.of(3), NO_EXEMPLARS, undefined);
    store.scrape(scrapeOf(cart, 2_000, false), Float64Array.of(4), NO_EXEMPLARS, undefined);
    store.scrape(scrapeOf(cart, 3_000, false), Float64Array.of(4), NO_EXEMPLARS, undefined);
    store.scrape(scrapeOf(cart, 4_000), Float64Array.of(7), NO_EXEMPLARS, undefined);
    expect(samplesOf(store, { __name__: "pool", ...CART })).toEqual([
      [1_000, 3],
      [2_000, STALE_MARKER],
      [4_000, 7],
    ]);
    expect(samplesOf(store, { __name__: "up", ...CART }).map(([, value]) => value)).toEqual([1, 0, 0, 1]);
  });

  it("leave out a series until it is counted, and end it when it goes", () => {
    const store = emptyStore();
    const cart = target([counter("errors_total")]);
    const values = [NaN, 1, NaN, NaN];
    for (const [i, value] of values.entries())
      store.scrape(scrapeOf(cart, (i + 1) * 1_000), Float64Array.of(value), NO_EXEMPLARS, undefined);
    expect(samplesOf(store, { __name__: "errors_total", ...CART })).toEqual([
      [2_000, 1],
      [3_000, STALE_MARKER],
    ]);
  });

  it("of a removed target end its reports too", () => {
    const store = emptyStore();
    const cart = target([gauge("pool")]);
    store.scrape(scrapeOf(cart, 1_000), Float64Array.of(3), NO_EXEMPLARS, undefined);
    store.targetRemoved(cart, 1_500_000);
    for (const name of ["pool", "up"])
      expect(samplesOf(store, { __name__: name, ...CART }).at(-1)).toEqual([1_500, STALE_MARKER]);
  });

  it("that come no later than the one before are dropped and counted", () => {
    const store = emptyStore();
    const cart = target([gauge("pool")]);
    for (const atMs of [2_000, 2_000, 1_000, 3_000]) {
      store.scrape(scrapeOf(cart, atMs), Float64Array.of(atMs), NO_EXEMPLARS, undefined);
    }
    expect(samplesOf(store, { __name__: "pool", ...CART }).map(([timeMs]) => timeMs)).toEqual([2_000, 3_000]);
    expect(store.figures().outOfOrderScrapes).toBe(2);
  });

  it("read the target's slice of the engine's array", () => {
    const store = emptyStore();
    const order = target([gauge("pool")], { index: 1, job: "order", valuesFrom: 2 });
    store.scrape(scrapeOf(order, 1_000), Float64Array.of(0, 0, 9), NO_EXEMPLARS, undefined);
    expect(samplesOf(store, { __name__: "pool", job: "order", instance: "order-1:9464" })).toEqual([[1_000, 9]]);
  });
});

describe("run-time series", () => {
  const user = (id: number): SeriesDescriptor => counter("requests_total", { ...CART, user_id: `u-${String(id)}` });

  it("end together when the process restarts, and go on when it names them again", () => {
    const store = emptyStore();
    const cart = target([]);
    const scrape = (atMs: number, dynamic: ReturnType<typeof dynamicOf> | undefined): void => {
      store.scrape(scrapeOf(cart, atMs), new Float64Array(0), NO_EXEMPLARS, dynamic);
    };
    scrape(1_000, dynamicOf([user(1), user(2)], [5, 6]));
    scrape(2_000, dynamicOf([user(1), user(2)], [5, 7]));
    scrape(3_000, dynamicOf([user(2)], [1], 1));
    scrape(4_000, undefined);
    expect(samplesOf(store, { __name__: "requests_total", ...CART, user_id: "u-1" })).toEqual([
      [1_000, 5],
      [2_000, 5],
      [3_000, STALE_MARKER],
    ]);
    expect(samplesOf(store, { __name__: "requests_total", ...CART, user_id: "u-2" })).toEqual([
      [1_000, 6],
      [2_000, 7],
      [3_000, 1],
      [4_000, STALE_MARKER],
    ]);
  });

  it("beyond the limit are refused and counted", () => {
    const store = new MetricStore({ exemplarOf: () => undefined, seriesLimit: 10 });
    const users = Array.from({ length: 20 }, (_, i) => user(i));
    store.scrape(
      scrapeOf(target([]), 1_000),
      new Float64Array(0),
      NO_EXEMPLARS,
      dynamicOf(
        users,
        users.map(() => 1),
      ),
    );
    expect(store.figures().series).toBe(10);
    expect(store.figures().refusedSeries).toBe(15);
    expect(store.select([{ name: "__name__", operator: "=", value: "requests_total" }])).toHaveLength(5);
  });
});

/** What one scrape of the property brings: values of the static series, or a failure; values of run-time series, and whether the process restarted. */
const step = fc.record({
  ok: fc.boolean().map((coin) => coin || undefined),
  values: fc.array(fc.oneof(fc.constant(NaN), fc.integer({ min: 0, max: 9 })), { minLength: 3, maxLength: 3 }),
  dynamic: fc.option(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }), { nil: undefined }),
  restarts: fc.boolean(),
});

describe("the store", () => {
  it("agrees with lists of samples", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), fc.nat(14), fc.nat(14), (steps, start, length) => {
        const store = emptyStore();
        const model = new SlowMetricModel();
        const cart = target([gauge("a"), gauge("b", { path: "/x" }), gauge("b", { path: "/y" })]);
        let epoch = 0;
        let most = 0;
        for (const [i, { ok, values, dynamic, restarts }] of steps.entries()) {
          if (restarts) {
            epoch++;
            most = 0;
          }
          // Ids are append-only within an epoch.
          const counts =
            dynamic === undefined
              ? undefined
              : [...dynamic, ...new Array<number>(Math.max(0, most - dynamic.length)).fill(1)];
          if (counts !== undefined && ok === true) most = Math.max(most, counts.length);
          const series = counts?.map((_, id) => gauge("c", { ...CART, id: String(id) })) ?? [];
          const made = counts === undefined ? undefined : dynamicOf(series, counts, epoch);
          const result = scrapeOf(cart, (i + 1) * 1_000, ok === true);
          store.scrape(result, Float64Array.from(values), NO_EXEMPLARS, made);
          model.scrape(result, Float64Array.from(values), made);
          if (counts === undefined && ok === true) most = 0;
        }
        const [startMs, endMs] = [start * 1_000 - 500, (start + length) * 1_000 - 500];
        const refs = store.select([{ name: "__name__", operator: "=~", value: ".+" }]);
        expect(refs.map((ref) => keyOf(store.labels(ref))).sort()).toEqual([...model.series.keys()].sort());
        for (const ref of refs) {
          const expected = (model.series.get(keyOf(store.labels(ref))) ?? []).filter(
            ([t]) => t > startMs && t <= endMs,
          );
          expect(windowOf(store, ref, startMs, endMs)).toEqual(withoutIdleMarkers(expected));
        }
      }),
      { numRuns: 200 },
    );
  });

  it("selects as a scan over all series does, also when series were added since", () => {
    const labels = fc.record({ a: fc.constantFrom("", "x", "y", "xy"), b: fc.constantFrom("", "1", "2") });
    const matcher: fc.Arbitrary<LabelMatcher> = fc.record({
      name: fc.constantFrom("__name__", "a", "b", "absent"),
      operator: fc.constantFrom("=" as const, "!=" as const, "=~" as const, "!~" as const),
      value: fc.constantFrom("", "m", "n", "x", "x|y", "x.*", ".+", "1|", "[0-9]"),
    });
    const series = fc.record({ name: fc.constantFrom("m", "n"), labels });
    fc.assert(
      fc.property(
        fc.array(series, { maxLength: 12 }),
        fc.array(series, { maxLength: 6 }),
        fc.array(matcher, { maxLength: 3 }),
        (first, second, matchers) => {
          const store = emptyStore();
          const all: Record<string, string>[] = [];
          for (const batch of [first, second]) {
            for (const { name, labels: more } of batch) {
              store.append({ __name__: name, ...more }, 1_000, 1);
              const kept = Object.fromEntries(
                Object.entries({ __name__: name, ...more }).filter(([, value]) => value !== ""),
              );
              if (!all.some((known) => keyOf(known) === keyOf(kept))) all.push(kept);
            }
            const expected = all.filter((one) =>
              matchers.every((condition) => obviouslyMatches(condition, one[condition.name] ?? "")),
            );
            expect(store.select(matchers).map((ref) => keyOf(store.labels(ref)))).toEqual(expected.map(keyOf));
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("finds names and values of labels, with and without matchers", () => {
    const store = emptyStore();
    store.append({ __name__: "m", a: "2" }, 1, 1);
    store.append({ __name__: "m", a: "1", b: "x" }, 1, 1);
    store.append({ __name__: "n", c: "z" }, 1, 1);
    const ofM: LabelMatcher[] = [{ name: "__name__", operator: "=", value: "m" }];
    expect(store.labelNames([])).toEqual(["__name__", "a", "b", "c"]);
    expect(store.labelNames(ofM)).toEqual(["__name__", "a", "b"]);
    expect(store.labelValues("a", ofM)).toEqual(["1", "2"]);
    expect(store.labelValues("absent", [])).toEqual([]);
  });

  it("puts recorded samples in order of time, whatever order they come in", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.nat(9)), { minLength: 1, maxLength: 30 }), (samples) => {
        const store = emptyStore();
        for (const [time, value] of samples) store.append({ __name__: "ALERTS" }, time, value);
        const expected = [...new Map(samples)].sort(([a], [b]) => a - b);
        expect(samplesOf(store, { __name__: "ALERTS" })).toEqual(expected);
      }),
    );
  });

  it("keeps a hash of what was scraped, and of that alone", () => {
    const run = (value: number): MetricStore => {
      const store = emptyStore();
      store.scrape(scrapeOf(target([gauge("pool")]), 1_000), Float64Array.of(value), NO_EXEMPLARS, undefined);
      return store;
    };
    const store = run(1);
    store.append({ __name__: "ALERTS" }, 1, 1);
    expect(store.digest()).toBe(run(1).digest());
    expect(store.digest()).not.toBe(run(2).digest());
  });
});

function obviouslyMatches({ operator, value }: LabelMatcher, actual: string): boolean {
  const equal = operator.includes("~") ? new RegExp(`^(?:${value})$`, "s").test(actual) : actual === value;
  return operator.startsWith("!") ? !equal : equal;
}

describe("exemplars", () => {
  it("are kept once a scrape and read from the span", () => {
    const store = new MetricStore({
      exemplarOf: (segment, row) => ({
        traceId: `t${String(segment)}`,
        spanId: String(row),
        valueSeconds: row / 10,
        timeMs: row * 100,
      }),
    });
    const cart = target([counter("bucket", { le: "1" })]);
    for (const [i, row] of [5, 5, 25].entries()) {
      store.scrape(scrapeOf(cart, (i + 1) * 1_000), Float64Array.of(1), Int32Array.of(row + 1), undefined);
    }
    const [ref = -1] = store.select([{ name: "__name__", operator: "=", value: "bucket" }]);
    expect(store.exemplars(ref, 0, 10_000)).toEqual([
      { labels: { trace_id: "t1", span_id: "5" }, timestampMs: 500, value: 0.5 },
      { labels: { trace_id: "t1", span_id: "25" }, timestampMs: 2_500, value: 2.5 },
    ]);
    expect(store.exemplars(ref, 600, 10_000)).toHaveLength(1);
  });
});
