import { describe, expect, it } from "vitest";
import { checkRuleGroups } from "../../server/alerting/rule-check.js";
import { RuleEvaluator } from "../../server/alerting/rule-evaluator.js";
import { STALE_MARKER } from "../../server/telemetry/metric-reader.js";
import type { RuleGroupSpec, RuleSpec } from "../../server/topology/types.js";
import { memoryOf, MetricMemory } from "../fixtures/metric-memory.js";

const MINUTE = 60_000;
const group = (...rules: RuleSpec[]): RuleGroupSpec[] => [{ name: "shop", rules }];

/** Runs `rule` each minute over `minutes`; one character a minute: `.` inactive, `p` pending, `F` firing. */
function states(rule: RuleSpec, series: string, minutes: number, missed: readonly number[] = []): string {
  const reader = memoryOf(`load 1m\n${series}`);
  const evaluator = new RuleEvaluator({ groups: group(rule), reader, append: () => undefined });
  let line = "";
  for (let minute = 0; minute < minutes; minute++) {
    evaluator.iterate(minute * MINUTE, !missed.includes(minute));
    line += { inactive: ".", pending: "p", firing: "F" }[evaluator.alerts().rules[0]?.state ?? "inactive"];
  }
  return line;
}

const high = { alert: "High", expr: "errors > 5" };

describe("an alerting rule", () => {
  it.each([
    ["fires at once without for", high, "errors 0 9 9 0 0", ".FF.."],
    ["waits until it has held", { ...high, for: "2m" }, "errors 0 9 9 9 9 0", ".ppFF."],
    ["starts again after a gap", { ...high, for: "2m" }, "errors 9 9 0 9 9 9", "pp.ppF"],
    ["goes on firing for a while", { ...high, keep_firing_for: "2m" }, "errors 9 0 0 0 0", "FFF.."],
    ["does not keep a pending one", { ...high, for: "3m", keep_firing_for: "5m" }, "errors 9 9 0 0 0", "pp..."],
    ["ends with its series", high, "errors 9 9 stale", "FF."],
  ])("%s", (_, rule, series, expected) => {
    expect(states(rule, series, expected.length)).toBe(expected);
  });

  it("sees nothing while iterations are missed", () => {
    expect(states(high, "errors 0 9 9 9 0 0", 6, [1, 2, 4])).toBe("...FF.");
  });

  it("has an alert for each series, with its labels and texts", () => {
    const reader = memoryOf(`load 1m
      errors{job="cart"} 9x5
      errors{job="pay"} 7x5
      errors{job="user"} 1x5`);
    const rule = {
      ...high,
      labels: { severity: "page", team: "{{ $labels.job }}-team" },
      annotations: { summary: "{{ $value | humanize }} errors in {{ $labels.job }}" },
    };
    const evaluator = new RuleEvaluator({ groups: group(rule), reader, append: () => undefined });
    evaluator.iterate(MINUTE, true);
    const [answer] = evaluator.alerts().rules;
    expect(answer).toMatchObject({
      group: "shop",
      name: "High",
      severity: "page",
      state: "firing",
      lastEvaluationUs: 60_000_000,
      missedEvaluations: 0,
    });
    expect(answer?.alerts).toEqual([
      {
        labels: { alertname: "High", job: "cart", severity: "page", team: "cart-team" },
        annotations: { summary: "9 errors in cart" },
        state: "firing",
        activeSinceUs: 60_000_000,
        firingSinceUs: 60_000_000,
        value: 9,
      },
      expect.objectContaining({ labels: { alertname: "High", job: "pay", severity: "page", team: "pay-team" } }),
    ]);
  });

  it("writes ALERTS and ALERTS_FOR_STATE and ends them", () => {
    const reader = memoryOf("load 1m\n errors 0 9 9 9 0 0");
    const written = new MetricMemory();
    const evaluator = new RuleEvaluator({
      groups: group({ ...high, for: "1m", labels: { severity: "page" } }),
      reader,
      append: (labels, timeMs, value) => {
        written.append(labels, timeMs, value);
      },
    });
    for (let minute = 0; minute < 6; minute++) evaluator.iterate(minute * MINUTE, true);
    const samples = (name: string, state?: string): [number, number][] => {
      const [ref = -1] = written.select([
        { name: "__name__", operator: "=", value: name },
        { name: "alertstate", operator: "=", value: state ?? "" },
      ]);
      const window = { timesMs: new Float64Array(), values: new Float64Array(), from: 0, to: 0 };
      written.window(ref, -1, 1e9, window);
      return [...window.timesMs].map((time, index) => [time / MINUTE, window.values[index] ?? NaN]);
    };
    expect(samples("ALERTS", "pending")).toEqual([
      [1, 1],
      [2, STALE_MARKER],
    ]);
    expect(samples("ALERTS", "firing")).toEqual([
      [2, 1],
      [3, 1],
      [4, STALE_MARKER],
    ]);
    expect(samples("ALERTS_FOR_STATE")).toEqual([
      [1, 60],
      [2, 60],
      [3, 60],
      [4, STALE_MARKER],
    ]);
    expect(evaluator.transitions.map(({ atMs, state }) => [atMs / MINUTE, state])).toEqual([
      [2, "firing"],
      [4, "resolved"],
    ]);
    expect(evaluator.alerts().rules[0]?.history).toEqual([
      { atUs: 60_000_000, state: "pending" },
      { atUs: 120_000_000, state: "firing" },
      { atUs: 240_000_000, state: "inactive" },
    ]);
  });

  it("says why it cannot be evaluated", () => {
    const reader = memoryOf('load 1m\n a{x="1"} 1x5\n a{x="2"} 1x5');
    const evaluator = new RuleEvaluator({
      groups: group({ alert: "A", expr: "a > on () a" }),
      reader,
      append: () => undefined,
    });
    evaluator.iterate(MINUTE, true);
    expect(evaluator.alerts().rules[0]?.error).toContain("many-to-many matching not allowed");
  });

  it("counts missed evaluations", () => {
    const reader = memoryOf("load 1m\n errors 9x5");
    const evaluator = new RuleEvaluator({ groups: group(high), reader, append: () => undefined });
    evaluator.iterate(0, false);
    evaluator.iterate(MINUTE, false);
    expect(evaluator.alerts().rules[0]).toMatchObject({ missedEvaluations: 2, state: "inactive", lastEvaluationUs: 0 });
  });
});

