import { describe, expect, test } from "vitest";
import { DASHBOARDS, dashboardsOf, panelsFor, queryFor } from "../../../../client/panels/dashboards/definitions.js";
import { GRID_COLUMNS, panelSpans, panelsARow } from "../../../../client/panels/dashboards/layout.js";

describe("rows of panels", () => {
  test.each([
    [1, 3, [12]],
    [3, 3, [4, 4, 4]],
    [4, 3, [6, 6, 6, 6]],
    [5, 3, [4, 4, 4, 6, 6]],
    [5, 2, [6, 6, 6, 6, 12]],
    [2, 1, [12, 12]],
    [0, 3, []],
  ])("%d panels, at most %d in a row", (count, rowMax, spans) => {
    expect(panelSpans(count, rowMax)).toEqual(spans);
  });

  test("every row is filled, whatever the number", () => {
    for (let count = 1; count <= 20; count += 1) {
      for (let rowMax = 1; rowMax <= 4; rowMax += 1) {
        const spans = panelSpans(count, rowMax);
        expect(spans).toHaveLength(count);
        expect(spans.reduce((sum, span) => sum + span, 0) % GRID_COLUMNS).toBe(0);
        expect(Math.min(...spans)).toBeGreaterThanOrEqual(GRID_COLUMNS / rowMax);
      }
    }
  });

  test("a narrow page has one panel in a row, a wide one four", () => {
    expect([0, 359, 720, 1_280, 5_000].map(panelsARow)).toEqual([1, 1, 2, 3, 4]);
  });
});

describe("panels for a component", () => {
  const red = DASHBOARDS.find(({ id }) => id === "red")?.panels ?? [];

  test("a consumer of messages shows no requests, a service without a database no operations", () => {
    const consumer = panelsFor(red, new Set(["messaging_process_duration_seconds_count"]));
    expect(new Set(consumer.map(({ section }) => section))).toEqual(new Set(["Messages"]));
    const leaf = panelsFor(red, new Set(["http_server_request_duration_seconds_count"]));
    expect(leaf.map(({ id }) => id)).toEqual(["rate", "errors", "duration", "active"]);
  });

  test("all of them while the metrics are not known", () => {
    expect(panelsFor(red, undefined)).toBe(red);
  });

  test("every kind of component has a dashboard, and ids are unique in it", () => {
    for (const kind of ["service", "store", "cache", "queue", "external", "plant"]) {
      expect(dashboardsOf(kind).length).toBeGreaterThan(0);
    }
    for (const { panels } of DASHBOARDS) expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });

  test("the component's name is quoted", () => {
    expect(queryFor('up{job="$job"}', 'a"b')).toBe('up{job="a\\"b"}');
  });
});
