import { expect, test } from "vitest";
import { longGroups } from "../../server/alerting/long-groups.js";
import { seriesReadIn } from "../../server/alerting/rule-series.js";
import { parsePromql } from "../../server/query/promql/parse.js";

const MINUTE_MS = 60_000;

test.each<readonly [expression: string, reachMinutes: readonly number[]]>([
  ["a", [0]],
  ["1 + 2", []],
  ["rate(a[5m])", [5]],
  ["rate(a[1h30m])", [90]],
  ["a offset 1d", [1440]],
  ["rate(a[5m] offset 10m)", [15]],
  ["a offset -10m", [0]],
  ["sum by (x) (rate(a[5m])) / on (x) b", [5, 0]],
  ["max_over_time(rate(a[5m])[30m:1m])", [35]],
  ["max_over_time(rate(a[5m] offset 2m)[30m:1m] offset 1h)", [97]],
  ["a @ 1700000000", [Infinity]],
  ["rate(a[5m] @ end())", [5]],
  ["topk(scalar(n offset 20m), a)", [20, 0]],
  ["-(rate(a[5m]))", [5]],
  // Durations that are text and not time.
  ['a{path="[2h]"} or label_replace(b, "to", "offset 3h", "from", "[9h]")', [0, 0]],
])("%s reaches back %j minutes", (expression, minutes) => {
  const parsed = parsePromql(expression);
  if (!parsed.ok) throw new Error(parsed.error[0]?.message);
  expect(seriesReadIn(parsed.value).map(({ reachMs }) => reachMs / MINUTE_MS)).toEqual(minutes);
});

const FAR = {
  name: "far",
  labels: { tier: "gold" },
  rules: [
    { record: "share_1h", expr: "rate(a[1h])", labels: { window: "1h", owner: "{{ $labels.job }}" } },
    { alert: "Burns", expr: "rate(a[1h]) > 3", labels: { severity: "page" } },
  ],
};

test.each<readonly [expression: string, isLong: boolean]>([
  ["share_1h > 3", true],
  ['{__name__=~"share_.*"} > 3', true],
  ['{__name__=~"share_5m|total"} > 3', false],
  ['{window="1h"}', true],
  ['{__name__!~"ALERTS.*",window="5m"}', false],
  ['{tier="silver"}', false],
  ['{owner="me"}', true],
  ['share_1h{window!="1h"}', false],
  // Its name is part of another, of a label and of a text.
  ["share_1h_other > 3", false],
  ['sum by (share_1h) (b{job="share_1h"})', false],
  ['ALERTS{alertname="Burns",alertstate="firing"}', true],
  ['ALERTS{alertname="Other"}', false],
  ['ALERTS_FOR_STATE{severity="page"}', true],
  ['count(ALERTS{severity="ticket"})', false],
])("beside a group that looks back an hour, one that reads %s is long: %s", (expr, isLong) => {
  const groups = [{ name: "reads", rules: [{ record: "x", expr }] }, FAR];
  expect(longGroups(groups, 15 * MINUTE_MS).has("reads")).toBe(isLong);
});

test("groups that look back further than the span are long, and those that read what they write, in any order", () => {
  const groups = [
    { name: "reads what reads", rules: [{ alert: "Grows", expr: "deriv_share > 0" }] },
    { name: "reads", rules: [{ record: "deriv_share", expr: "deriv(share_1h[5m])" }] },
    { name: "short", rules: [{ record: "share_5m", expr: "rate(a[5m])" }] },
    FAR,
    { name: "offset", rules: [{ record: "before", expr: "rate(a[5m] offset 1d)" }] },
    { name: "late", query_offset: "14m", rules: [{ record: "then", expr: "rate(a[2m])" }] },
    { name: "subquery", rules: [{ record: "most", expr: "max_over_time(share_5m[30m:1m])" }] },
  ];
  const long = ["reads what reads", "reads", "far", "offset", "late", "subquery"];
  expect([...longGroups(groups, 15 * MINUTE_MS)].sort()).toEqual(long.sort());
  expect([...longGroups(groups, 2 * 24 * 60 * MINUTE_MS)]).toEqual([]);
});
