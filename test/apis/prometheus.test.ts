/**
 * Prometheus's API over a small world, against answers that a real one has recorded: the same statuses, types and shapes
 * for every request, and the values where both can know them.
 */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { decodeMessage, encodeMessage, type MessageDescription } from "../../server/apis/protobuf/message.js";
import { compressSnappy, uncompressSnappy } from "../../server/apis/snappy.js";
import type { World } from "../../server/world/world.js";
import { askApi, jsonOf, smallWorld } from "../fixtures/small-world.js";

let world: World;
let nowSeconds: number;

beforeAll(() => {
  world = smallWorld(-120);
  nowSeconds = world.nowUs / 1e6;
});

const get = (path: string, parameters: Readonly<Record<string, string | readonly string[]>> = {}, clockAheadMs = 0) =>
  askApi(world, "prometheus", path, { parameters, clockAheadMs });

const dataOf = (path: string, parameters: Readonly<Record<string, string | readonly string[]>> = {}): unknown => {
  const answer = get(path, parameters);
  expect(answer.httpStatus, String(answer.body)).toBe(200);
  return (jsonOf(answer) as { data: unknown }).data;
};

interface Golden {
  readonly method: string;
  readonly url: string;
  readonly reqBody: string;
  readonly status: number;
  readonly resType: string;
  readonly res: string;
}

