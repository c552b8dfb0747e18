/** Rules, what the metrics server posts, and the messages that come of it, on one clock. */
import { expect, it } from "vitest";
import { AlertPipeline } from "../../server/alerting/alert-pipeline.js";
import { alertmanagerAnswer } from "../../server/alerting/alertmanager/answer.js";
import { alertmanagerOf } from "../../server/alerting/alertmanager/default-configuration.js";
import { Silences } from "../../server/sim/observability/silences.js";
import type { SampleWindow } from "../../server/telemetry/metric-reader.js";
import type { RuleSpec } from "../../server/topology/types.js";
import { memoryOf } from "../fixtures/metric-memory.js";

const MINUTE_US = 60_000_000;

const DOWN: RuleSpec = { alert: "Down", expr: "bad > 5", labels: { severity: "page" } };

interface Course {
  readonly series: string;
  readonly rule?: RuleSpec;
  /** Minutes at which the metrics server was busy. */
  readonly missed?: readonly number[];
  readonly minutes?: number;
  /** µs at which somebody looks, besides the end. */
  readonly looks?: readonly number[];
  readonly silences?: Silences;
}

/** A pipeline that has evaluated its rule each minute, to the end. */
function played(course: Course): AlertPipeline {
  const { series, rule = DOWN, missed = [], minutes = 30, looks = [], silences = new Silences() } = course;
  const pipeline = new AlertPipeline({
    groups: [{ name: "all", rules: [rule] }],
    intervalMs: 60_000,
    reader: memoryOf(`load 1m\n${series}`),
    append: () => undefined,
    spec: alertmanagerOf({}),
    silences: () => silences,
    externalUrl: "http://prometheus:9090",
    startMs: 0,
  });
  const due = Array.from({ length: minutes }, (_, minute) => minute * MINUTE_US);
  for (const nowUs of [...looks, minutes * MINUTE_US]) {
    const atUs = due.filter((at) => at <= nowUs);
    const ran = atUs.map((at) => (missed.includes(at / MINUTE_US) ? 0 : 1));
    pipeline.follow({ atUs, ran, tookUs: atUs.map(() => 0) }, nowUs, () => ({}));
  }
  return pipeline;
}

const told = (pipeline: AlertPipeline): readonly string[] =>
  alertmanagerAnswer(pipeline.alertmanager, pipeline.silences, 30 * MINUTE_US)
    .messages.map(({ atUs, channel, title }) => `${String(atUs / 1e6)} ${channel} ${title}`)
    .reverse();

it.each([
  [
    "pages at once, and tells the end at the next turn",
    DOWN,
    "bad 0 9 9 9 0x26",
    ["60 page [FIRING:1] Down (page)", "360 page [RESOLVED] Down (page)"],
  ],
  [
    "lets a ticket wait for others",
    { ...DOWN, labels: { severity: "ticket" } },
    "bad 0 9x29",
    ["90 ticket [FIRING:1] Down (ticket)"],
  ],
  [
    "pages for an alert that says nothing of its urgency",
    { ...DOWN, labels: {} },
    'bad{job="a"} 0 9x29',
    ["60 page [FIRING:1] Down (a)"],
  ],
  [
    "sends a remark to the chat",
    { ...DOWN, labels: { severity: "info" } },
    "bad 0x9 9x20",
    ["630 chat [FIRING:1] Down (info)"],
  ],
])("%s", (_, rule, series, expected) => {
  expect(told(played({ series, rule }))).toEqual(expected);
});

it("gives the same messages however time is sliced", () => {
  const series = "bad 0 9 9 0 0 0 0 0 9 9 9 0x9 9x12";
  const whole = told(played({ series }));
  expect(whole.length).toBeGreaterThan(2);
  const looks = Array.from({ length: 170 }, (_, index) => index * 10_700_001);
  expect(told(played({ series, looks }))).toEqual(whole);
});

it("takes alerts of a metrics server that has gone silent for over after four rounds", () => {
  const missed = Array.from({ length: 25 }, (_, index) => index + 5);
  expect(told(played({ series: "bad 0 9x29", missed }))).toEqual([
    "60 page [FIRING:1] Down (page)",
    // Last sent at 4 min with an end at 8; the group speaks every five.
    "660 page [RESOLVED] Down (page)",
  ]);
});

it("does not tell of what is silenced, and tells again when the silence is over", () => {
  const silences = new Silences();
  const matchers = [{ name: "alertname", value: "Do.*", isRegex: true, isEqual: true }];
  const rest = { matchers, createdBy: "me", comment: "known", updatedUs: 0 };
  silences.put({ id: "one", fromUs: 0, untilUs: 10 * MINUTE_US, ...rest });
  const pipeline = played({ series: "bad 0 9x29", silences });
  expect(told(pipeline)).toEqual(["660 page [FIRING:1] Down (page)"]);
  expect(pipeline.alertmanager.counts.suppressed.silence).toBe(2);
  const { silences: shown } = alertmanagerAnswer(pipeline.alertmanager, pipeline.silences, 5 * MINUTE_US);
  expect(shown).toMatchObject([{ id: "one", state: "active", alerts: 1 }]);
});

it("tells the metrics server of itself where that looks at it", () => {
  const memory = memoryOf("load 1m\nbad 0 9x29");
  const silences = new Silences();
  const pipeline = new AlertPipeline({
    groups: [{ name: "all", rules: [DOWN] }],
    intervalMs: 60_000,
    reader: memory,
    append: (labels, timeMs, value) => memory.append(labels, timeMs, value),
    spec: alertmanagerOf({}),
    silences: () => silences,
    externalUrl: "",
    startMs: 0,
    target: { job: "alertmanager", instance: "alertmanager:9093" },
  });
  const atUs = [0, MINUTE_US, 2 * MINUTE_US, 3 * MINUTE_US];
  pipeline.follow({ atUs, ran: [1, 1, 0, 1], tookUs: [0, 0, 0, 0] }, 3 * MINUTE_US, () => ({}));
  const [ref] = memory.select([{ name: "__name__", operator: "=", value: "alertmanager_alerts_received_total" }]);
  expect(memory.labels(ref ?? 0)).toEqual({
    __name__: "alertmanager_alerts_received_total",
    status: "firing",
    version: "v2",
    job: "alertmanager",
    instance: "alertmanager:9093",
  });
  const window: SampleWindow = { timesMs: new Float64Array(0), values: new Float64Array(0), from: 0, to: 0 };
  memory.window(ref ?? 0, -1, 4 * 60_000, window);
  expect([...window.timesMs.subarray(window.from, window.to)]).toEqual([0, 60_000, 180_000]);
  expect([...window.values.subarray(window.from, window.to)]).toEqual([0, 0, 1]);
});

it("links an alert to its query", () => {
  const [alert] = played({ series: "bad 0 9x29" }).alertmanager.alerts(20 * 60_000);
  expect(alert?.generatorUrl).toBe("http://prometheus:9090/graph?g0.expr=bad+%3E+5&g0.tab=1");
});
