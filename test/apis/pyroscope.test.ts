/** Pyroscope's API over a small world: what it answers agrees with the profile store, in every form. */
import { beforeAll, describe, expect, test } from "vitest";
import { flameGraph, flameGraphDifference } from "../../server/apis/pyroscope/flame-graph.js";
import { PPROF } from "../../server/apis/pyroscope/pprof.js";
import { decodeMessage, encodeMessage } from "../../server/apis/protobuf/message.js";
import type { World } from "../../server/world/world.js";
import { askApi, jsonOf, smallWorld } from "../fixtures/small-world.js";

const CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
const QUERIER = "querier.v1.QuerierService";

let world: World;
let window: { readonly fromUs: number; readonly toUs: number };

beforeAll(() => {
  world = smallWorld(-240);
  window = { fromUs: world.nowUs - 120e6, toUs: world.nowUs };
});

const call = (method: string, value: unknown) =>
  askApi(world, "pyroscope", `${QUERIER}/${method}`, {
    method: "POST",
    contentType: "application/json",
    body: new TextEncoder().encode(JSON.stringify(value)),
  });

const during = () => ({ start: String(window.fromUs / 1e3), end: String(window.toUs / 1e3) });

const cpuNanosOf = (service: string): number =>
  world.queries.profile({ kind: "cpu", service, ...window }).reduce((sum, { value }) => sum + value * 1e3, 0);

interface Graph {
  readonly names: readonly string[];
  readonly levels: readonly { readonly values: readonly string[] }[];
  readonly total: string;
}