describe("a group", () => {
  const errors = `load 1m
    errors{job="cart"} 9x9
    errors{job="pay"} 7x9`;
  const written = (spec: Partial<RuleGroupSpec>, rule: RuleSpec, minutes = 1) => {
    const samples: (readonly [Readonly<Record<string, string>>, number, number])[] = [];
    const evaluator = new RuleEvaluator({
      groups: [{ name: "shop", ...spec, rules: [rule] }],
      reader: memoryOf(errors),
      append: (labels, timeMs, value) => samples.push([labels, timeMs, value]),
    });
    for (let minute = 1; minute <= minutes; minute++) evaluator.iterate(minute * MINUTE, true);
    return { samples, rule: evaluator.alerts().rules[0], status: evaluator.status()[0] };
  };

  it("limits the alerts of a rule, and ends those that it had", () => {
    const { rule } = written({ limit: 1 }, high);
    expect(rule).toMatchObject({ error: "exceeded limit of 1 with 2 alerts", state: "inactive", alerts: [] });
    expect(written({ limit: 2 }, high).rule?.alerts).toHaveLength(2);
  });

  it("limits the series of a recording rule", () => {
    const { samples, status } = written({ limit: 1 }, { record: "copied", expr: "errors" });
    expect(samples).toEqual([]);
    expect(status?.rules[0]?.error).toBe("exceeded limit of 1 with 2 series");
  });

  it("gives its rules labels, which a rule's own replace", () => {
    const { rule } = written(
      { labels: { team: "shop", severity: "ticket" } },
      { ...high, labels: { severity: "page" } },
    );
    expect(rule?.alerts[0]?.labels).toMatchObject({ team: "shop", severity: "page" });
  });

  it("looks back by its offset, and writes there", () => {
    const { samples } = written({ query_offset: "30s" }, { record: "copied", expr: "timestamp(errors)" }, 2);
    expect(samples.map(([{ job }, timeMs, value]) => [job, timeMs, value])).toEqual([
      ["cart", 30_000, 0],
      ["pay", 30_000, 0],
      ["cart", 90_000, 60],
      ["pay", 90_000, 60],
    ]);
  });

  it("lets templates query at the instant of the evaluation", () => {
    const summary = '{{ with query "sum(errors)" }}{{ . | first | value }}{{ end }} {{ query "sum(" }}';
    const { rule } = written(
      {},
      { ...high, annotations: { summary, total: '{{ query "sum(errors)" | first | value }}' } },
    );
    expect(rule?.alerts[0]?.annotations).toEqual({
      summary: expect.stringMatching(/^<error expanding template: .*unclosed left parenthesis/) as unknown,
      total: "16",
    });
  });
});

