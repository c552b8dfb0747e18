import { describe, expect, test } from "vitest";
import { GUIDE_STEPS, nextStep, readGuide, writeGuide } from "../../../../client/panels/guide/steps.js";
import { compareOfView } from "../../../../client/panels/insight/compare-of-view.js";
import { notesOf } from "../../../../client/panels/notes/notes.js";
import { VIEWS } from "../../../../client/panels/registry.js";
import type { RunSnapshot } from "../../../../server/wire/run.js";

const SNAPSHOT = {
  run: { state: "briefing" },
  notebook: { exhibits: [], hypotheses: [] },
  actions: [],
  submission: undefined,
} as unknown as RunSnapshot;

const stepOf = (snapshot: RunSnapshot, ...opened: readonly string[]): string | undefined =>
  nextStep({ snapshot, opened: new Set(opened), view: "brief" })?.step.id;

describe("the guided first incident", () => {
  test("says the first thing that was not done, whatever was done out of order", () => {
    const running = { ...SNAPSHOT, run: { ...SNAPSHOT.run, state: "investigating" as const } };
    expect(stepOf(SNAPSHOT, "changes")).toBe("start");
    expect(stepOf(running, "changes")).toBe("scope");
    expect(stepOf(running, "changes", "slo", "compare", "trace")).toBe("hypothesis");
  });

  test("ends when all is done, and each step has a place that exists", () => {
    const done = {
      ...SNAPSHOT,
      run: { ...SNAPSHOT.run, state: "submitted" },
      notebook: { exhibits: [{}], hypotheses: [{}] },
      actions: [{}],
      submission: {},
    } as unknown as RunSnapshot;
    expect(stepOf(done, "dashboards", "changes", "compare", "trace")).toBeUndefined();
    const views = new Set(VIEWS.map(({ id }) => id));
    for (const { place } of GUIDE_STEPS) if (place !== undefined) expect(views).toContain(place);
  });

  test("is remembered, and broken memory is a new beginning", () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    writeGuide(storage, { state: "left", opened: ["slo"] });
    expect(readGuide(storage)).toEqual({ state: "left", opened: ["slo"] });
    expect(readGuide({ getItem: () => "{" })).toEqual({ state: "new", opened: [] });
  });
});

test("every view has field notes of its own", () => {
  for (const { id } of VIEWS.filter(({ id: view }) => view !== "debrief")) {
    expect(notesOf(id), id).not.toBe(notesOf("no such view"));
  }
});

describe("the key b", () => {
  const window = { fromUs: 0, toUs: 100_000_000 };
  const of = (view: string, values: Readonly<Record<string, string>> = {}): ReturnType<typeof compareOfView> =>
    compareOfView({ view, read: (name) => values[name] }, window, 60_000_000);

  test("in traces: the slowest of the search against the rest", () => {
    expect(of("traces", { service: "edge" })).toMatchObject({
      signal: "traces",
      q: '{ resource.service.name = "edge" }',
      slow: "0.95",
    });
  });

  test("in traces with a box on the heatmap: the box against the rest", () => {
    const values = of("traces", { service: "edge", sel: "10000000-20000000_300000-900000" });
    expect(values).toMatchObject({ sf: "10000000", st: "20000000", smin: "300000", smax: "900000" });
    expect(values).not.toHaveProperty("slow");
  });

  test("in logs and metrics: after the page against before it", () => {
    expect(of("logs", { level: "error" })).toMatchObject({
      lf: '{"levels":["error"]}',
      sf: "60000000",
      bf: "20000000",
    });
    expect(of("metrics", { query: "up" })).toMatchObject({ signal: "metrics", q: "up" });
  });

  test("elsewhere the traces of the service that is shown; in a comparison nothing", () => {
    expect(of("dashboards", { service: "cart" })?.["q"]).toContain('"cart"');
    expect(of("compare")).toBeUndefined();
  });
});
