import { expect, test } from "vitest";
import { seriesTable } from "../../../client/charts/chart-export.js";
import { panelTable } from "../../../client/panels/dashboards/panel-export.js";

const seriesOf = (name: string, values: readonly number[]) => ({
  name,
  timesUs: Float64Array.from(values, (_, index) => index * 1e6),
  values: Float64Array.from(values),
});

test("a row for each instant, gaps left empty, units behind the names", () => {
  expect(seriesTable([seriesOf("p50", [0.5, NaN]), seriesOf("p99", [1])], () => "s")).toEqual({
    columns: ["time", "p50 (s)", "p99 (s)"],
    rows: [
      ["1970-01-01T00:00:00.000Z", 0.5, 1],
      ["1970-01-01T00:00:01.000Z", null, null],
    ],
  });
  expect(seriesTable([seriesOf("up", [1])], () => "").columns).toEqual(["time", "up"]);
});

test("a panel's series have its unit, unless one has its own", () => {
  const panel = (name: string, unit?: string) => ({
    ...seriesOf(name, [1]),
    refId: "A",
    labels: {},
    ...(unit === undefined ? {} : { unit }),
  });
  expect(panelTable({ series: [panel("errors"), panel("rate", "reqps")] }, "percentunit")?.columns).toEqual([
    "time",
    "errors (ratio)",
    "rate (/s)",
  ]);
});
