import { describe, expect, test } from "vitest";
import { prepareQuery } from "../../../server/query/promql/query.js";
import { alertConditions, conditionQueries } from "../../../client/panels/alerts/alert-condition.js";
import { alertsExhibit, byUrgency, sinceText } from "../../../client/panels/alerts/alert-states.js";
import {
  MATCH_OPERATORS,
  draftProblem,
  matchersFor,
  matches,
  operatorOf,
  silenced,
  withOperator,
} from "../../../client/panels/alerts/silence-draft.js";
import type { AlertRule } from "../../../server/wire/telemetry.js";
import { burnPosition } from "../../../client/panels/slo/burn-thresholds.js";
import { accountParts, courseSeries } from "../../../client/panels/slo/ledger-series.js";

describe("the condition of a rule", () => {
  test.each([
    ["up == 0", [{ query: "up", operator: "==", value: 0 }]],
    [
      "histogram_quantile(0.99, sum by (le) (rate(x_bucket[5m]))) > 1",
      [{ query: "histogram_quantile(0.99, sum by (le) (rate(x_bucket[5m])))", operator: ">", value: 1 }],
    ],
    [
      '(sum(rate(a{c=~"5.."}[5m])) / sum(rate(a[5m]))) > (14.4 * 0.005)\nand\n(sum(rate(a[1m]))) > 14.4 * 0.005',
      [
        { query: '(sum(rate(a{c=~"5.."}[5m])) / sum(rate(a[5m])))', operator: ">", value: 14.4 * 0.005 },
        { query: "(sum(rate(a[1m])))", operator: ">", value: 14.4 * 0.005 },
      ],
    ],
    ["a > b", []],
    ["absent(up)", []],
  ])("%s", (expr, expected) => {
    const found = alertConditions(expr);
    expect(found).toEqual(expected);
    for (const { query } of found) expect(prepareQuery(query).ok).toBe(true);
  });
});

describe("a silence while it is written", () => {
  const alerts = [
    { labels: { alertname: "Errors", job: "order", severity: "page" } },
    { labels: { alertname: "Errors", job: "payment" } },
    { labels: { alertname: "Slow", job: "order" } },
  ];
  const matcher = (name: string, operator: (typeof MATCH_OPERATORS)[number], value: string) =>
    withOperator({ name, value, isRegex: false, isEqual: true }, operator);

  test("begins with the labels of its alert, and fits that alone", () => {
    expect(silenced(matchersFor(alerts[0]?.labels ?? {}), alerts)).toEqual([alerts[0]]);
  });

  test.each([
    [[matcher("alertname", "=", "Errors")], 2],
    [[matcher("job", "=~", "order|payment")], 3],
    [[matcher("job", "=~", "ord")], 0],
    [[matcher("severity", "!=", "page"), matcher("job", "=", "order")], 1],
    [[matcher("job", "!~", "ord.*")], 1],
    [[matcher("severity", "=", "")], 2],
    [[matcher("job", "=~", "(")], 0],
    [[], 0],
  ])("%j silences %d", (matchers, count) => {
    expect(silenced(matchers, alerts)).toHaveLength(count);
  });

  test("operators there and back", () => {
    for (const operator of MATCH_OPERATORS) expect(operatorOf(matcher("a", operator, "b"))).toBe(operator);
    expect(matches(matcher("none", "!=", "x"), {})).toBe(true);
  });

  test.each([
    [{ matchers: [], duration: "1h", comment: "x" }, /matcher/],
    [{ matchers: [matcher("a", "=~", ".*")], duration: "1h", comment: "x" }, /empty text/],
    [{ matchers: [matcher("a", "=~", "(")], duration: "1h", comment: "x" }, /no pattern/],
    [{ matchers: [matcher("a", "=", "b")], duration: "soon", comment: "x" }, /how long/],
    [{ matchers: [matcher("a", "=", "b")], duration: "1h", comment: " " }, /why/],
  ])("is refused before it is sent: %j", (draft, problem) => {
    expect(draftProblem(draft)).toMatch(problem);
  });

  test("is taken otherwise", () => {
    expect(draftProblem({ matchers: [matcher("a", "=", "b")], duration: "90m", comment: "known" })).toBeUndefined();
  });
});

describe("the ledger of a budget", () => {
  test("parts fill the bar; an overdrawn budget has nothing left", () => {
    const widths = (before: number, known: number) =>
      accountParts({ spentBefore: before, spentKnown: known, left: 1 - before - known }).map(({ width }) => width);
    expect(widths(0.25, 0.25)).toEqual([0.25, 0.25, 0.5]);
    expect(widths(0.5, 1.5)).toEqual([0.25, 0.75, 0]);
    expect(widths(0.4, 0.1).reduce((sum, width) => sum + width, 0)).toBeCloseTo(1);
  });

  test("its course is one line", () => {
    const [line] = courseSeries({
      course: [
        { atUs: 1, left: 0.5 },
        { atUs: 2, left: 0.4, burnRate: 3 },
      ],
    });
    expect([...(line?.timesUs ?? [])]).toEqual([1, 2]);
    expect([...(line?.values ?? [])]).toEqual([0.5, 0.4]);
  });

  test("1 and 14.4 can both be seen on the scale", () => {
    expect([burnPosition(0), burnPosition(1_000)]).toEqual([0, 1]);
    expect(burnPosition(14.4)).toBeGreaterThan(burnPosition(1) + 0.2);
  });
});

test.each([
  ["up == 0", { query: "up", threshold: "0", "threshold-title": "fires == 0" }],
  ["up < 1", { query: "up", threshold: "1", "threshold-title": "fires below 1" }],
  ["absent(up)", { query: "absent(up)" }],
])("metrics show the condition %s with its figure as a line", (expr, values) => {
  expect(conditionQueries(expr)).toEqual(values);
});

describe("rules by their states", () => {
  const rule = (name: string, state: AlertRule["state"]): AlertRule => ({
    name,
    group: "g",
    severity: "page",
    state,
    expr: "up == 0",
    forSeconds: 60,
    lastEvaluationUs: 0,
    missedEvaluations: 0,
    history: [{ atUs: 0, state }],
    alerts: [],
  });
  const rules = [rule("rests", "inactive"), rule("waits", "pending"), rule("fires", "firing")];

  test("stand with what fires first", () => {
    expect(byUrgency(rules).map(({ name }) => name)).toEqual(["fires", "waits", "rests"]);
    expect(rules.map(sinceText)).toEqual(["", "since 00:00:00", "since 00:00:00"]);
    const ticket = { ...rule("waits for the morning", "firing"), severity: "ticket" };
    expect(byUrgency([ticket, ...rules]).map(({ name }) => name)).toEqual([
      "fires",
      "waits for the morning",
      "waits",
      "rests",
    ]);
  });

  test("are an exhibit of those that are not at rest, or of all", () => {
    expect(alertsExhibit(rules)).toMatchObject({
      title: "Alerts: waits, fires",
      frozen: { facts: [{ value: "Pending since 00:00:00" }, { value: "Firing since 00:00:00" }] },
    });
    expect(alertsExhibit([rule("rests", "inactive")])).toMatchObject({
      title: "No alert fires",
      frozen: { facts: [{ name: "rests", value: "Inactive" }] },
    });
  });
});