const goldens = readFileSync(new URL("../fixtures/golden/prometheus.jsonl", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Golden);

/** The recorded server knew other series: its names become such as the small world has. */
const RENAMED: readonly (readonly [RegExp, string])[] = [
  [/demo_requests_total/g, "http_server_request_duration_seconds_count"],
  [/demo_inflight/g, "up"],
  [/demo_latency_seconds_bucket/g, "http_server_request_duration_seconds_bucket"],
  [/\/label\/service\//g, "/label/job/"],
];
const renamed = (text: string): string => RENAMED.reduce((sum, [from, to]) => sum.replace(from, to), text);

/** Times of the recording lie far from those of the world. */
const atTimeOfWorld = (parameters: URLSearchParams): void => {
  const start = parameters.get("start");
  if (parameters.has("time")) parameters.set("time", String(nowSeconds));
  if (parameters.has("end")) parameters.set("end", String(nowSeconds));
  if (start !== null) parameters.set("start", String(nowSeconds - 60));
};

/** Keys and kinds of a value, one element for a list; keys of free form are not compared. */
function shape(value: unknown, key = ""): unknown {
  if (["metric", "labels", "annotations", "discoveredLabels", "seriesLabels", "target", "flags"].includes(key))
    return "labels";
  if (Array.isArray(value)) return value.map((element) => shape(element));
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([name, held]) => [name, shape(held, name)] as const);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  return typeof value;
}

/** What a newer server has besides, or leaves out. */
const SINCE_THEN: ReadonlySet<string> = new Set(["droppedTargetCounts", "hostname", "serverTime", "GOMEMLIMIT"]);
const NOT_GIVEN: ReadonlySet<string> = new Set([]);

const outline = (value: unknown): string =>
  typeof value === "object" && value !== null ? JSON.stringify(Object.keys(value)) : String(value);

/** Asserts that `found` has what `recorded` has, in the same form. */
function expectShape(found: unknown, recorded: unknown, path: string): void {
  if (Array.isArray(recorded) && Array.isArray(found)) {
    // Lists of several kinds: each of ours must look like one of the recorded.
    for (const one of recorded.length === 0 ? [] : (found as readonly unknown[])) {
      const alike = (recorded as readonly unknown[]).find((other) => outline(other) === outline(one));
      expectShape(one, alike ?? recorded[0], `${path}[]`);
    }
    return;
  }
  if (typeof recorded !== "object" || recorded === null || typeof found !== "object" || found === null) {
    expect(found, path).toEqual(recorded);
    return;
  }
  const keysOf = (value: object, but: ReadonlySet<string>): readonly string[] =>
    Object.keys(value).filter((name) => !but.has(name));
  expect(keysOf(found, SINCE_THEN), path).toEqual(keysOf(recorded, NOT_GIVEN));
  for (const name of keysOf(recorded, NOT_GIVEN))
    expectShape(
      (found as Record<string, unknown>)[name],
      (recorded as Record<string, unknown>)[name],
      `${path}.${name}`,
    );
}

/** Their keys are metrics, labels, flags or free text. */
const FREE_FORM = /\/(?:metadata|series|status\/flags|status\/config)(?:\?|$)/;

describe("answers a real server has recorded", () => {
  test.each(
    goldens
      .filter(({ url }) => url !== "/metrics")
      .map((golden) => [`${golden.method} ${golden.url}`, golden] as const),
  )("%s", (_title, golden) => {
    const url = new URL(renamed(golden.url), "http://127.0.0.1");
    const parameters = new URLSearchParams([...url.searchParams, ...new URLSearchParams(renamed(golden.reqBody))]);
    atTimeOfWorld(parameters);
    const names = [...new Set(parameters.keys())];
    const answer = get(
      decodeURIComponent(url.pathname.slice(1)),
      Object.fromEntries(names.map((name) => [name, parameters.getAll(name)])),
    );
    expect(answer.httpStatus, String(answer.body)).toBe(golden.status);
    expect(answer.contentType).toBe(golden.resType);
    if (golden.resType !== "application/json") {
      if (!golden.url.startsWith("/federate")) expect(answer.body).toBe(golden.res);
      return;
    }
    const found = jsonOf(answer);
    const recorded = JSON.parse(renamed(golden.res)) as unknown;
    if (golden.status !== 200) {
      expect(found).toMatchObject(recorded as object);
      return;
    }
    if (FREE_FORM.test(golden.url)) expect(Object.keys(found as object)).toEqual(Object.keys(recorded as object));
    else expectShape(shape(found), shape(recorded), "");
  });
});

test("targets are those that were scraped, and say how it went", () => {
  const { activeTargets } = dataOf("api/v1/targets") as {
    activeTargets: { labels: object; health: string; lastScrape: string }[];
  };
  expect(activeTargets.filter(({ health }) => health === "up").length).toBe(activeTargets.length);
  expect(activeTargets.map(({ labels }) => labels)).toContainEqual({ instance: "shop-0:9464", job: "shop" });
  const age = nowSeconds - Date.parse(activeTargets[0]?.lastScrape ?? "") / 1e3;
  expect(age).toBeGreaterThanOrEqual(0);
  expect(age).toBeLessThanOrEqual(15);
  expect(dataOf("api/v1/scrape_pools")).toMatchObject({
    scrapePools: expect.arrayContaining(["edge", "shop"]) as unknown,
  });
  expect((dataOf("api/v1/targets", { scrapePool: "shop" }) as { activeTargets: unknown[] }).activeTargets.length).toBe(
    2,
  );
  expect(get("api/v1/targets", { state: "gone" }).httpStatus).toBe(400);
});

test("rules are filtered, and come in pages", () => {
  const names = (parameters: Readonly<Record<string, string>>): unknown =>
    (dataOf("api/v1/rules", parameters) as { groups: { rules: { name: string }[] }[] }).groups.flatMap(({ rules }) =>
      rules.map(({ name }) => name),
    );
  expect(names({})).toEqual(["BuyFails"]);
  expect(names({ type: "record" })).toEqual([]);
  expect(names({ "rule_name[]": "Other" })).toEqual([]);
  expect(names({ "rule_group[]": "customers", type: "alert" })).toEqual(["BuyFails"]);
  expect(names({ group_limit: "1" })).toEqual(["BuyFails"]);
  for (const wrong of [{ type: "page" }, { group_next_token: "x" }, { group_limit: "1", group_next_token: "x" }])
    expect(get("api/v1/rules", wrong).httpStatus).toBe(400);
});

describe("exposition", () => {
  test("is what was scraped last, without the labels of the target", () => {
    const { body, contentType } = get("targets/shop/shop-0:9464/metrics");
    expect(contentType).toBe("text/plain; version=0.0.4; charset=utf-8");
    const text = String(body);
    expect(text).toContain("# TYPE http_server_request_duration_seconds histogram\n");
    expect(text).not.toMatch(/instance=|^up /m);
    const [, value] = /^http_server_request_duration_seconds_count\{[^}]*\} (\S+)$/m.exec(text) ?? [];
    const query = 'http_server_request_duration_seconds_count{instance="shop-0:9464"}';
    const { result } = dataOf("api/v1/query", { query }) as { result: { value: [number, string] }[] };
    expect(result.map(({ value: point }) => point[1])).toContain(value);
  });

  test("of OpenMetrics has exemplars and an end", () => {
    const { body, contentType } = askApi(world, "prometheus", "targets/edge/edge-0:9464/metrics", {
      accept: "application/openmetrics-text;version=1.0.0,text/plain;q=0.5",
    });
    expect(contentType).toContain("application/openmetrics-text");
    expect(String(body)).toMatch(/_bucket\{[^}]*\} \S+ # \{[^}]*trace_id="[0-9a-f]{32}"[^}]*\} \S+ \d+(\.\d+)?\n/);
    expect(String(body).endsWith("# EOF\n")).toBe(true);
  });

  test("of what is not there is 404", () => {
    expect(get("targets/shop/shop-9/metrics").httpStatus).toBe(404);
    expect(get("somewhere").httpStatus).toBe(404);
  });
});

