import { describe, expect, test } from "vitest";
import {
  lokiRange,
  promRange,
  tempoSearch,
  tempoTrace,
  toCsv,
  toCurl,
  toJsonRows,
  toMarkdownTable,
  type WireRequest,
} from "../../../client/state/export-text.js";
import { askApi, jsonOf, smallWorld } from "../../fixtures/small-world.js";

const TABLE = {
  columns: ["name", "value"],
  rows: [
    ['a "b", c', 1.5],
    ["=sum(1)", null],
    ["x|y\nz", NaN],
  ],
};

test("CSV quotes what has to be quoted and defuses formulas", () => {
  expect(toCsv(TABLE)).toBe('name,value\r\n"a ""b"", c",1.5\r\n\'=sum(1),\r\n"x|y\nz",NaN\r\n');
  expect(toCsv({ columns: ["n"], rows: [["-5 °C"]] })).toBe("n\r\n-5 °C\r\n");
});

test("Markdown keeps its columns, JSON has no NaN", () => {
  expect(toMarkdownTable(TABLE).split("\n").slice(1, 5)).toEqual([
    "| --- | --- |",
    '| a "b", c | 1.5 |',
    "| =sum(1) |  |",
    "| x\\|y z | NaN |",
  ]);
  expect(JSON.parse(toJsonRows(TABLE))).toEqual([
    { name: 'a "b", c', value: 1.5 },
    { name: "=sum(1)", value: null },
    { name: "x|y\nz", value: null },
  ]);
});

const PLACE = { origin: "http://127.0.0.1:4700", runId: "r1" };

test("a command quotes for the shell, and reads the token from the environment unless it is given", () => {
  const request = promRange(`rate(a{b="it's"}[1m])`, { fromUs: 1_500_000, toUs: 3_000_000 }, 15);
  expect(toCurl(request, { ...PLACE, token: undefined })).toBe(
    [
      "curl -sG 'http://127.0.0.1:4700/run/r1/prometheus/api/v1/query_range' \\",
      '  -H "Authorization: Bearer $FIREDRILL_TOKEN" \\',
      `  --data-urlencode 'query=rate(a{b="it'\\''s"}[1m])' \\`,
      "  --data-urlencode 'start=0' \\",
      "  --data-urlencode 'end=3' \\",
      "  --data-urlencode 'step=15'",
    ].join("\n"),
  );
  expect(toCurl(request, { ...PLACE, token: "t0" })).toContain("'Authorization: Bearer t0'");
});

describe("the very query answers what the view shows", () => {
  const world = smallWorld(60);
  const window = { fromUs: world.nowUs - 300_000_000, toUs: world.nowUs };
  const ask = ({ tool, path, parameters }: WireRequest): unknown => jsonOf(askApi(world, tool, path, { parameters }));

  test("metrics", () => {
    const request = promRange("sum by (job) (rate(http_server_request_duration_seconds_count[1m]))", window, 15);
    const parameters = Object.fromEntries(Object.entries(request.parameters).map(([name, value]) => [name, [value]]));
    const shown = world.queries.prometheus("query_range", parameters).body as {
      readonly data: { readonly result: readonly unknown[] };
    };
    const answered = ask(request) as typeof shown;
    expect(answered.data.result.length).toBeGreaterThan(0);
    expect(answered.data.result).toEqual(JSON.parse(JSON.stringify(shown.data.result)));
  });

  test("logs", () => {
    const { total } = world.queries.logs({ ...window, levels: ["info"], offset: 0, limit: 1 });
    const request = lokiRange('count_over_time({level="info"}[5m])', window, 10);
    const answer = ask({
      ...request,
      path: "loki/api/v1/query",
      parameters: { query: `sum(${request.parameters["query"] ?? ""})`, time: request.parameters["end"] ?? "" },
    }) as {
      readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
    };
    expect(total).toBeGreaterThan(0);
    expect(Math.abs(Number(answer.data.result[0]?.value[1]) - total)).toBeLessThanOrEqual(2);
    const lines = ask(lokiRange('{level="info"}', window, 5)) as {
      readonly data: { readonly result: readonly { readonly values: readonly unknown[] }[] };
    };
    expect(lines.data.result.flatMap(({ values }) => values)).toHaveLength(Math.min(5, total));
  });

  test("traces, and one of them", () => {
    const shown = world.queries.traces({ ...window, limit: 20, order: "newest" });
    const answer = ask(tempoSearch("", window, 1_000)) as { readonly traces: readonly { readonly traceID: string }[] };
    const ids = new Set(answer.traces.map(({ traceID }) => traceID.padStart(32, "0")));
    expect(shown.traces.length).toBeGreaterThan(0);
    expect(shown.traces.filter(({ traceId }) => !ids.has(traceId.padStart(32, "0")))).toEqual([]);
    const trace = ask(tempoTrace(shown.traces[0]?.traceId ?? "")) as Readonly<Record<string, unknown>>;
    expect(Object.keys(trace).length).toBeGreaterThan(0);
  });
});
