/** Loki's API over a small world: what it answers agrees with the log store and with the metrics. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { simTime } from "../../server/base/time.js";
import type { World } from "../../server/world/world.js";
import { askApi, jsonOf, smallWorld } from "../fixtures/small-world.js";

let world: World;
let window: { readonly fromUs: number; readonly toUs: number };

beforeAll(() => {
  world = smallWorld(-240);
  window = { fromUs: world.nowUs - 120e6, toUs: world.nowUs };
});

const nanos = (us: number): string => `${String(Math.floor(us))}000`;

/** Parameters in an address; times are those of the window unless given. */
function ask(path: string, parameters: Record<string, string> = {}) {
  const times = { start: nanos(window.fromUs), end: nanos(window.toUs) };
  const lists = Object.entries({ ...times, ...parameters }).map(([name, value]) => [name, [value]] as const);
  return askApi(world, "loki", `loki/api/v1/${path}`, { parameters: Object.fromEntries(lists) });
}

interface StreamsData {
  readonly data: {
    readonly resultType: string;
    readonly result: readonly {
      readonly stream: Record<string, string>;
      readonly values: readonly (readonly [string, string])[];
    }[];
  };
}
interface SamplesData {
  readonly data: {
    readonly result: readonly {
      readonly metric: Record<string, string>;
      readonly value: readonly [number, string];
      readonly values: readonly (readonly [number, string])[];
    }[];
  };
}

