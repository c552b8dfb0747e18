import { expect, test } from "vitest";
import { longGroups } from "../../server/alerting/long-groups.js";

const MINUTE_MS = 60_000;

test("groups that look back further than the span are long, and those that read what they record", () => {
  const groups = [
    { name: "reads", rules: [{ alert: "Burns", expr: "share_1h > 3" }] },
    { name: "short", rules: [{ record: "share_5m", expr: "rate(a[5m])" }] },
    { name: "hour", rules: [{ record: "share_1h", expr: "rate(a[1h])" }] },
    { name: "offset", rules: [{ record: "before", expr: "rate(a[5m] offset 1d)" }] },
    { name: "subquery", rules: [{ record: "most", expr: "max_over_time(share_5m[30m:1m])" }] },
  ];
  expect([...longGroups(groups, 15 * MINUTE_MS)].sort()).toEqual(["hour", "offset", "reads", "subquery"]);
  expect([...longGroups(groups, 2 * 24 * 60 * MINUTE_MS)]).toEqual([]);
});
