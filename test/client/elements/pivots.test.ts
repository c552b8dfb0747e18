import { describe, expect, test } from "vitest";
import { pivotItems, type PivotSubject } from "../../../client/elements/pivots.js";

const titles = (subject: PivotSubject): readonly string[] => pivotItems(subject).map(({ title }) => title);
const AT = 600_000_000;

describe("where one can go from a value", () => {
  test("a service: its logs, traces, dashboard, metrics, place and changes, and a comparison", () => {
    expect(titles({ field: "service", value: "payment" })).toEqual([
      "Logs of payment",
      "Traces of payment",
      "Dashboard of payment",
      "Metrics of payment",
      "Profiles of payment",
      "payment on the map",
      "Changes of payment",
      "Compare payment with the others",
    ]);
  });

  test("with an instant the service's time is a minute to either side", () => {
    const items = pivotItems({ field: "service", value: "payment", atUs: AT });
    expect(items[0]).toMatchObject({
      title: "Logs of payment, ±1 min",
      values: { services: "payment", from: "540000000", to: "660000000" },
    });
    expect(items.find(({ group }) => group === "time")?.values).toMatchObject({
      split: "traces",
    });
  });

  test("a version leads to its deploy, and to traces and logs of it alone", () => {
    const items = pivotItems({ field: "version", value: "2.0", service: "cart" });
    expect(items[0]).toMatchObject({ view: "changes", values: { target: "cart", text: "2.0" } });
    expect(items[1]).toMatchObject({ view: "traces", values: { f: "service.version=2.0", service: "cart" } });
    expect(items.at(-1)?.values).toMatchObject({
      q: '{ resource.service.name = "cart" && resource.service.version = "2.0" }',
      bq: '{ resource.service.name = "cart" }',
    });
  });

  test("a trace comes first, and its id is no value to compare", () => {
    expect(titles({ field: "trace_id", value: "abc", atUs: AT })).toEqual([
      "Open the trace",
      "Logs of the trace",
      "Everything ±1 min: logs and traces",
      "The map ±1 min",
      "Compare before and after",
    ]);
  });

  test("any field: traces and logs with it, quoted where it has spaces", () => {
    const [traces, logs] = pivotItems({ field: "http.route", value: 'GET "x"' });
    expect(traces?.values).toEqual({ f: 'http.route="GET \\"x\\""' });
    expect(logs).toMatchObject({ view: "logs", values: { f: 'http.route="GET \\"x\\""' } });
    expect(titles({ field: "message", value: "no condition" })).toEqual([]);
  });
});
