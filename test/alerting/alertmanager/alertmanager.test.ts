import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Alertmanager } from "../../../server/alerting/alertmanager/alertmanager.js";
import { readConfiguration } from "../../../server/alerting/alertmanager/configuration.js";
import { fingerprint } from "../../../server/alerting/alertmanager/fingerprint.js";
import { parseMatchers, printMatchers } from "../../../server/alerting/alertmanager/label-matchers.js";
import { inTimeInterval, readTimeInterval } from "../../../server/alerting/alertmanager/time-interval.js";
import { parse } from "yaml";

const SECOND = 1_000;
const MINUTE = 60_000;

function manager(text: string, silenced: (name: string, atMs: number) => boolean = () => false): Alertmanager {
  const { spec, problems } = readConfiguration(parse(text));
  if (spec === undefined) throw new Error(JSON.stringify(problems));
  const silences = {
    silencedBy: (labels: Readonly<Record<string, string>>, atMs: number) =>
      silenced(labels["alertname"] ?? "", atMs) ? ["silence"] : [],
  };
  return new Alertmanager({ spec, silences, startMs: 0 });
}

const alert = (alertname: string, more: Readonly<Record<string, string>> = {}, endsAtMs?: number) => ({
  labels: { alertname, ...more },
  annotations: {},
  generatorUrl: "",
  ...(endsAtMs === undefined ? {} : { endsAtMs }),
});

/** `30s page firing A,B` */
const lines = ({ notifications }: Alertmanager): string[] =>
  notifications.map(
    ({ atMs, channel, status, alerts }) =>
      `${String(atMs / SECOND)}s ${channel} ${status} ${alerts.map(({ labels }) => labels["alertname"]).join(",")}`,
  );

const ONE = `
route: { receiver: me, group_wait: 30s, group_interval: 5m, repeat_interval: 4h }
receivers: [{ name: me, pagerduty_configs: [{}] }]
`;

describe("notifications", () => {
  it("gather what comes within the wait, and news at the next interval", () => {
    const one = manager(ONE);
    one.receive([alert("A")], 0);
    one.receive([alert("B")], 10 * SECOND);
    one.receive([alert("C")], 60 * SECOND);
    one.advance(6 * MINUTE);
    expect(lines(one)).toEqual(["30s page firing A,B", "330s page firing A,B,C"]);
  });

  it("come again after the repeat interval while it lasts, and end once", () => {
    const one = manager(ONE);
    for (let at = 0; at < 600 * MINUTE; at += MINUTE) one.receive([alert("A", {}, at + 4 * MINUTE)], at);
    one.advance(700 * MINUTE);
    expect(lines(one)).toEqual([
      "30s page firing A",
      "14730s page firing A",
      "29430s page firing A",
      "36330s page resolved A",
    ]);
  });

  it("are not made for what was over before anybody was told", () => {
    const one = manager(ONE);
    one.receive([alert("A")], 0);
    one.receive([alert("A", {}, 20 * SECOND)], 20 * SECOND);
    one.advance(20 * MINUTE);
    expect(lines(one)).toEqual([]);
  });

  it("resolve by themselves what nobody sends any more", () => {
    const one = manager(ONE);
    one.receive([alert("A")], 0);
    one.advance(20 * MINUTE);
    expect(lines(one)).toEqual(["30s page firing A", "330s page resolved A"]);
  });

  it("go to each integration by what it is, ends only where they are wanted", () => {
    const one = manager(`
route: { receiver: all }
receivers: [{ name: all, pagerduty_configs: [{}], slack_configs: [{}], email_configs: [{ send_resolved: true }] }]
`);
    one.receive([alert("A")], 0);
    one.advance(20 * MINUTE);
    expect(lines(one)).toEqual([
      "30s page firing A",
      "30s ticket firing A",
      "30s chat firing A",
      "330s page resolved A",
      "330s ticket resolved A",
    ]);
  });

  it("are kept back by a silence while it lasts", () => {
    const one = manager(ONE, (name, atMs) => name === "A" && atMs < 8 * MINUTE);
    for (let at = 0; at < 20 * MINUTE; at += MINUTE) one.receive([alert("A"), alert("B")], at);
    expect(lines(one)).toEqual(["30s page firing B", "630s page firing A,B"]);
  });

  it("are muted at times, and made later when it goes on", () => {
    const one = manager(`
route:
  receiver: me
  routes: [{ receiver: me, matchers: [alertname=A], mute_time_intervals: [night], group_interval: 10m }]
receivers: [{ name: me, webhook_configs: [{}] }]
time_intervals: [{ name: night, time_intervals: [{ times: [{ start_time: "00:00", end_time: "00:15" }] }] }]
`);
    for (let at = 0; at < 40 * MINUTE; at += MINUTE) one.receive([alert("A")], at);
    expect(lines(one)).toEqual(["1230s page firing A"]);
    expect(one.groupViews(5 * MINUTE)[0]?.mutedBy).toEqual(["night"]);
  });

  it("do not depend on how time is sliced", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 30 }), (slices) => {
        const run = (extra: readonly number[]): string[] => {
          const one = manager(ONE);
          const instants = [...extra.map((at) => at * 10 * SECOND), 0, 70 * SECOND, 400 * SECOND].sort((a, b) => a - b);
          for (const at of instants) {
            if (at === 0) one.receive([alert("A", { x: "1" })], at);
            if (at === 70 * SECOND) one.receive([alert("B"), alert("A", { x: "1" }, at)], at);
            one.advance(at);
          }
          one.advance(30 * MINUTE);
          return lines(one);
        };
        expect(run([...new Set(slices)].filter((at) => at !== 7 && at !== 40))).toEqual(run([]));
      }),
      { numRuns: 30 },
    );
  });
});