const LABEL: MessageDescription = { name: { number: 1, type: "string" }, value: { number: 2, type: "string" } };
const READ_RESPONSE: MessageDescription = {
  results: {
    number: 1,
    repeated: true,
    type: {
      timeseries: {
        number: 1,
        repeated: true,
        type: {
          labels: { number: 1, repeated: true, type: LABEL },
          samples: {
            number: 2,
            repeated: true,
            type: { value: { number: 1, type: "double" }, timestamp: { number: 2, type: "int64" } },
          },
        },
      },
    },
  },
};
const READ_REQUEST: MessageDescription = {
  queries: {
    number: 1,
    repeated: true,
    type: {
      startTimestampMs: { number: 1, type: "int64" },
      endTimestampMs: { number: 2, type: "int64" },
      matchers: {
        number: 3,
        repeated: true,
        type: {
          type: { number: 1, type: "int32" },
          name: { number: 2, type: "string" },
          value: { number: 3, type: "string" },
        },
      },
    },
  },
};

describe("remote read", () => {
  const read = (body: Uint8Array) => askApi(world, "prometheus", "api/v1/read", { method: "POST", body });
  const endMs = (): number => Math.floor(nowSeconds * 1e3);

  test("gives the samples that a range query of single samples gives", () => {
    const question = encodeMessage(READ_REQUEST, {
      queries: [
        {
          startTimestampMs: endMs() - 60_000,
          endTimestampMs: endMs(),
          matchers: [
            { type: 0, name: "__name__", value: "up" },
            { type: 2, name: "instance", value: "shop-.*" },
          ],
        },
      ],
    });
    const answer = read(compressSnappy(question));
    expect(answer).toMatchObject({
      httpStatus: 200,
      contentType: "application/x-protobuf",
      headers: { "Content-Encoding": "snappy" },
    });
    const { results } = decodeMessage(READ_RESPONSE, uncompressSnappy(answer.body as Uint8Array, 1e6)) as unknown as {
      results: {
        timeseries: { labels: { name: string; value: string }[]; samples: { value: number; timestamp: string }[] }[];
      }[];
    };
    const found = results[0]?.timeseries.map(({ labels, samples }) => ({
      metric: Object.fromEntries(labels.map(({ name, value }) => [name, value])),
      values: samples.map(({ value, timestamp }) => [Number(timestamp) / 1e3, String(value)]),
    }));
    const { result } = dataOf("api/v1/query", { query: 'up{instance=~"shop-.*"}[1m]' }) as { result: unknown };
    expect(found).toEqual(result);
  });

  test("of what is none is refused", () => {
    expect(read(new TextEncoder().encode("plain")).httpStatus).toBe(400);
    const broken = read(compressSnappy(Uint8Array.from([0x0a, 9, 1])));
    expect(broken.httpStatus).toBe(400);
    expect(String(broken.body)).toMatch(/ReadRequest: byte \d+/);
  });
});