describe("queries", () => {
  test("lines are those of the log view, newest first, with ids and attributes as labels", () => {
    const { data } = jsonOf(ask("query_range", { query: '{service_name="shop"}', limit: "50" })) as StreamsData;
    expect(data.resultType).toBe("streams");
    const lines = data.result.flatMap(({ stream, values }) => values.map(([time, line]) => ({ time, line, stream })));
    lines.sort((a, b) => (a.time < b.time ? 1 : -1));
    const page = world.queries.logs({ ...window, services: ["shop"], offset: 0, limit: 50 });
    expect(lines.map(({ line }) => line).sort()).toEqual(page.lines.map(({ message }) => message).sort());
    expect(lines[0]?.time).toMatch(/^\d{16}000$/);
    expect(lines[0]?.stream).toMatchObject({ service_name: "shop", job: "shop", detected_level: page.lines[0]?.level });
    expect(new Set(lines.map(({ stream }) => stream["trace_id"]))).toEqual(
      new Set(page.lines.map(({ traceId }) => traceId)),
    );
  });

  test("in whatever window, counts are those of the histogram", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 110 }), fc.integer({ min: 1, max: 100 }), (afterS, lengthS) => {
        const fromUs = window.fromUs + afterS * 1e6;
        const toUs = Math.min(fromUs + lengthS * 1e6, world.nowUs);
        const histogram = world.queries.logHistogram({ fromUs: fromUs + 1, toUs, buckets: 1 });
        const { data } = jsonOf(
          ask("query", {
            query: `sum by (level) (count_over_time({service_name=~".+"}[${String((toUs - fromUs) / 1e3)}ms]))`,
            time: nanos(toUs),
          }),
        ) as SamplesData;
        const counted: Record<string, number> = {};
        for (const { metric, value } of data.result) counted[metric["level"] ?? ""] = Number(value[1]);
        const wanted: Record<string, number> = {};
        for (const { counts } of histogram.buckets) {
          for (const [level, count] of Object.entries(counts)) wanted[level] = (wanted[level] ?? 0) + count;
        }
        expect(counted).toEqual(Object.fromEntries(Object.entries(wanted).filter(([, count]) => count > 0)));
      }),
      { numRuns: 20 },
    );
  });

  test("text filters find what reading every line finds", () => {
    const fromUs = window.toUs - 15e6;
    const all = world.queries.logs({ fromUs, toUs: window.toUs, offset: 0, limit: 1_000 });
    expect(all.total).toBeLessThan(1_000);
    for (const [filter, matches] of [
      ['|= "failed"', (line: string) => line.includes("failed")],
      ['!= "a"', (line: string) => !line.includes("a")],
      ['|~ "[0-9]{2}"', (line: string) => /[0-9]{2}/.test(line)],
      ['|= "e" or "1" != "x"', (line: string) => /[e1]/.test(line) && !line.includes("x")],
    ] as const) {
      const { data } = jsonOf(
        ask("query_range", { query: `{job=~".+"} ${filter}`, start: nanos(fromUs), limit: "1000" }),
      ) as StreamsData;
      const found = data.result.flatMap(({ values }) => values.map(([, line]) => line));
      expect(found.sort()).toEqual(
        all.lines
          .map(({ message }) => message)
          .filter(matches)
          .sort(),
      );
    }
  });

  test("structured metadata filters lines, and is apart where the client wants it so", () => {
    const [line] = world.queries.logs({ ...window, services: ["shop"], offset: 0, limit: 1 }).lines;
    const query = `{service_name="shop"} | trace_id="${line?.traceId ?? ""}" | duration_ms > 0`;
    const { data } = jsonOf(ask("query_range", { query })) as StreamsData;
    expect(data.result.flatMap(({ values }) => values).map(([, text]) => text)).toContain(line?.message);
    const apart = jsonOf(
      askApi(world, "loki", "loki/api/v1/query_range", {
        parameters: { query: [query], start: [nanos(window.fromUs)], end: [nanos(window.toUs)] },
        encodingFlags: "categorize-labels",
      }),
    ) as {
      data: {
        encodingFlags: string[];
        result: { stream: object; values: [string, string, { structuredMetadata: Record<string, string> }][] }[];
      };
    };
    expect(apart.data.encodingFlags).toEqual(["categorize-labels"]);
    expect(Object.keys(apart.data.result[0]?.stream ?? {})).toEqual(["instance", "job", "level", "service_name"]);
    expect(apart.data.result[0]?.values[0]?.[2].structuredMetadata["trace_id"]).toBe(line?.traceId);
  });

  test("a range of a metric has a point at every step", () => {
    const { data } = jsonOf(ask("query_range", { query: 'sum(rate({job=~".+"}[1m]))', step: "30s" })) as SamplesData;
    expect(data.result[0]?.values.map(([time]) => Math.round((time - window.fromUs / 1e6) / 30))).toEqual([
      0, 1, 2, 3, 4,
    ]);
  });

  test.each([
    ["query", { query: '{job="shop"}' }, /^log queries are not supported as an instant query type/],
    ["query_range", { query: "{a=}" }, /^parse error at line 1, col 4: syntax error: unexpected }, expecting STRING$/],
    ["query_range", { query: '{a="b"}', limit: "5001" }, /^max entries limit per query exceeded.*\(5001 > 5000\)$/],
    ["query_range", { query: '{a="b"}', direction: "up" }, /^invalid direction 'up'$/],
    ["query_range", { query: '{a="b"}', start: "nonsense" }, /cannot parse "nonsense" to a valid timestamp/],
    ["query_range", { query: 'rate({job="shop"}[1m])', step: "-1" }, /^zero or negative query resolution/],
    ["query", { query: 'sum by (x) (count_over_time({job="shop"} | json [1m]))' }, /^pipeline error: 'JSONParserErr'/],
    ["query", { query: 'count_over_time({job="shop"}[1m]) + on (job) count_over_time({job="shop"}[1m])' }, /matching/],
  ])("%s with %o is refused in plain text", (path, parameters, sentence) => {
    const answer = ask(path, parameters);
    expect(answer.httpStatus).toBe(400);
    expect(answer.contentType).toMatch(/^text\/plain/);
    expect(String(answer.body)).toMatch(sentence);
  });

  test("nothing later than now is seen, and a client's own clock is understood", () => {
    const later = ask("query_range", {
      query: '{job=~".+"}',
      start: nanos(world.nowUs + 1e6),
      end: nanos(world.nowUs + 2e6),
    });
    expect((jsonOf(later) as StreamsData).data.result).toEqual([]);
    const ahead = askApi(world, "loki", "loki/api/v1/query", {
      parameters: { query: ["vector(1)"], time: [String(world.nowUs / 1e6 + 3_600)] },
      clockAheadMs: 3_600_000,
    });
    expect((jsonOf(ahead) as SamplesData).data.result[0]?.value[0]).toBeCloseTo(world.nowUs / 1e6 + 3_600, 3);
  });
});

describe("the index", () => {
  test("knows labels, values and series", () => {
    expect(jsonOf(ask("labels"))).toMatchObject({ data: ["instance", "job", "level", "service_name"] });
    const { data: services } = jsonOf(ask("label/service_name/values")) as { data: string[] };
    expect(services).toContain("shop");
    const { data: series } = jsonOf(ask("series", { "match[]": '{service_name="shop"}' })) as {
      data: Record<string, string>[];
    };
    expect(new Set(series.map((labels) => labels["service_name"]))).toEqual(new Set(["shop"]));
    const { detectedLabels } = jsonOf(ask("detected_labels")) as { detectedLabels: object[] };
    expect(detectedLabels).toContainEqual({ label: "service_name", cardinality: services.length });
  });

  test("counts lines as the histogram does, and volumes add up", () => {
    const stats = jsonOf(ask("index/stats", { query: '{job=~".+"}' })) as { entries: number; bytes: number };
    expect(stats.entries).toBe(world.queries.logs({ ...window, offset: 0, limit: 0 }).total);
    const volume = jsonOf(ask("index/volume", { query: '{job=~".+"}' })) as SamplesData;
    expect(volume.data.result.reduce((sum, { value }) => sum + Number(value[1]), 0)).toBe(stats.bytes);
    const range = jsonOf(ask("index/volume_range", { query: '{job=~".+"}', step: "20" })) as SamplesData;
    const inSteps = range.data.result
      .flatMap(({ values }) => values)
      .reduce((sum, [, bytes]) => sum + Number(bytes), 0);
    expect(inSteps).toBe(stats.bytes);
  });
});

