import { describe, expect, test } from "vitest";
import { actionProgress, newestFirst, watchWindow } from "../../../client/panels/actions/action-progress.js";
import {
  changeFilterOf,
  filterChanges,
  rolloutUs,
  tallyKinds,
  tallyTargets,
  windowAround,
} from "../../../client/panels/changes/change-list.js";
import { changeExhibit } from "../../../client/panels/changes/changes-export.js";
import {
  referenceHref,
  frozenSeries,
  notebookMarkdown,
  sortHypotheses,
} from "../../../client/panels/notebook/notebook-model.js";
import type { Exhibit, Hypothesis, LoggedAction } from "../../../server/wire/run.js";
import type { ChangeRecord } from "../../../server/wire/telemetry.js";

const MINUTE_US = 60_000_000;

const change = (parts: Partial<ChangeRecord>): ChangeRecord => ({
  id: "c",
  kind: "deploy",
  target: "cart",
  atUs: 0,
  author: "mira",
  title: "cart 2.4.1",
  description: "",
  diff: "",
  canRollBack: true,
  state: "live",
  ...parts,
});

describe("the list of changes", () => {
  const changes = [
    change({ id: "a", atUs: 10 }),
    change({ id: "b", atUs: 30, kind: "flag", target: "order", diff: "+limit: 40" }),
    change({ id: "c", atUs: 20, target: "order" }),
  ];
  const ids = (filter: Parameters<typeof filterChanges>[1]) => filterChanges(changes, filter).map(({ id }) => id);

  test.each([
    ["", { kinds: [] }],
    ["kinds=flag,nonsense,deploy&target=cart", { kinds: ["flag", "deploy"], target: "cart" }],
    ["span=window&text=limit", { kinds: [], text: "limit", window: { fromUs: 1, toUs: 2 } }],
  ])("is narrowed by '%s' of an address", (search, filter) => {
    const read = (name: string) => new URLSearchParams(search).get(name) ?? undefined;
    expect(changeFilterOf(read, { fromUs: 1, toUs: 2 })).toEqual(filter);
  });

  test("an exhibit of a change keeps who, what, when and its diff", () => {
    const flagged = change({ kind: "flag", versionTo: "2", diff: "+limit: 40" });
    expect(changeExhibit(flagged).frozen).toMatchObject({
      facts: [
        { value: "Flag of cart" },
        { name: "when" },
        { value: "mira" },
        { value: "Live" },
        { value: "– → 2" },
        { value: "+limit: 40" },
      ],
    });
  });

  test("stands newest first and is narrowed by every filter", () => {
    expect(ids({ kinds: [] })).toEqual(["b", "c", "a"]);
    expect(ids({ kinds: ["deploy"] })).toEqual(["c", "a"]);
    expect(ids({ kinds: ["deploy"], target: "order" })).toEqual(["c"]);
    expect(ids({ kinds: [], text: "LIMIT mira" })).toEqual(["b"]);
    expect(ids({ kinds: [], window: { fromUs: 15, toUs: 20 } })).toEqual(["c"]);
  });

  test("is counted by kind and by target", () => {
    expect(tallyKinds(changes)).toEqual([
      { value: "deploy", count: 2 },
      { value: "flag", count: 1 },
    ]);
    expect(tallyTargets(changes)).toEqual([
      { value: "cart", count: 1 },
      { value: "order", count: 2 },
    ]);
  });

  test("knows the window around a change and the length of its roll-out", () => {
    const deploy = change({ atUs: 60 * MINUTE_US, completedUs: 62 * MINUTE_US });
    expect(windowAround(deploy, 65 * MINUTE_US)).toEqual({ fromUs: 45 * MINUTE_US, toUs: 65 * MINUTE_US });
    expect(rolloutUs(deploy)).toBe(2 * MINUTE_US);
    expect(rolloutUs(change({ state: "rolling-out" }))).toBeUndefined();
  });
});

describe("an action's card", () => {
  const action = (parts: Partial<LoggedAction>): LoggedAction => ({
    id: "1",
    action: { kind: "restart", service: "order" },
    plan: {
      summary: "",
      touches: [],
      durationUs: 100,
      sideEffects: [],
      destructive: false,
      watchQuery: "up",
      watchTitle: "",
    },
    atUs: 1_000,
    completesAtUs: 1_100,
    ...parts,
  });

  test("follows the clock", () => {
    expect(actionProgress(action({}), 1_025)).toEqual({ state: "running", fraction: 0.25, remainingUs: 75 });
    expect(actionProgress(action({}), 2_000)).toEqual({ state: "done", fraction: 1, remainingUs: 0 });
    expect(actionProgress(action({ completesAtUs: 1_000 }), 1_000).state).toBe("done");
    expect(actionProgress(action({ undoneBy: "2" }), 1_025).state).toBe("undone");
  });

  test("stands newest first and watches from before the action", () => {
    expect(newestFirst([action({ id: "1" }), action({ id: "2", atUs: 5_000 })]).map(({ id }) => id)).toEqual([
      "2",
      "1",
    ]);
    const window = watchWindow(action({ atUs: 60 * MINUTE_US }), 61 * MINUTE_US);
    expect(window).toEqual({ fromUs: 55 * MINUTE_US, toUs: 65 * MINUTE_US });
    expect(watchWindow(action({ atUs: 60 * MINUTE_US }), 600 * MINUTE_US).toUs).toBe(85 * MINUTE_US);
  });
});

describe("the notebook", () => {
  const hypothesis = (id: string, state: Hypothesis["state"], confidence: number): Hypothesis => ({
    id,
    component: "order",
    faultClass: "dependency/slow",
    confidence,
    state,
    note: "a|b",
  });
  const exhibit: Exhibit = {
    id: "e",
    title: "p99 of checkout",
    reference: { view: "metrics", search: "query=up&from=now-15m", window: { fromUs: 0, toUs: MINUTE_US } },
    frozen: {
      kind: "series",
      unit: "s",
      series: [
        {
          name: "p99",
          points: [
            [2, 5],
            [1, Number.NaN],
          ],
        },
      ],
    },
    pinnedAtUs: 0,
    note: "rises",
  };

  test("orders hypotheses by state, then belief", () => {
    const sorted = sortHypotheses([
      hypothesis("a", "ruled-out", 0.9),
      hypothesis("b", "open", 0.2),
      hypothesis("c", "open", 0.7),
    ]);
    expect(sorted.map(({ id }) => id)).toEqual(["c", "b", "a"]);
  });

  test("links to what was seen, and draws what was frozen", () => {
    expect(referenceHref("r 1", exhibit.reference)).toBe("/run/r%201/metrics?query=up&from=0&to=60000000");
    if (exhibit.frozen.kind !== "series") throw new Error("not a series");
    const [series] = frozenSeries(exhibit.frozen);
    expect(series?.timesUs).toEqual(Float64Array.of(1, 2));
    expect(series?.values).toEqual(Float64Array.of(Number.NaN, 5));
  });

  test("is written as Markdown with cells escaped", () => {
    const text = notebookMarkdown(
      { exhibits: [exhibit], hypotheses: [hypothesis("a", "open", 0.75)] },
      { title: "Slow checkout", taxonomy: [], clock: (us) => `t${String(us)}` },
    );
    expect(text).toContain("| order | dependency/slow | 75 % | open | a\\|b |");
    expect(text).toContain("1. **p99 of checkout** (metrics, t0 to t60000000) — rises");
  });
});