describe("a configuration", () => {
  const complaints = (text: string): string[] =>
    readConfiguration(parse(text)).problems.map(({ path, message }) => `${path.join(".")}: ${message}`);

  it.each([
    ["receivers: []", ": no route provided in config"],
    ["route: {}\nreceivers: []", "route: root route must specify a default receiver"],
    ["route: {receiver: a}", 'route.receiver: undefined receiver "a" used in route'],
    ["route: {receiver: a, match: {x: y}}\nreceivers: [{name: a}]", "route: root route must not have any matchers"],
    [
      "route: {receiver: a}\nreceivers: [{name: a}, {name: a}]",
      'receivers.1.name: notification config name "a" is not unique',
    ],
    [
      "route: {receiver: a, group_wait: 5 s}\nreceivers: [{name: a}]",
      'route.group_wait: not a valid duration string: "5 s"',
    ],
    [
      "route: {receiver: a, group_interval: 0s}\nreceivers: [{name: a}]",
      "route.group_interval: group_interval cannot be zero",
    ],
    [
      "route: {receiver: a, group_by: [..., b]}\nreceivers: [{name: a}]",
      "route.group_by: cannot have wildcard group_by (`...`) and other other labels at the same time",
    ],
    ["route: {receiver: a, groupby: [b]}\nreceivers: [{name: a}]", "route.groupby: field groupby not found"],
    [
      "route: {receiver: a, routes: [{matchers: [x]}]}\nreceivers: [{name: a}]",
      "route.routes.0.matchers.0: bad matcher format: x",
    ],
    [
      'route: {receiver: a, routes: [{match_re: {x: "["}}]}\nreceivers: [{name: a}]',
      "route.routes.0.match_re.x: error parsing regexp: missing closing ]: `[`",
    ],
    [
      "route: {receiver: a, routes: [{mute_time_intervals: [n]}]}\nreceivers: [{name: a}]",
      'route.routes.0.mute_time_intervals.0: undefined time interval "n" used in route',
    ],
    [
      "route: {receiver: a}\nreceivers: [{name: a}]\ntime_intervals: [{name: n, time_intervals: [{weekdays: [moonday]}]}]",
      "time_intervals.0.time_intervals.0: moonday is not a valid weekday",
    ],
  ])("%s", (text, message) => {
    expect(complaints(text)).toEqual([message]);
  });

  it("shows itself without secrets", () => {
    const text = `${ONE}global: { smtp_auth_password: hush }\n`;
    const original = readConfiguration(parse(text)).spec?.original ?? "";
    expect(original).toContain("smtp_auth_password: <secret>");
    expect(original).not.toContain("hush");
    expect(readConfiguration(parse(original)).problems).toEqual([]);
  });
});

describe("matchers", () => {
  it.each([
    ['severity="page"', '{severity="page"}'],
    ["severity=page", '{severity="page"}'],
    ['{a=~"b|c", d!~e , f!=""}', '{a=~"b|c",d!~"e",f!=""}'],
    ['a="b,c",', '{a="b,c"}'],
    ['a="say \\"x\\""', '{a="say \\"x\\""}'],
    ['"with space"="x"', '{"with space"="x"}'],
    ["", "{}"],
    ["a", "bad matcher format: a"],
    ['a="b"c"', 'matcher value contains unescaped double quote: a="b"c"'],
    ["a=~(", "error parsing regexp: missing closing ): `(`"],
    ["{a=b", "bad matcher format: {a=b"],
  ])("%s", (text, expected) => {
    const parsed = parseMatchers(text);
    expect(parsed.ok ? printMatchers(parsed.value) : parsed.error).toBe(expected);
  });

  it("are read again as they were printed", () => {
    const one = fc.record({
      name: fc.stringMatching(/^[a-z_][a-z0-9_]{0,6}$/),
      value: fc.string({ unit: fc.constantFrom("a", "b", " ", '"', "\\", "\n", ",", "}", "ü") }),
      isRegex: fc.constant(false),
      isEqual: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 4 }), (matchers) => {
        expect(parseMatchers(printMatchers(matchers))).toEqual({ ok: true, value: matchers });
      }),
      { numRuns: 300 },
    );
  });
});

describe("time intervals", () => {
  it.each([
    [{ weekdays: ["monday:friday"] }, "2026-11-21T12:00:00Z", false],
    [{ weekdays: ["saturday"] }, "2026-11-21T12:00:00Z", true],
    [{ times: [{ start_time: "09:00", end_time: "17:00" }] }, "2026-11-21T17:00:00Z", false],
    [{ times: [{ start_time: "09:00", end_time: "17:00" }] }, "2026-11-21T09:00:00Z", true],
    [{ times: [{ start_time: "09:00", end_time: "17:00" }], location: "Europe/Berlin" }, "2026-11-21T08:30:00Z", true],
    [{ days_of_month: ["-3:-1"] }, "2026-02-26T00:00:00Z", true],
    [{ days_of_month: ["-3:-1"] }, "2026-02-25T00:00:00Z", false],
    [{ days_of_month: ["31"] }, "2026-02-28T00:00:00Z", false],
    [{ months: ["january:march", "12"] }, "2026-12-01T00:00:00Z", true],
    [{ years: ["2020:2025"] }, "2026-12-01T00:00:00Z", false],
  ])("%j at %s: %s", (written, at, expected) => {
    const read = readTimeInterval(written);
    expect(read.ok && inTimeInterval([read.value], Date.parse(at))).toBe(expected);
  });
});

it("fingerprints are those of Prometheus's client libraries", () => {
  expect(fingerprint({ alertname: "Manual", service: "pay", severity: "warning" })).toBe("93b0f0eb5f1c412e");
  expect(fingerprint({})).toBe("cbf29ce484222325");
});