describe("what is in lines", () => {
  test("patterns stand for lines that differ in values, and count each once", () => {
    const { data } = jsonOf(ask("patterns", { query: '{job=~".+"}', step: "30s" })) as {
      data: { pattern: string; samples: [number, number][] }[];
    };
    const counted = data.flatMap(({ samples }) => samples).reduce((sum, [, count]) => sum + count, 0);
    expect(counted).toBe(world.queries.logs({ ...window, offset: 0, limit: 0 }).total);
    expect(data.length).toBeLessThan(40);
  });

  test("fields have kinds", () => {
    const { fields } = jsonOf(ask("detected_fields", { query: '{service_name="shop"}' })) as {
      fields: { label: string; type: string }[];
    };
    expect(fields).toContainEqual(expect.objectContaining({ label: "trace_id", type: "string" }));
    expect(fields).toContainEqual(expect.objectContaining({ label: "duration_ms", type: "float" }));
    const { values } = jsonOf(ask("detected_field/detected_level/values", { query: '{service_name="shop"}' })) as {
      values: string[];
    };
    expect(values).toContain("info");
  });

  test("queries are formatted, the server says what it is, other paths are not there", () => {
    expect(jsonOf(ask("format_query", { query: 'sum(rate({a="b"}[1m]))by(x)' }))).toEqual({
      status: "success",
      data: 'sum by (x)(rate({a="b"}[1m]))',
    });
    expect(ask("format_query", { query: "{" }).httpStatus).toBe(400);
    expect(jsonOf(ask("status/buildinfo"))).toHaveProperty("version");
    expect(ask("nothing").httpStatus).toBe(404);
    expect(String(askApi(world, "loki", "ready").body)).toBe("ready\n");
  });
});

describe("tail", () => {
  test("gives each line once as time goes on, however few it may give at once", () => {
    const own = smallWorld(-240);
    const fromUs = own.nowUs;
    let start = nanos(fromUs);
    let lines = 0;
    for (let step = 0; step < 40; step++) {
      if (step < 20) own.advance(simTime(own.nowUs + 500_000));
      const parameters = { query: '{job=~".+"}', start, limit: "20" };
      const { streams, cursor } = jsonOf(askApi(own, "loki", "loki/api/v1/tail", { parameters })) as {
        streams: { values: unknown[] }[];
        cursor: string;
      };
      start = cursor;
      lines += streams.reduce((sum, { values }) => sum + values.length, 0);
    }
    expect(lines).toBe(own.queries.logs({ fromUs, toUs: own.nowUs, offset: 0, limit: 0 }).total);
    expect(lines).toBeGreaterThan(10);
  });
});

describe("agreement", () => {
  test("between two scrapes of a process, its lines are those that its counters counted", () => {
    const { data } = jsonOf(
      askApi(world, "prometheus", "api/v1/query", {
        parameters: { query: "log_lines_total[2m]", time: String(world.nowUs / 1e6) },
      }),
    ) as { data: { result: { metric: Record<string, string>; values: [number, string][] }[] } };
    const counters = data.result.filter(({ values }) => values.length > 3);
    expect(counters.length).toBeGreaterThan(3);
    let compared = 0;
    for (const { metric, values } of counters) {
      const [first, last] = [values.at(0), values.at(-1)];
      if (first === undefined || last === undefined) continue;
      const [fromMs, toMs] = [Math.round(first[0] * 1e3), Math.round(last[0] * 1e3)];
      const selector = `{instance="${(metric["instance"] ?? "").replace(/:\d+$/, "")}", level="${metric["level"] ?? ""}"}`;
      const query = `sum(count_over_time(${selector}[${String(toMs - fromMs)}ms]))`;
      const answer = jsonOf(ask("query", { query, time: nanos(toMs * 1e3) })) as SamplesData;
      expect([selector, Number(answer.data.result[0]?.value[1] ?? 0)]).toEqual([
        selector,
        Number(last[1]) - Number(first[1]),
      ]);
      compared += Number(last[1]) - Number(first[1]);
    }
    expect(compared).toBeGreaterThan(100);
  });
});
