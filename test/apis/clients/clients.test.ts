/** The requests of real clients, tool by tool, over one small world: what they read of the answers is there. */
import { describe, expect, test } from "vitest";
import { jsonOf, smallWorld } from "../../fixtures/small-world.js";
import { alertmanagerRows } from "./alertmanager-rows.js";
import { type ClientRow, expectRow, timesOf } from "./client-table.js";
import { jaegerRows } from "./jaeger-rows.js";
import { lokiRows } from "./loki-rows.js";
import { prometheusRows } from "./prometheus-rows.js";
import { pyroscopeRows } from "./pyroscope-rows.js";
import { tempoRows } from "./tempo-rows.js";
import { zipkinRows } from "./zipkin-rows.js";

const world = smallWorld(-200);
const times = timesOf(world);

const TABLES: Readonly<Record<string, readonly ClientRow[]>> = {
  prometheus: prometheusRows(times),
  alertmanager: alertmanagerRows(times),
  loki: lokiRows(times),
  tempo: tempoRows(times),
  jaeger: jaegerRows(times),
  zipkin: zipkinRows(times),
  pyroscope: pyroscopeRows(times),
};

for (const [api, rows] of Object.entries(TABLES)) {
  describe(api, () => {
    test.each(rows.map((row) => [row.who, row] as const))("%s", (_who, row) => {
      expectRow(world, api, row);
    });
  });
}

test("volumes over time stand on the client's clock, and add up to the bytes of all lines", () => {
  const { ns } = times;
  const ask = (path: string, parameters: Readonly<Record<string, string>>): unknown =>
    jsonOf(expectRow(world, "loki", { who: "", path: `loki/api/v1/${path}`, parameters }));
  const query = '{service_name="shop"}';
  const volume = ask("index/volume_range", { query, step: "30s", targetLabels: "service_name", ...ns }) as {
    data: { result: { values: (readonly [number, string])[] }[] };
  };
  const steps = volume.data.result[0]?.values ?? [];
  expect(steps.length).toBeGreaterThan(3);
  expect(steps[0]?.[0]).toBe(Number(ns.start.slice(0, -6)) / 1e3);
  for (const [seconds] of steps.slice(1)) expect(seconds % 30).toBe(0);
  const { bytes } = ask("index/stats", { query, ...ns }) as { bytes: number };
  expect(steps.reduce((total, [, text]) => total + Number(text), 0)).toBe(bytes);
  const summed = ask("query", { query: `sum(bytes_over_time(${query}[120s]))`, time: ns.end }) as {
    data: { result: { value: [number, string] }[]; stats: { summary: { totalBytesProcessed: number } } };
  };
  expect(Number(summed.data.result[0]?.value[1])).toBe(bytes);
  expect(summed.data.stats.summary.totalBytesProcessed).toBe(bytes);
});