describe("recording rules", () => {
  it("write series that later rules of the same iteration see", () => {
    const memory = memoryOf('load 1m\n requests_total{job="cart"} 0+60x10\n requests_total{job="pay"} 0+120x10');
    const evaluator = new RuleEvaluator({
      groups: group(
        { record: "job:requests:rate5m", expr: "sum by (job) (rate(requests_total[5m]))", labels: { team: "core" } },
        { alert: "Busy", expr: "job:requests:rate5m > 1.5" },
      ),
      reader: memory,
      append: (labels, timeMs, value) => {
        memory.append(labels, timeMs, value);
      },
    });
    evaluator.iterate(10 * MINUTE, true);
    expect(evaluator.alerts().rules[0]?.alerts[0]?.labels).toEqual({ alertname: "Busy", job: "pay", team: "core" });
  });

  it("run at the interval of their group", () => {
    const memory = memoryOf("load 1m\n x 1x10");
    const times: number[] = [];
    const groups = [{ name: "slow", interval: "2m", rules: [{ record: "y", expr: "x" }] }];
    const evaluator = new RuleEvaluator({ groups, reader: memory, append: (_, timeMs) => times.push(timeMs / MINUTE) });
    for (let minute = 0; minute < 6; minute++) evaluator.iterate(minute * MINUTE, true);
    expect(times).toEqual([0, 2, 4]);
  });

  it("are cheap", () => {
    const lines = Array.from(
      { length: 200 },
      (_, index) => `requests_total{job="j${String(index % 12)}", code="${String(index)}"} 0+60x70`,
    );
    const memory = memoryOf(`load 1m\n${lines.join("\n")}`);
    const rules = Array.from({ length: 12 }, (_, index) => ({
      alert: `A${String(index)}`,
      expr: `sum by (job) (rate(requests_total{job="j${String(index)}"}[5m])) > 1e9`,
    }));
    const evaluator = new RuleEvaluator({ groups: group(...rules), reader: memory, append: () => undefined });
    const start = performance.now();
    for (let minute = 0; minute < 60; minute++) evaluator.iterate(minute * MINUTE, true);
    expect(performance.now() - start).toBeLessThan(300);
  });
});

describe("checkRuleGroups", () => {
  const complaints = (groups: readonly RuleGroupSpec[]): string[] =>
    checkRuleGroups(groups).map(
      ({ path, line, column, message }) => `${path ?? ""} ${String(line)}:${String(column)} ${message}`,
    );

  it("takes what is right", () => {
    expect(complaints(group({ ...high, for: "5m", annotations: { a: '{{ printf "%.2f" $value }}' } }))).toEqual([]);
  });

  it.each<[string, RuleSpec, string]>([
    ["an expression", { alert: "A", expr: "sum(" }, "groups[0].rules[0].expr 1:5 unclosed left parenthesis"],
    [
      "a range",
      { alert: "A", expr: "up[5m]" },
      "groups[0].rules[0].expr 1:1 the expression of a rule must be an instant vector or a scalar",
    ],
    [
      "a duration",
      { alert: "A", expr: "up", for: "5 minutes" },
      'groups[0].rules[0].for 1:1 not a valid duration string: "5 minutes"',
    ],
    ["a rule of nothing", { expr: "up" }, "groups[0].rules[0] 1:1 one of 'record' or 'alert' must be set"],
    ["a name", { record: "a b", expr: "up" }, "groups[0].rules[0].record 1:1 invalid recording rule name: a b"],
    [
      "for on a record",
      { record: "a", expr: "up", for: "1m" },
      "groups[0].rules[0].for 1:1 invalid field 'for' in recording rule",
    ],
    [
      "a template",
      { alert: "A", expr: "up", annotations: { s: "x {{ $valu }}" } },
      'groups[0].rules[0].annotations.s 1:3 undefined variable "$valu"',
    ],
    [
      "a condition",
      { alert: "A", expr: "up", annotations: { s: "{{ if $value }}" } },
      "groups[0].rules[0].annotations.s 1:1 unexpected EOF",
    ],
    [
      "a label",
      { alert: "A", expr: "up", labels: { "a-b": "c" } },
      "groups[0].rules[0].labels.a-b 1:1 invalid label name: a-b",
    ],
  ])("complains of %s", (_, rule, message) => {
    expect(complaints(group(rule))).toEqual([message]);
  });

  it("complains of a group twice", () => {
    expect(complaints([...group(high), ...group(high)])).toEqual([
      'groups[1].name 1:1 groupname: "shop" is repeated in the same file',
    ]);
  });
});
