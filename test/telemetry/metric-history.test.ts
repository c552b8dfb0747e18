import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SeriesDescriptor } from "../../server/sim/metric-sink.js";
import { STALE_MARKER } from "../../server/telemetry/metric-reader.js";
import { transferablesOf } from "../../server/telemetry/metric-history.js";
import { MetricStore } from "../../server/telemetry/metric-store.js";
import { NO_EXEMPLARS, dynamicOf, emptyStore, keyOf, samplesOf, scrapeOf, target, windowOf } from "./scrape-script.js";

const CART = { job: "cart", instance: "cart-0:9464" };
const SERIES: readonly SeriesDescriptor[] = [
  { name: "process_start_time_seconds", labels: {}, kind: "gauge" },
  { name: "requests_total", labels: {}, kind: "counter" },
  { name: "errors_total", labels: {}, kind: "counter" },
  { name: "pool", labels: {}, kind: "gauge" },
];
const user = (id: number): SeriesDescriptor => ({
  name: "requests_total",
  labels: { ...CART, user_id: String(id) },
  kind: "counter",
});

/** One stretch of a process: what it counts between scrapes. */
interface Step {
  readonly ok: boolean;
  readonly requests: number;
  readonly errors: number;
  readonly pool: number;
  readonly user: number;
  readonly restarts: boolean;
}

/** A process that counts; `scrape` writes what it exposes into a store. */
class Process {
  readonly #target = target(SERIES);
  #started: number;
  #requests = 0;
  #errors = 0;
  #epoch = 0;
  #ids: number[] = [];
  #counts: number[] = [];

  /** `restartsBefore`: how often it restarted before this stretch; its start time tells. */
  constructor(
    readonly store: MetricStore,
    restartsBefore = 0,
  ) {
    this.#started = restartsBefore;
  }

  run(steps: readonly Step[], fromMs: number): void {
    for (const [i, step] of steps.entries()) {
      if (step.restarts) this.#restart();
      this.#requests += step.requests;
      this.#errors += step.errors;
      this.#countUser(step.user, step.requests);
      const errors = this.#errors === 0 ? NaN : this.#errors;
      const values = Float64Array.of(this.#started, this.#requests, errors, step.pool);
      const dynamic = dynamicOf(this.#ids.map(user), this.#counts, this.#epoch);
      this.store.scrape(scrapeOf(this.#target, fromMs + i * 1_000, step.ok), values, NO_EXEMPLARS, dynamic);
    }
  }

  #countUser(id: number, requests: number): void {
    const at = this.#ids.indexOf(id);
    if (at < 0) {
      this.#ids.push(id);
      this.#counts.push(requests);
    } else this.#counts[at] = (this.#counts[at] ?? 0) + requests;
  }

  #restart(): void {
    this.#started++;
    this.#requests = 0;
    this.#errors = 0;
    this.#epoch++;
    this.#ids = [];
    this.#counts = [];
  }
}

const steps = (maxLength: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      ok: fc.integer({ min: 0, max: 4 }).map((dice) => dice > 0),
      requests: fc.nat(5),
      errors: fc.nat(1),
      pool: fc.nat(9),
      user: fc.nat(3),
      restarts: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
    }),
    { minLength: 1, maxLength },
  );

function contentOf(store: MetricStore): Map<string, unknown> {
  const refs = store.select([{ name: "__name__", operator: "!=", value: "" }]);
  return new Map(refs.map((ref) => [keyOf(store.labels(ref)), windowOf(store, ref, -Infinity, Infinity)]));
}

