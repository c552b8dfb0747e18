import { describe, expect, test } from "vitest";
import {
  forecastPoints,
  newDraft,
  NO_TRIGGER,
  readStoredDraft,
  readSubmission,
  toggleExhibit,
  togglePathEdge,
} from "../../../client/panels/submit/submission-draft.js";
import type { SubmissionContext, SubmissionDraft } from "../../../client/panels/submit/submission-draft.js";
import { dropDraft, loadDraft, saveDraft } from "../../../client/panels/submit/draft-store.js";
import { axisTicks, fractionOf, instantAt, movedByKey, placeMarks } from "../../../client/panels/submit/onset-axis.js";
import { offeredEdges } from "../../../client/panels/submit/offered-edges.js";
import { searchTaxonomy } from "../../../client/panels/submit/taxonomy-search.js";

const draft: SubmissionDraft = {
  component: "payment",
  faultClass: "dependency/slow",
  trigger: NO_TRIGGER,
  onset: "500",
  confidencePercent: 80,
  exhibits: ["e1", "gone"],
  sentence: " The provider became slow. ",
  path: ["payment>provider"],
  scope: " Everybody who pays. ",
  statusUpdate: "",
  misfit: "",
};

const context: SubmissionContext = {
  components: ["payment"],
  faultClasses: ["dependency/slow"],
  changes: ["deploy-1"],
  exhibits: ["e1"],
  historyFromUs: 100,
  nowUs: 1_000,
  parseTime: (text) => (/^\d+$/.test(text) ? Number(text) : undefined),
};

describe("a submission", () => {
  test("is read from a whole draft", () => {
    expect(readSubmission(draft, context)).toEqual({
      ok: true,
      submission: {
        component: "payment",
        faultClass: "dependency/slow",
        trigger: undefined,
        onsetUs: 500,
        confidence: 0.8,
        exhibits: ["e1"],
        sentence: "The provider became slow.",
        path: [{ from: "payment", to: "provider" }],
        scope: "Everybody who pays.",
      },
    });
  });

  test("an older draft without a path is read, and its path is empty", () => {
    const { path: _path, scope: _scope, ...older } = draft;
    expect(readStoredDraft(JSON.stringify(older))).toMatchObject({ path: [], scope: "", component: "payment" });
  });

  test("calls are drawn and wiped out, and those that go on from what is drawn are offered first", () => {
    const drawn = togglePathEdge(draft, "order>payment");
    expect(drawn.path).toEqual(["payment>provider", "order>payment"]);
    expect(togglePathEdge(drawn, "payment>provider").path).toEqual(["order>payment"]);
    const edges = [
      { from: "web", to: "order" },
      { from: "cart", to: "store" },
      { from: "order", to: "payment" },
    ];
    expect(offeredEdges(edges, ["order>payment"], "")).toEqual({ near: ["web>order"], far: ["cart>store"] });
    expect(offeredEdges(edges, [], "store").near).toEqual(["cart>store"]);
  });

  test("names every field that is missing at once", () => {
    const empty = newDraft({ exhibits: [], hypotheses: [] });
    const answer = readSubmission(empty, context);
    expect(answer.ok ? [] : Object.keys(answer.errors)).toEqual([
      "component",
      "faultClass",
      "trigger",
      "onset",
      "sentence",
    ]);
  });

  test.each([
    ["99", "That is before the history begins."],
    ["1001", "That is later than now."],
    ["soon", "Not a time: try 14:02, 14:02:30 or now-20m."],
  ])("onset %s: %s", (onset, message) => {
    const answer = readSubmission({ ...draft, onset }, context);
    expect(answer.ok ? undefined : answer.errors.onset).toBe(message);
  });

  test("starts from the most believed hypothesis that is not ruled out", () => {
    const base = { faultClass: "a/b", note: "" };
    const hypotheses = [
      { ...base, id: "1", component: "cart", confidence: 0.9, state: "ruled-out" as const },
      { ...base, id: "2", component: "order", confidence: 0.6, state: "open" as const },
    ];
    expect(newDraft({ exhibits: [], hypotheses })).toMatchObject({ component: "order", confidencePercent: 60 });
  });

  test("takes six exhibits and no seventh", () => {
    const full = ["1", "2", "3", "4", "5", "6"].reduce(toggleExhibit, { ...draft, exhibits: [] });
    expect(toggleExhibit(full, "7")).toBe(full);
    expect(toggleExhibit(full, "3").exhibits).toEqual(["1", "2", "4", "5", "6"]);
  });

  test("survives being stored, and nonsense does not", () => {
    expect(readStoredDraft(JSON.stringify(draft))).toEqual(draft);
    expect(readStoredDraft("{")).toBeUndefined();
    expect(readStoredDraft('{"component":1}')).toBeUndefined();
  });

  test("is kept by run until it is dropped", () => {
    const texts = new Map<string, string>();
    const storage = {
      getItem: (key: string) => texts.get(key) ?? null,
      setItem: (key: string, text: string) => void texts.set(key, text),
      removeItem: (key: string) => void texts.delete(key),
    };
    saveDraft(storage, "run-1", draft);
    expect(loadDraft(storage, "run-1")).toEqual(draft);
    expect(loadDraft(storage, "run-2")).toBeUndefined();
    dropDraft(storage, "run-1");
    expect(loadDraft(storage, "run-1")).toBeUndefined();
  });

  test("pays for stated confidence by a proper rule", () => {
    expect(forecastPoints(0).right).toBeCloseTo(0);
    expect(forecastPoints(0).wrong).toBeCloseTo(0);
    expect(forecastPoints(1)).toEqual({ right: 10, wrong: -10 });
    // Stating what one believes pays most on average: for a belief of 0.7 nothing beats 0.7.
    const expected = (stated: number): number =>
      0.7 * forecastPoints(stated).right + 0.3 * forecastPoints(stated).wrong;
    expect(expected(0.7)).toBeGreaterThan(Math.max(expected(0.6), expected(0.8)));
  });
});

