/** What happened and what was looked at, on one line of simulated time: the run's log beside the world's own events. */
import { faultClass } from "../faults/taxonomy.js";
import type { RunEvent, RunEventBody } from "../wire/run.js";
import type { TimelineEntry, TruthCause } from "../wire/debrief.js";
import type { AlertRule, ChangeRecord } from "../wire/telemetry.js";
import { LEARNER } from "../world/change-list.js";

export interface TimelineInput {
  readonly causes: readonly TruthCause[];
  readonly changes: readonly ChangeRecord[];
  readonly alerts: readonly AlertRule[];
  readonly events: readonly RunEvent[];
}

/** Ascending by time; entries of one instant in the order cause, change, alert, learner. */
export function buildTimeline(input: TimelineInput): readonly TimelineEntry[] {
  const entries: TimelineEntry[] = [
    ...input.causes.map((cause): TimelineEntry => ({
      atUs: cause.onsetUs,
      kind: "fault",
      title: `${classTitle(cause.faultClass)} at ${cause.component}`,
      detail: cause.description,
    })),
    ...input.changes.filter(isByOthers).map((change): TimelineEntry => ({
      atUs: change.atUs,
      kind: "change",
      title: change.title,
      detail: `${change.kind} of ${change.target} by ${change.author}`,
    })),
    ...input.alerts.flatMap((rule) =>
      tellingSteps(rule).map((step): TimelineEntry => ({
        atUs: step.atUs,
        kind: "alert",
        title: `${rule.name} ${step.state}`,
        detail: rule.expr,
      })),
    ),
    ...input.events.flatMap((event) => entryOfEvent(event)),
  ];
  return entries.sort((a, b) => a.atUs - b.atUs);
}

/** What the learner did is there as an action already. */
function isByOthers(change: ChangeRecord): boolean {
  return change.author !== LEARNER;
}

/** Without the times at which a rule was pending and went quiet again: nobody was told. */
function tellingSteps({ history }: AlertRule): AlertRule["history"] {
  return history.filter((step, index) => {
    if (step.state === "pending") return history.at(index + 1)?.state !== "inactive";
    return step.state === "firing" || history.at(index - 1)?.state === "firing";
  });
}

/** As the learner chose it from the list; the id where the list has none of it. */
const classTitle = (id: string): string => faultClass(id)?.title ?? id;

type EntryBody = Omit<TimelineEntry, "atUs">;

/** What each kind of event says on the timeline; kinds that are not here (clock, notes) are left out. */
const ENTRY_OF: {
  readonly [Kind in RunEventBody["kind"]]?: (body: Extract<RunEventBody, { kind: Kind }>) => EntryBody;
} = {
  looked: (body) => ({ kind: "look", title: body.reference.view, reference: body.reference }),
  pinned: (body) => ({ kind: "pin", title: body.exhibit.title, reference: body.exhibit.reference }),
  "hypothesis-put": ({ hypothesis }) => ({
    kind: "hypothesis",
    title: `${classTitle(hypothesis.faultClass)} at ${hypothesis.component}`,
    detail: `${hypothesis.state.replace("-", " ")}, ${String(Math.round(hypothesis.confidence * 100))} % sure`,
  }),
  acted: (body) => ({
    kind: "action",
    title: body.plan.summary,
    ...(body.undoes === undefined ? {} : { detail: "takes an earlier action back" }),
  }),
  submitted: ({ submission }) => ({
    kind: "submission",
    title: `${classTitle(submission.faultClass)} at ${submission.component}`,
    detail: submission.sentence,
  }),
};

function entryOfEvent(event: RunEvent): readonly TimelineEntry[] {
  const describe = ENTRY_OF[event.body.kind] as ((body: RunEventBody) => EntryBody) | undefined;
  return describe === undefined ? [] : [{ atUs: event.atUs, ...describe(event.body) }];
}
