import { expect, test } from "vitest";
import {
  isUndecisive,
  judge,
  judgementOf,
  leastContradicted,
  verdictOf,
} from "../../../client/panels/notebook/judgements.js";
import { notebookMarkdown } from "../../../client/panels/notebook/notebook-model.js";
import type { Exhibit, Hypothesis } from "../../../server/wire/run.js";

const hypothesis = (id: string, judgements: Readonly<Record<string, number>> = {}): Hypothesis => ({
  id,
  component: id,
  faultClass: "code/n-plus-one",
  confidence: 0.5,
  state: "open",
  note: "",
  judgements,
});
const exhibit = (id: string): Exhibit =>
  ({
    id,
    title: id,
    note: "",
    reference: { view: "logs", search: "", window: { fromUs: 0, toUs: 1 } },
  }) as unknown as Exhibit;
const EXHIBITS = [exhibit("e1"), exhibit("e2")];

test("a judgement is kept by exhibit, and nothing is kept of what says nothing", () => {
  const judged = judge(hypothesis("a"), "e1", -2);
  expect([judgementOf(judged, "e1"), judgementOf(judged, "e2")]).toEqual([-2, 0]);
  expect(judge(judged, "e1", 0).judgements).toEqual({});
  expect(judgementOf(hypothesis("a", { e1: 7 }), "e1")).toBe(0);
});

test("the one stands that least speaks against, not the one with the most friends", () => {
  const loud = hypothesis("loud", { e1: 2, e2: -1 });
  const quiet = hypothesis("quiet", { e1: 1 });
  expect(verdictOf(loud, EXHIBITS)).toEqual({ against: -1, inFavour: 2 });
  expect(leastContradicted([loud, quiet, hypothesis("never judged")], EXHIBITS)).toEqual(["quiet"]);
});

test("an exhibit that says the same of all decides nothing", () => {
  const pair = [hypothesis("a", { e1: 1, e2: 1 }), hypothesis("b", { e1: 1 })];
  expect([isUndecisive("e1", pair), isUndecisive("e2", pair)]).toEqual([true, false]);
});

test("the notebook's Markdown has the matrix where something was judged", () => {
  const notebook = (judgements: Readonly<Record<string, number>>): string =>
    notebookMarkdown(
      { exhibits: EXHIBITS, hypotheses: [hypothesis("cart", judgements)] },
      { title: "t", taxonomy: [], clock: String },
    );
  expect(notebook({})).not.toContain("## Judgement");
  expect(notebook({ e2: -2 })).toContain("| e2 | −2 |");
});