test("a client with a clock of its own sees the same values at its own times", () => {
  const ahead = 86_400_000;
  const now = nowSeconds + ahead / 1e3;
  const query = "sum(http_server_request_duration_seconds_count)";
  const range = { query, start: String(now - 60), end: String(now), step: "15" };
  const shifted = jsonOf(get("api/v1/query_range", range, ahead)) as {
    data: { result: { values: [number, string][] }[] };
  };
  const plain = dataOf("api/v1/query_range", {
    ...range,
    start: String(nowSeconds - 60),
    end: String(nowSeconds),
  }) as { result: { values: [number, string][] }[] };
  expect(plain.result[0]?.values.length).toBeGreaterThan(3);
  expect(shifted.data.result[0]?.values.map(([time, value]) => [(time * 1e3 - ahead) / 1e3, value])).toEqual(
    plain.result[0]?.values,
  );
  const instant = jsonOf(get("api/v1/query", { query }, ahead)) as { data: { result: { value: [number, string] }[] } };
  expect(instant.data.result[0]?.value[0]).toBeCloseTo(now, 3);
  const exemplars = {
    query: "http_server_request_duration_seconds_bucket",
    start: String(now - 300),
    end: String(now),
  };
  const found = (
    jsonOf(get("api/v1/query_exemplars", exemplars, ahead)) as { data: { exemplars: { timestamp: number }[] }[] }
  ).data;
  expect(found.flatMap((one) => one.exemplars).length).toBeGreaterThan(0);
  for (const { timestamp } of found.flatMap((one) => one.exemplars))
    expect(Math.abs(timestamp - now)).toBeLessThan(301);
});

describe("a dump in OpenMetrics", () => {
  test("has each sample that a range selector has, with its time", () => {
    const parameters = { "match[]": "up", start: String(nowSeconds - 120), end: String(nowSeconds) };
    const { httpStatus, contentType, body } = get("openmetrics", parameters);
    expect(httpStatus).toBe(200);
    expect(contentType).toContain("application/openmetrics-text");
    const lines = String(body).trimEnd().split("\n");
    expect(lines.at(-1)).toBe("# EOF");
    const { result } = dataOf("api/v1/query", { query: "up[120001ms]", time: String(nowSeconds) }) as {
      result: readonly { metric: { job: string; instance: string }; values: readonly (readonly [number, string])[] }[];
    };
    const expected = result.flatMap(({ metric: { job, instance }, values }) =>
      values.map(([time, value]) => `up{instance="${instance}",job="${job}"} ${value} ${String(time)}`),
    );
    expect(expected.length).toBeGreaterThan(10);
    expect(lines.filter((line) => !line.startsWith("#")).sort()).toEqual(expected.sort());
  });

  test("is in the client's clock, and needs a selector", () => {
    const time = (clockAheadMs: number): number => {
      const ahead = clockAheadMs / 1_000;
      const parameters = { "match[]": "up", start: String(nowSeconds + ahead - 60) };
      const line = String(get("openmetrics", parameters, clockAheadMs).body)
        .split("\n")
        .find((text) => !text.startsWith("#"));
      return Number(line?.split(" ").at(-1));
    };
    expect(time(5_000_000) - time(0)).toBeCloseTo(5_000, 2);
    expect(get("openmetrics").httpStatus).toBe(400);
  });
});

test("info() brings the version of each target from target_info", () => {
  type Vector = readonly { readonly metric: Readonly<Record<string, string>> }[];
  const ask = (query: string): Vector =>
    (dataOf("api/v1/query", { query, time: String(nowSeconds) }) as { result: Vector }).result;
  const versions = new Map(ask("target_info").map(({ metric }) => [metric["instance"], metric["service_version"]]));
  const enriched = ask('info(up, {service_version=~".+"})');
  expect(enriched.length).toBeGreaterThan(1);
  for (const { metric } of enriched) {
    expect(metric["service_version"]).toBe(versions.get(metric["instance"]));
    expect(Object.keys(metric).sort()).toEqual(["__name__", "instance", "job", "service_version"]);
  }
  expect(ask("info(up)").every(({ metric }) => !("service_name" in metric) || metric["service_version"])).toBe(true);
});
