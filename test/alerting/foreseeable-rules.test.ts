/** Rules evaluated for many instants at once say what they say one by one. */
import { expect, test } from "vitest";
import { AlertPipeline } from "../../server/alerting/alert-pipeline.js";
import { alertmanagerOf } from "../../server/alerting/alertmanager/default-configuration.js";
import { ForeseeableRules } from "../../server/alerting/foreseeable-rules.js";
import { parsePromql } from "../../server/query/promql/parse.js";
import { Silences } from "../../server/sim/observability/silences.js";
import { MetricStore } from "../../server/telemetry/metric-store.js";
import type { RuleGroupSpec } from "../../server/topology/types.js";

const MINUTE_MS = 60_000;
const MINUTES = 40;

const GROUPS: readonly RuleGroupSpec[] = [
  {
    name: "plain",
    rules: [
      { record: "job:rate5m", expr: "sum by (job) (rate(requests_total[5m]))" },
      {
        record: "job:errors",
        expr: 'sum by (job) (rate(requests_total{code="500"}[5m])) / sum by (job) (rate(requests_total[5m]))',
      },
      { record: "far", expr: "increase(requests_total[30m]) and on () vector(1)" },
      { alert: "Many", expr: 'gauge{job="a"} > 5', for: "2m", annotations: { says: "{{ $value }}" } },
      { record: "never", expr: "gauge > on () gauge" },
    ],
  },
  {
    name: "made of others",
    rules: [
      { record: "job:rate5m:max", expr: "max_over_time(job:rate5m[10m])" },
      { alert: "Firing", expr: 'count(ALERTS{alertstate="firing"}) > 0' },
      { record: "top", expr: "topk(1, gauge)" },
      { record: "own", expr: "rate(prometheus_rule_evaluations_total[5m])" },
    ],
  },
  { name: "rarely", interval: "3m", query_offset: "1m", rules: [{ record: "late", expr: "gauge + time()" }] },
];

/** Everything that is written, when the pipeline is asked `every` so many evaluations. */
function written(every: number): string {
  const store = new MetricStore({ exemplarOf: () => undefined });
  for (let minute = 0; minute < MINUTES; minute++) {
    const timeMs = minute * MINUTE_MS - 500;
    for (const job of minute < 20 ? ["a", "b"] : ["a", "b", "late"]) {
      store.append({ __name__: "gauge", job }, timeMs, (minute * job.charCodeAt(0)) % 11);
      for (const code of ["200", "500"])
        if (code === "200" || minute > 7)
          store.append({ __name__: "requests_total", job, code }, timeMs, (minute % 17) * (job === "a" ? 3 : 7.25));
    }
  }
  const pipeline = new AlertPipeline({
    groups: GROUPS,
    intervalMs: MINUTE_MS,
    reader: store,
    append: (labels, timeMs, value) => {
      store.append(labels, timeMs, value);
    },
    spec: alertmanagerOf({}),
    silences: () => new Silences(),
    externalUrl: "http://prometheus:9090",
    startMs: 0,
    metricsServer: { labels: { job: "prometheus" }, retentionMs: 1e9, beganMs: 0 },
  });
  const atUs = Array.from({ length: MINUTES }, (_, minute) => minute * MINUTE_MS * 1_000);
  const ran = atUs.map((_, minute) => (minute === 9 || minute === 23 ? 0 : 1));
  for (let end = every; end < MINUTES + every; end += every)
    pipeline.follow(
      { atUs: atUs.slice(0, end), ran, tookUs: atUs },
      atUs[Math.min(end, MINUTES) - 1] ?? 0,
      (us): Readonly<Record<string, string>> => (us > 30 * MINUTE_MS * 1_000 ? { Many: 'gauge{job="b"} > 3' } : {}),
    );
  const { symbols, series, recorded } = store.export();
  const lines = recorded.map(({ series: at, timesMs, values }) => {
    const labels = [...(series[at] ?? [])].map((symbol) => symbols[symbol]).join(" ");
    return `${labels}: ${[...(timesMs ?? [])].map((timeMs, index) => `${String(timeMs)} ${String(values[index])}`).join(", ")}`;
  });
  return [...lines, JSON.stringify(pipeline.rules.alerts()), JSON.stringify(pipeline.alertmanager.notifications)].join(
    "\n",
  );
}

test.each([MINUTES, 7])("%i evaluations at once write the bytes that each alone writes", (every) => {
  const single = written(1);
  expect(single).toContain("job:rate5m:max");
  expect(single).toContain("Many");
  expect(written(every)).toBe(single);
});

test.each<readonly [expression: string, isForeseeable: boolean]>([
  ["sum by (job) (rate(requests_total[5m])) > 3", true],
  ['requests_total{job=~"a|b"} offset 5m', true],
  ["histogram_quantile(0.99, sum by (le) (rate(requests_bucket[5m]))) and on () gauge", true],
  ["vector(1 - 0.995)", true],
  // What rules and both servers write.
  ["job:rate5m", false],
  ['{job="a"}', false],
  ['{__name__=~"job:.*"}', false],
  ["ALERTS", false],
  ["count by (job) (up == 0)", false],
  ['up{job="edge"} == 0', true],
  // What means another thing over a range, or puts rows in an order.
  ["gauge @ end()", false],
  ["max_over_time(gauge[5m:1m])", false],
  ["topk(3, gauge)", false],
  ["sort(gauge)", false],
])("%s can be evaluated ahead: %s", (expression, isForeseeable) => {
  const parsed = parsePromql(expression);
  if (!parsed.ok) throw new Error(parsed.error[0]?.message);
  const rules = new ForeseeableRules(GROUPS, [{ __name__: "up", job: "alertmanager" }]);
  expect(rules.includes(parsed.value)).toBe(isForeseeable);
});