describe("a history that is attached", () => {
  it("gives what one store would hold that had seen everything", () => {
    fc.assert(
      fc.property(steps(6), steps(6), steps(3), (before, after, later) => {
        // A restart right at the cut, or a failed scrape there, is known to the history's engine alone.
        const history = before.map((step, i) => (i === before.length - 1 ? { ...step, ok: true } : step));
        const recent = after.map((step, i) => (i === 0 ? { ...step, ok: true, restarts: false } : step));
        const cutMs = 1_000 + history.length * 1_000;

        const whole = emptyStore();
        new Process(whole).run([...history, ...recent, ...later], 1_000);

        const past = emptyStore();
        new Process(past).run(history, 1_000);
        const store = emptyStore();
        const process = new Process(store, history.filter((step) => step.restarts).length);
        process.run(recent, cutMs);
        store.attachHistory(structuredClone(past.export()));
        process.run(later, cutMs + recent.length * 1_000);

        expect(contentOf(store)).toEqual(contentOf(whole));
      }),
      { numRuns: 200 },
    );
  });

  it("counts what came after its last scrape when the engine's values are handed over", () => {
    const past = emptyStore();
    const cart = target(SERIES);
    past.scrape(scrapeOf(cart, 1_000), Float64Array.of(1, 10, NaN, 3), NO_EXEMPLARS, undefined);
    const store = emptyStore();
    store.scrape(scrapeOf(cart, 2_000), Float64Array.of(1, 4, NaN, 3), NO_EXEMPLARS, undefined);
    store.attachHistory(past.export(Float64Array.of(1, 12, NaN, 3)));
    expect(samplesOf(store, { __name__: "requests_total", ...CART })).toEqual([
      [1_000, 10],
      [2_000, 16],
    ]);
  });

  it("keeps the numbers of series that were there, and the hash of the recent part", () => {
    const past = emptyStore();
    new Process(past).run([{ ok: true, requests: 1, errors: 1, pool: 1, user: 7, restarts: false }], 1_000);
    const store = emptyStore();
    new Process(store).run([{ ok: true, requests: 1, errors: 0, pool: 1, user: 1, restarts: false }], 2_000);
    const everything = [{ name: "__name__", operator: "!=" as const, value: "" }];
    const before = store.select(everything).map((ref) => keyOf(store.labels(ref)));
    const digest = store.digest();
    store.attachHistory(past.export());
    expect(
      store
        .select(everything)
        .map((ref) => keyOf(store.labels(ref)))
        .slice(0, before.length),
    ).toEqual(before);
    expect(store.digest()).toBe(digest);
  });

  it("ends a gauge that the recent part does not have", () => {
    const past = emptyStore();
    const cart = target(SERIES);
    past.scrape(scrapeOf(cart, 1_000), Float64Array.of(1, 1, NaN, 3), NO_EXEMPLARS, undefined);
    const store = emptyStore();
    store.scrape(scrapeOf(cart, 2_000), Float64Array.of(1, 1, NaN, NaN), NO_EXEMPLARS, undefined);
    store.attachHistory(past.export());
    expect(samplesOf(store, { __name__: "pool", ...CART })).toEqual([
      [1_000, 3],
      [2_000, STALE_MARKER],
    ]);
  });

  it("brings recorded series and exemplars of its own spans", () => {
    const exemplarOf = (segment: 0 | 1, row: number) => ({
      traceId: String(segment),
      spanId: String(row),
      valueSeconds: 1,
      timeMs: segment * 1_000 + 500,
    });
    const past = new MetricStore({ exemplarOf });
    const store = new MetricStore({ exemplarOf });
    const cart = target([{ name: "bucket", labels: {}, kind: "counter" }]);
    past.scrape(scrapeOf(cart, 1_000), Float64Array.of(1), Int32Array.of(4), undefined);
    past.append({ __name__: "ALERTS" }, 1_000, 1);
    store.scrape(scrapeOf(cart, 2_000), Float64Array.of(1), Int32Array.of(9), undefined);
    store.append({ __name__: "ALERTS" }, 2_000, 1);
    const exported = past.export();
    store.attachHistory(structuredClone(exported, { transfer: transferablesOf(exported) }));
    const [ref = -1] = store.select([{ name: "__name__", operator: "=", value: "bucket" }]);
    expect(store.exemplars(ref, 0, 9_000).map(({ labels }) => labels)).toEqual([
      { trace_id: "0", span_id: "3" },
      { trace_id: "1", span_id: "8" },
    ]);
    expect(samplesOf(store, { __name__: "ALERTS" })).toEqual([
      [1_000, 1],
      [2_000, 1],
    ]);
  });
});
