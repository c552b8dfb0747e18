/**
 * Two hours of two metrics of 20 services, scraped every 5 s: `x`, a counter of 2,000 series, and `x_bucket`, 200
 * histograms of ten buckets. The same numbers each time.
 */
import { MetricStore } from "../../dist/server/telemetry/metric-store.js";

const SERVICES = 20;
const PER_SERVICE = 100;
const HISTOGRAMS = 10;
const BOUNDS = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "+Inf"];
/** Share of the observations at or below each bound. */
const SHARES = [0.02, 0.1, 0.3, 0.55, 0.8, 0.93, 0.975, 0.992, 0.999, 1];

export const STEP_MS = 5_000;
export const BEGINS_MS = Date.UTC(2026, 0, 1);

/** Marsaglia's xorshift of 32 bits, as a share of 1. */
function generator(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** One target a service: 100 counters, then its histograms bucket by bucket. */
export function targets() {
  return Array.from({ length: SERVICES }, (_, service) => {
    const own = { job: `service-${service}`, service: `service-${service}`, instance: `10.0.0.${service}:9090` };
    const counters = Array.from({ length: PER_SERVICE }, (_value, path) => ({
      name: "x",
      labels: { ...own, path: `/path/${path}` },
      kind: "counter",
    }));
    const buckets = Array.from({ length: HISTOGRAMS }, (_value, path) =>
      BOUNDS.map((le) => ({ name: "x_bucket", labels: { ...own, path: `/path/${path}`, le }, kind: "counter" })),
    );
    const series = [...counters, ...buckets.flat()];
    return { index: service, job: own.job, instance: own.instance, component: own.job, valuesFrom: 0, series };
  });
}

/** Calls `visit(row, target, values)` for each scrape; `values` is the target's, counted on from scrape to scrape. */
export function scrapes(rows, visit) {
  const random = generator(20_260_101);
  const all = targets();
  const values = all.map(({ series }) => new Float64Array(series.length));
  for (let row = 0; row < rows; row++) {
    for (const [index, target] of all.entries()) {
      count(values[index], random);
      visit(row, target, values[index]);
    }
  }
}

function count(values, random) {
  for (let path = 0; path < PER_SERVICE; path++) values[path] += Math.floor(random() * (1 + (path % 30)));
  for (let histogram = 0; histogram < HISTOGRAMS; histogram++) {
    const observations = Math.floor(random() * 40);
    for (let bucket = 0; bucket < BOUNDS.length; bucket++) {
      values[PER_SERVICE + histogram * BOUNDS.length + bucket] += Math.round(observations * SHARES[bucket]);
    }
  }
}

/** A store that has scraped all that. */
export function storeOf(rows) {
  const store = new MetricStore({ exemplarOf: () => undefined });
  const none = new Int32Array(targets()[0].series.length);
  scrapes(rows, (row, target, values) => {
    const atUs = (BEGINS_MS + row * STEP_MS) * 1_000;
    const count = values.length;
    store.scrape(
      {
        target,
        atUs,
        ok: true,
        durationSeconds: 0.01,
        samplesScraped: count,
        samplesKept: count,
        seriesAdded: 0,
        error: "",
      },
      values,
      none,
      undefined,
    );
  });
  return store;
}

/** What a dashboard asks, over the last hour at 15 s, and what somebody asks at the end. */
export const RANGE_QUERIES = [
  "sum by (service) (rate(x[5m]))",
  "histogram_quantile(0.99, sum by (le, service) (rate(x_bucket[5m])))",
];
export const INSTANT_QUERY = "topk(5, rate(x[5m]))";
