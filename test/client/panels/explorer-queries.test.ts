import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseFilters, printFilters, toggleFilter, toggleInList } from "../../../client/panels/logs/field-filters.js";
import { filterChange, isoOf, lineAsJson, logsRequestOf } from "../../../client/panels/logs/logs-query.js";

const WINDOW = { fromUs: 100, toUs: 200 };
const read = (search: string) => (name: string) => new URLSearchParams(search).get(name) ?? undefined;

describe("field filters", () => {
  test("are read with and without quotes", () => {
    expect(parseFilters(String.raw`route=/checkout  user.name!="a \"b\" c"`)).toEqual({
      ok: true,
      filters: [
        { name: "route", operator: "=", value: "/checkout" },
        { name: "user.name", operator: "!=", value: 'a "b" c' },
      ],
    });
    expect(parseFilters("  ")).toEqual({ ok: true, filters: [] });
  });

  test("a mistake gives its place and what was expected", () => {
    expect(parseFilters("route=/x status 200")).toEqual({
      ok: false,
      offset: 9,
      message: 'Expected name=value or name!="a value" at character 10: status 200',
    });
  });

  test("what is printed reads back, whatever the value", () => {
    const filter = fc.record({
      name: fc.constantFrom("route", "http.response.status_code", "_x"),
      operator: fc.constantFrom("=" as const, "!=" as const),
      value: fc.string(),
    });
    fc.assert(
      fc.property(fc.array(filter, { maxLength: 4 }), (filters) => {
        expect(parseFilters(printFilters(filters))).toEqual({ ok: true, filters });
      }),
    );
  });

  test("the opposite of a filter takes its place, the same one takes it away", () => {
    const include = { name: "a", operator: "=", value: "1" } as const;
    const exclude = { ...include, operator: "!=" } as const;
    expect(toggleFilter([include], exclude)).toEqual([exclude]);
    expect(toggleFilter([include], include)).toEqual([]);
    expect([
      toggleInList("error,warn", "error"),
      toggleInList(undefined, "info"),
      toggleInList("info", "info"),
    ]).toEqual(["warn", "info", undefined]);
  });
});

describe("logs query", () => {
  test("is read from the URL; what does not parse is left out", () => {
    expect(logsRequestOf(read("q=+time+out+&level=error,loud&services=cart,order&trace=ab&f=x%3D1"), WINDOW)).toEqual({
      ...WINDOW,
      text: "time out",
      levels: ["error"],
      services: ["cart", "order"],
      traceId: "ab",
      fields: [{ name: "x", operator: "=", value: "1" }],
    });
    expect(logsRequestOf(read("f=broken"), WINDOW)).toEqual(WINDOW);
  });

  test("including a level or service uses its own parameter, excluding is a field filter", () => {
    expect(filterChange(read(""), "service", "cart", "=")).toEqual({ services: "cart" });
    expect(filterChange(read("f=a%3D1"), "service", "cart", "!=")).toEqual({ f: "a=1 service!=cart" });
    expect(filterChange(read("f=a%3D1"), "a", "1", "=")).toEqual({ f: undefined });
  });

  test("a line is copied as one JSON object with its attributes", () => {
    const line = {
      id: "7",
      timeUs: 1_700_000_000_123_456,
      level: "error",
      service: "cart",
      instance: "cart-0",
      message: "no",
      traceId: "t",
      attributes: { route: "/cart" },
    } as const;
    expect(JSON.parse(lineAsJson(line))).toEqual({
      timestamp: "2023-11-14T22:13:20.123456Z",
      level: "error",
      service: "cart",
      instance: "cart-0",
      message: "no",
      trace_id: "t",
      route: "/cart",
    });
    expect(isoOf(5)).toBe("1970-01-01T00:00:00.000005Z");
  });
});