describe("the querier service", () => {
  test("a flame graph of one service has the service's processor time", () => {
    const { flamegraph } = jsonOf(
      call("SelectMergeStacktraces", { profileTypeID: CPU, labelSelector: '{service_name="shop"}', ...during() }),
    ) as { flamegraph: Graph };
    expect(Number(flamegraph.total) / cpuNanosOf("shop")).toBeCloseTo(1, 6);
    expect(cpuNanosOf("shop")).toBeGreaterThan(1e9);
    expect(flamegraph.levels[0]?.values).toEqual(["0", flamegraph.total, "0", "0"]);
    expect(flamegraph.names).toContain("total");
  });

  test("selectors choose by every label; a regular expression may", () => {
    const totalOf = (labelSelector: string): number => {
      const { flamegraph } = jsonOf(
        call("SelectMergeStacktraces", { profile_typeID: CPU, label_selector: labelSelector, ...during() }),
      ) as { flamegraph: Graph };
      return Number(flamegraph.total);
    };
    const both = totalOf('{instance=~"shop-.+"}');
    expect(totalOf('{instance="shop-0"}') + totalOf('{instance="shop-1"}')).toBeCloseTo(both, -3);
    expect(totalOf('{service_name="shop",version="9.9"}')).toBe(0);
    expect(totalOf("{}")).toBeGreaterThan(both);
  });

  test("series add up to the flame graph, by instance", () => {
    const answer = jsonOf(
      call("SelectSeries", {
        profileTypeID: CPU,
        labelSelector: '{service_name="shop"}',
        groupBy: ["instance"],
        step: 30,
        ...during(),
      }),
    ) as { series: { labels: unknown; points: { value: number; timestamp: string }[] }[] };
    expect(answer.series.map(({ labels }) => labels)).toEqual([
      [{ name: "instance", value: "shop-0" }],
      [{ name: "instance", value: "shop-1" }],
    ]);
    const sum = answer.series.flatMap(({ points }) => points).reduce((total, { value }) => total + value, 0);
    expect(sum / cpuNanosOf("shop")).toBeCloseTo(1, 9);
    expect(answer.series[0]?.points.map(({ timestamp }) => Number(timestamp))).toEqual(
      [30, 60, 90, 120].map((seconds) => window.fromUs / 1e3 + seconds * 1e3),
    );
  });

  test("only stacks below a call site", () => {
    const merged = (stackTraceSelector: object): number => {
      const selection = { profileTypeID: CPU, labelSelector: '{service_name="shop"}', ...during(), stackTraceSelector };
      const { flamegraph } = jsonOf(call("SelectMergeStacktraces", selection)) as { flamegraph: { total: string } };
      return Number(flamegraph.total);
    };
    const [hottest] = world.queries.profile({ kind: "cpu", service: "shop", ...window });
    const first = hottest?.stack.split(";")[0];
    const whole = merged({});
    const below = merged({ call_site: [{ name: first }] });
    expect(merged({ callSite: [{ name: "nothing is called so" }] })).toBe(0);
    expect(below).toBeGreaterThan(0);
    expect(below).toBeLessThanOrEqual(whole);
  });

  test("labels, values, series and types", () => {
    expect(jsonOf(call("LabelNames", {}))).toEqual({
      names: ["__profile_type__", "instance", "service_name", "version"],
    });
    expect(jsonOf(call("LabelValues", { name: "service_name" }))).toEqual({ names: ["edge", "shop"] });
    expect(jsonOf(call("LabelValues", { name: "instance", matchers: ['{service_name="edge"}'] }))).toEqual({
      names: ["edge-0", "edge-1"],
    });
    expect(jsonOf(call("Series", { labelNames: ["service_name"] }))).toEqual({
      labelsSet: [
        { labels: [{ name: "service_name", value: "edge" }] },
        { labels: [{ name: "service_name", value: "shop" }] },
      ],
    });
    expect(jsonOf(call("ProfileTypes", {}))).toMatchObject({
      profileTypes: [{ ID: CPU, sampleUnit: "nanoseconds" }, {}, {}, {}],
    });
  });

  test("the same in Protocol Buffers", () => {
    const request = encodeMessage(
      {
        profileTypeID: { number: 1, type: "string" },
        labelSelector: { number: 2, type: "string" },
        start: { number: 3, type: "int64" },
        end: { number: 4, type: "int64" },
      },
      { profileTypeID: CPU, labelSelector: '{service_name="shop"}', ...during() },
    );
    const { body, contentType } = askApi(world, "pyroscope", `${QUERIER}/SelectMergeProfile`, {
      method: "POST",
      contentType: "application/proto",
      body: request,
    });
    expect(contentType).toBe("application/proto");
    const json = jsonOf(
      call("SelectMergeProfile", { profileTypeID: CPU, labelSelector: '{service_name="shop"}', ...during() }),
    );
    expect(nanosIn(decodeMessage(PPROF, body as Uint8Array))).toBe(nanosIn(json));
  });

  test.each([
    ["SelectMergeStacktraces", { profileTypeID: "cpu" }, /unknown profile type "cpu"/],
    ["SelectMergeStacktraces", { profileTypeID: CPU, labelSelector: "{service_name=" }, /^1:\d+: parse error/],
    ["SelectMergeStacktraces", { profileTypeID: CPU, labelSelector: `{service_name=~"("}` }, /missing closing/],
    ["SelectMergeStacktraces", { profileTypeID: CPU, start: "soon" }, /start must be a number/],
    ["SelectSeries", { profileTypeID: CPU, step: 1, groupBy: "pod" }, /groupBy must be a list/],
  ])("%s refuses %j", (method, value, message) => {
    const answer = call(method, value);
    expect(answer.httpStatus).toBe(400);
    expect(jsonOf(answer)).toMatchObject({
      code: "invalid_argument",
      message: expect.stringMatching(message) as string,
    });
  });
});

interface Pprof {
  readonly sample: readonly {
    readonly value: readonly (string | number)[];
    readonly locationId: readonly (string | number)[];
  }[];
  readonly stringTable: readonly string[];
  readonly function: readonly { readonly id: string | number; readonly name: string | number }[];
}

const nanosIn = (profile: unknown): number =>
  (profile as Pprof).sample.reduce((sum, { value }) => sum + Number(value[0]), 0);

test("a pprof download holds the service's stacks, innermost frame first", () => {
  const { body, gzip, headers } = askApi(world, "pyroscope", "service/shop/debug/pprof/profile", {
    parameters: { seconds: "120" },
  });
  expect(gzip).toBe(true);
  expect(headers?.["Content-Disposition"]).toContain("shop.profile.pb.gz");
  const profile = decodeMessage(PPROF, body as Uint8Array) as unknown as Pprof;
  expect(nanosIn(profile) / cpuNanosOf("shop")).toBeCloseTo(1, 6);
  const names = new Map(profile.function.map(({ id, name }) => [String(id), profile.stringTable[Number(name)]]));
  const stacks = profile.sample.map(({ locationId }) =>
    [...locationId]
      .reverse()
      .map((id) => names.get(String(id)))
      .join(";"),
  );
  expect(stacks).toEqual(world.queries.profile({ kind: "cpu", service: "shop", ...window }).map(({ stack }) => stack));
});

