/** What the notebook gives out as a table: each exhibit with what it was judged to say for each hypothesis. Pure. */
import type { Notebook } from "../../../server/wire/run.js";
import type { CurlRequest, ExportTable } from "../../state/export-text.js";
import { isoOf } from "../logs/logs-query.js";
import { judgementOf } from "./judgements.js";
import { contentSummary, sortHypotheses } from "./notebook-model.js";

export function exhibitsTable({ exhibits, hypotheses }: Notebook): ExportTable {
  const sorted = sortHypotheses(hypotheses);
  return {
    columns: [
      ...["exhibit", "view", "pinned", "note", "what"],
      ...sorted.map(({ component, faultClass }) => [component, faultClass].join(": ")),
    ],
    rows: exhibits.map((exhibit) => [
      exhibit.title,
      exhibit.reference.view,
      isoOf(exhibit.pinnedAtUs),
      exhibit.note,
      contentSummary(exhibit.frozen),
      ...sorted.map((hypothesis) => judgementOf(hypothesis, exhibit.id)),
    ]),
  };
}

/** The run with its notebook, as the page reads it. */
export const NOTEBOOK_REQUESTS: readonly CurlRequest[] = [{ own: "" }];
