/** A query for lines made ready for the log store, whose searches remember what they have found. */
import type { LineQuery, LineView } from "../../telemetry/log-reader.js";
import type { Labels } from "../../telemetry/metric-reader.js";
import { LineState } from "./line-state.js";
import { parseLogql } from "./parse.js";
import { compileStages } from "./pipeline.js";

/** What is wrong with a query, for the one who wrote it. */
export class BadLineQuery extends Error {
  override readonly name = "BadLineQuery";
}

/** Throws BadLineQuery for a text that is no query for lines. */
export function compileLineQuery(text: string): LineQuery {
  const parsed = parseLogql(text);
  if (!parsed.ok) throw new BadLineQuery(parsed.error.sentence);
  if (parsed.value.kind !== "log") throw new BadLineQuery("The query gives numbers over time and no lines.");
  const { matchers, stages } = parsed.value;
  const { tests, process } = compileStages(stages);
  const line = new LineState();
  const enter = (view: LineView, stream: Labels): LineState => {
    line.enter(view, stream);
    return line;
  };
  return {
    matchers,
    tests,
    hasStages: stages.some(({ kind }) => kind !== "line-filter"),
    passes: (view, stream) => process(enter(view, stream)),
    outcome: (view, stream) => {
      const state = enter(view, stream);
      process(state);
      return { text: state.line, labels: state.kinds().parsed };
    },
  };
}