describe("the onset's time line", () => {
  const window = { fromUs: 0, toUs: 3_600_000_000 };

  test("gives whole seconds within the window", () => {
    expect(instantAt(window, 0.5)).toBe(1_800_000_000);
    expect(instantAt(window, 0.50001)).toBe(1_800_000_000);
    expect(instantAt(window, -1)).toBe(0);
    expect(fractionOf(window, 900_000_000)).toBe(0.25);
  });

  test("ticks stand at round times", () => {
    expect(axisTicks(window, 6)).toEqual([0, 1, 2, 3, 4, 5, 6].map((tenth) => tenth * 600_000_000));
    expect(axisTicks({ fromUs: 5, toUs: 5 }, 6)).toEqual([]);
  });

  test("keys move the flag and stop at the ends", () => {
    expect(movedByKey(window, 60_000_000, "ArrowLeft", false)).toBe(50_000_000);
    expect(movedByKey(window, 60_000_000, "ArrowRight", true)).toBe(120_000_000);
    expect(movedByKey(window, 60_000_000, "PageDown", false)).toBe(0);
    expect(movedByKey(window, 0, "End", false)).toBe(window.toUs);
    expect(movedByKey(window, 0, "x", false)).toBeUndefined();
  });

  test("marks that would touch go to another row", () => {
    const marks = [100, 110, 300, 305].map((atUs) => ({ atUs }));
    const rows = placeMarks({ fromUs: 0, toUs: 1_000 }, marks, 0.05).map(({ mark, row }) => [mark.atUs, row]);
    expect(rows).toEqual([
      [100, 0],
      [110, 1],
      [300, 0],
      [305, 1],
    ]);
  });
});

test("the taxonomy is found by words in any field, by family", () => {
  const classes = [
    { id: "dependency/slow", family: "dependency", title: "Slow dependency", description: "Answers late." },
    { id: "dependency/errors", family: "dependency", title: "Failing dependency", description: "Answers with errors." },
    { id: "database/n-plus-one", family: "database", title: "N+1 queries", description: "One query per item, slow." },
  ];
  expect(searchTaxonomy(classes, "").map(({ family }) => family)).toEqual(["dependency", "database"]);
  const slow = searchTaxonomy(classes, "SLOW answers");
  expect(slow.flatMap((family) => family.classes.map(({ id }) => id))).toEqual(["dependency/slow"]);
});