describe("the render endpoint", () => {
  const rendered = (parameters: Readonly<Record<string, string>>) =>
    jsonOf(askApi(world, "pyroscope", "pyroscope/render", { parameters })) as {
      flamebearer: { numTicks: number; levels: number[][] };
      timeline: { samples: number[]; durationDelta: number };
      groups: Record<string, { samples: number[] }> | null;
    };

  test("graph and timeline agree, groups add up", () => {
    const { flamebearer, timeline, groups } = rendered({
      query: `${CPU}{service_name="shop"}`,
      from: "now-2m",
      groupBy: "instance",
    });
    expect(flamebearer.numTicks / cpuNanosOf("shop")).toBeCloseTo(1, 6);
    const sum = (samples: readonly number[]): number => samples.reduce((total, value) => total + value, 0);
    expect(sum(timeline.samples) / flamebearer.numTicks).toBeCloseTo(1, 6);
    expect(Object.keys(groups ?? {})).toEqual(["shop-0", "shop-1"]);
    expect(sum(Object.values(groups ?? {}).map(({ samples }) => sum(samples))) / flamebearer.numTicks).toBeCloseTo(
      1,
      6,
    );
  });

  test("a client with a clock of its own sees its own times", () => {
    const ahead = 3_600_000_000;
    const seconds = String(window.toUs / 1e6 + ahead / 1e3 - 120);
    const { flamebearer } = jsonOf(
      askApi(world, "pyroscope", "pyroscope/render", {
        clockAheadMs: ahead,
        parameters: { query: `${CPU}{service_name="shop"}`, from: seconds, until: "now" },
      }),
    ) as { flamebearer: { numTicks: number } };
    expect(flamebearer.numTicks / cpuNanosOf("shop")).toBeCloseTo(1, 6);
  });

  test.each([
    { query: "cpu" },
    { query: CPU, from: "yesterday" },
    { query: CPU, format: "dot" },
    { query: CPU, maxNodes: "0" },
  ])("refuses %j", (parameters) => {
    expect(askApi(world, "pyroscope", "pyroscope/render", { parameters })).toMatchObject({ httpStatus: 400 });
  });
});

describe("flame graphs", () => {
  const stacks = [
    { stack: "a;b;c", value: 50 },
    { stack: "a;b", value: 20 },
    { stack: "a;d", value: 5 },
    { stack: "e", value: 25 },
  ];

  test("bars stand where their parents do, self first", () => {
    const { names, levels, total, maxSelf } = flameGraph(stacks, 100);
    expect([total, maxSelf]).toEqual([100, 50]);
    const named = levels.map((level) => {
      const bars: unknown[] = [];
      let at = 0;
      for (let bar = 0; bar < level.length; bar += 4) {
        const [offset = 0, width = 0, self = 0, name = 0] = level.slice(bar, bar + 4);
        at += offset;
        bars.push([names[name], at, width, self]);
        at += width;
      }
      return bars;
    });
    expect(named).toEqual([
      [["total", 0, 100, 0]],
      [
        ["a", 0, 75, 0],
        ["e", 75, 25, 25],
      ],
      [
        ["b", 0, 70, 20],
        ["d", 70, 5, 5],
      ],
      [["c", 20, 50, 50]],
    ]);
  });

  test("what is too small becomes one bar, and nothing is lost", () => {
    const { names, levels, total } = flameGraph(stacks, 4);
    expect(total).toBe(100);
    expect(names).toContain("other");
    expect(levels.flat().length / 4).toBeLessThan(7);
    const second = levels[1] ?? [];
    expect((second[1] ?? 0) + (second[5] ?? 0)).toBe(100);
  });

  test("a difference has both sides", () => {
    const graph = flameGraphDifference(stacks, [{ stack: "a;b;c", value: 10 }], 100);
    expect([graph.leftTicks, graph.rightTicks, graph.total]).toEqual([100, 10, 110]);
    expect(graph.levels[0]).toEqual([0, 100, 0, 0, 10, 0, 0]);
    expect(graph.levels[1]).toEqual([
      0,
      75,
      0,
      0,
      10,
      0,
      graph.names.indexOf("a"),
      0,
      25,
      25,
      0,
      0,
      0,
      graph.names.indexOf("e"),
    ]);
  });
});
