import { describe, expect, test } from "vitest";
import { labelsSubject } from "../../../client/charts/mark-subject.js";
import { compareItem, pivotItems, type PivotSubject } from "../../../client/elements/pivots.js";

const titles = (subject: PivotSubject): readonly string[] => pivotItems(subject).map(({ title }) => title);
const AT = 600_000_000;
const ways = (subject: PivotSubject): readonly (readonly [string, unknown])[] =>
  pivotItems(subject).map(({ view, values }) => [view, values]);

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

  test.each<readonly [PivotSubject, string, unknown]>([
    [{ field: "alertname", value: "BuyFails" }, "alerts", { rule: "BuyFails" }],
    [{ field: "change", value: "cart-2" }, "changes", { change: "cart-2" }],
    [{ field: "node", value: "node-3" }, "health", { find: "node-3" }],
    [{ field: "zone", value: "b" }, "health", { zone: "b" }],
    [{ field: "instance", value: "cart-1:9464", service: "cart" }, "health", { find: "cart-1" }],
    [{ field: "server_address", value: "payment" }, "map", { node: "payment" }],
    [{ field: "probe", value: "buy" }, "synthetics", { probe: "buy" }],
    [{ field: "function", value: "f", service: "cart" }, "profiles", { service: "cart", form: "sandwich", fn: "f" }],
  ])("%o leads to the view that is about it", (subject, view, values) => {
    expect(ways(subject)[0]).toEqual([view, values]);
  });

  test("a process by the name that spans and lines know, without the port of its metrics", () => {
    expect(ways({ field: "instance", value: "cart-1:9464", service: "cart" })).toContainEqual([
      "traces",
      { f: "service.instance.id=cart-1" },
    ]);
  });

  test("labels of metrics become the attributes of spans", () => {
    const subject = { field: "http_response_status_code", value: "503", service: "edge" };
    expect(ways(subject)[0]).toEqual(["traces", { f: "http.response.status_code=503" }]);
    expect(compareItem(subject)?.values).toMatchObject({
      q: '{ resource.service.name = "edge" && .http.response.status_code = 503 }',
    });
  });

  test("an operation is looked for on its service, a status as a state", () => {
    expect(ways({ field: "name", value: "POST /buy", service: "edge" })[0]).toEqual([
      "traces",
      { operation: "POST /buy", service: "edge" },
    ]);
    expect(ways({ field: "status", value: "error" })[0]).toEqual(["traces", { status: "error" }]);
  });

  test("b compares the value with the others, an instant with what was before it, a level with all lines", () => {
    expect(compareItem({ field: "service", value: "edge" })?.title).toBe("Compare edge with the others");
    expect(compareItem({ field: "time", value: "", atUs: AT })?.title).toBe("Compare before and after");
    expect(compareItem({ field: "level", value: "error" })?.values).toMatchObject({
      signal: "logs",
      lf: '{"levels":["error"]}',
    });
    expect(compareItem({ field: "message", value: "x" })).toBeUndefined();
  });
});

describe("what a drawn mark is about", () => {
  test("a series by its most telling label, on its service", () => {
    expect(labelsSubject({ __name__: "up", job: "cart", instance: "cart-1:9464" })).toEqual({
      field: "instance",
      value: "cart-1:9464",
      service: "cart",
    });
    expect(labelsSubject({ job: "cart", le: "0.1" })).toEqual({ field: "service", value: "cart" });
    expect(labelsSubject({ queue: "orders" })).toEqual({ field: "queue", value: "orders", service: undefined });
    expect(labelsSubject({ le: "0.1" })).toBeUndefined();
  });
});
