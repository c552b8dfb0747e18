/** Spans of a run as OTLP: the same in both encodings, bounded by time, in the client's clock. */
import { beforeAll, expect, test } from "vitest";
import type { TracesData } from "../../server/apis/otlp/spans.js";
import type { World } from "../../server/world/world.js";
import { askApi, jsonOf, smallWorld } from "../fixtures/small-world.js";

let world: World;
beforeAll(() => {
  world = smallWorld(-120);
});

const get = (parameters: Readonly<Record<string, string>> = {}, accept = "", clockAheadMs = 0) =>
  askApi(world, "otlp", "v1/traces", { parameters, accept, clockAheadMs });
const spansOf = ({ resourceSpans }: TracesData) =>
  resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
const read = (...given: Parameters<typeof get>) => spansOf(jsonOf(get(...given)) as TracesData);

test("spans are those of the asked time, each once", () => {
  const now = world.nowUs / 1e6;
  const whole = read({ start: String(now - 60) });
  expect(whole.length).toBeGreaterThan(100);
  expect(new Set(whole.map(({ traceId, spanId }) => traceId + spanId)).size).toBe(whole.length);
  const halves = [read({ start: String(now - 60), end: String(now - 30) }), read({ start: String(now - 30) })];
  expect(halves.flat().length).toBe(whole.length);
  for (const { startTimeUnixNano } of halves[0] ?? []) expect(Number(startTimeUnixNano) / 1e9).toBeLessThan(now - 30);
});

test("protobuf has what JSON has", () => {
  const start = String(world.nowUs / 1e6 - 20);
  const { body, contentType } = get({ start }, "application/x-protobuf");
  expect(contentType).toBe("application/x-protobuf");
  const text = Buffer.from(body).toString("latin1");
  const spans = read({ start });
  expect(spans.filter(({ spanId }) => !text.includes(Buffer.from(spanId, "hex").toString("latin1")))).toEqual([]);
});

test("times are those of the client, and a wrong one is told", () => {
  const start = world.nowUs / 1e6 - 20;
  const [own, ahead] = [read({ start: String(start) }), read({ start: String(start + 5_000) }, "", 5_000_000)];
  expect(ahead.length).toBe(own.length);
  expect(Number(ahead[0]?.startTimeUnixNano) - Number(own[0]?.startTimeUnixNano)).toBeCloseTo(5_000e9, -6);
  expect(get({ start: "soon" }).httpStatus).toBe(400);
});
