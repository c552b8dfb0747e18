/** What the answer is chosen from, and what of it may be answered. Pure. */
import type { Catalogue } from "../../../server/wire/actions.js";
import type { FaultClass } from "../../../server/wire/scenario.js";
import type { AlertsAnswer, ChangeRecord, ImpactAnswer } from "../../../server/wire/telemetry.js";
import type { RunSnapshot } from "../../../server/wire/run.js";
import { parseTimeExpression } from "../../state/time-range.js";
import type { OnsetMark } from "./onset-picker.js";
import type { SubmissionContext } from "./submission-draft.js";

export interface Choices {
  readonly components: Catalogue["components"];
  readonly taxonomy: readonly FaultClass[];
  readonly changes: readonly ChangeRecord[];
  readonly alerts: AlertsAnswer;
  readonly impact: ImpactAnswer;
}

/** What an answer is checked against. */
export function submissionContext(
  choices: Choices,
  { notebook, historyFromUs }: Pick<RunSnapshot, "notebook" | "historyFromUs">,
  nowUs: number,
): SubmissionContext {
  return {
    components: choices.components.map(({ id }) => id),
    faultClasses: choices.taxonomy.map(({ id }) => id),
    changes: choices.changes.map(({ id }) => id),
    exhibits: notebook.exhibits.map(({ id }) => id),
    historyFromUs,
    nowUs,
    parseTime: (text) => parseTimeExpression(text, nowUs),
  };
}

/** Changes, and the moments in which alerts began to fire. */
export function onsetMarks({ changes, alerts }: Pick<Choices, "changes" | "alerts">): readonly OnsetMark[] {
  const fired = alerts.rules.flatMap(({ name, history }) =>
    history
      .filter(({ state: to }) => to === "firing")
      .map(({ atUs }) => ({ atUs, kind: "alert" as const, title: `${name} starts firing` })),
  );
  const made = changes.map(({ atUs, title, target }) => ({
    atUs,
    kind: "change" as const,
    title: `${target}: ${title}`,
  }));
  return [...made, ...fired];
}
