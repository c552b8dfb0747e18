/**
 * What each command leads to: one event for the log, or nothing, or a refusal. Read-only until the event is durable;
 * what has to happen to the world because of it happens after that, so that a refused command changed nothing.
 */
import { LimitError } from "../base/limit-error.js";
import type { Action } from "../wire/actions.js";
import type { Command, RunEventBody } from "../wire/run.js";
import type { AsyncWorldQueries } from "../world/handle.js";
import { ACTIONS_PER_RUN_MAX, EXHIBITS_PER_RUN_MAX, HYPOTHESES_PER_RUN_MAX, SAME_LOOK_US } from "./limits.js";
import { Refusal } from "./refusal.js";
import type { RunRecord } from "./run-fold.js";

/** What a command may look at. */
export interface CommandContext {
  readonly record: RunRecord;
  readonly nowUs: number;
  /** Sequence that the event will have. */
  readonly sequence: number;
  /** Ids of the classes that an answer can name. */
  readonly faultClasses: ReadonlySet<string>;
  ask<Value>(question: (queries: AsyncWorldQueries) => Promise<Value>): Promise<Value>;
  /** Moves the world, and with it `nowUs` of the event, to the next alert or change. */
  goToNextEvent(): Promise<void>;
}

/** Undefined: nothing to write. */
type Outcome = RunEventBody | undefined;
type Handlers = {
  readonly [Kind in Command["kind"]]: (
    command: Extract<Command, { kind: Kind }>,
    context: CommandContext,
  ) => Outcome | Promise<Outcome>;
};

/** The event that `command` leads to. Throws Refusal, LimitError or ActionRefused when it can not be done. */
export function decideCommand(command: Command, context: CommandContext): Outcome | Promise<Outcome> {
  const handler = handlers[command.kind] as (command: Command, context: CommandContext) => Outcome | Promise<Outcome>;
  return handler(command, context);
}

const handlers: Handlers = {
  start: () => ({ kind: "started" }),
  pause: () => ({ kind: "paused" }),
  resume: () => ({ kind: "resumed" }),
  abandon: () => ({ kind: "abandoned", reason: "learner" }),
  "set-speed": ({ speed }, { record }) => (record.clock.speed === speed ? undefined : { kind: "speed-set", speed }),
  "next-event": async (_command, context) => {
    await context.goToNextEvent();
    return { kind: "clock-marked", reason: "next-event" };
  },
  look: ({ reference }, { record, nowUs }) => {
    const last = record.lastLook;
    const same =
      last !== undefined &&
      nowUs - last.atUs < SAME_LOOK_US &&
      JSON.stringify(last.reference) === JSON.stringify(reference);
    return same ? undefined : { kind: "looked", reference };
  },
  pin: ({ exhibit }, { record, nowUs }) => {
    const others = record.notebook.exhibits.filter(({ id }) => id !== exhibit.id);
    if (others.length >= EXHIBITS_PER_RUN_MAX) throw full("exhibits", EXHIBITS_PER_RUN_MAX);
    // The server's clock says when it was pinned, whatever the browser believes.
    return { kind: "pinned", exhibit: { ...exhibit, pinnedAtUs: nowUs } };
  },
  annotate: ({ exhibit, note }, { record }) => {
    needExhibit(record, exhibit);
    return { kind: "annotated", exhibit, note };
  },
  unpin: ({ exhibit }, { record }) => {
    needExhibit(record, exhibit);
    return { kind: "unpinned", exhibit };
  },
  "put-hypothesis": ({ hypothesis }, { record }) => {
    const others = record.notebook.hypotheses.filter(({ id }) => id !== hypothesis.id);
    if (others.length >= HYPOTHESES_PER_RUN_MAX) throw full("hypotheses", HYPOTHESES_PER_RUN_MAX);
    return { kind: "hypothesis-put", hypothesis };
  },
  "remove-hypothesis": ({ hypothesis }, { record }) => {
    const known = record.notebook.hypotheses.some(({ id }) => id === hypothesis);
    if (!known)
      throw new Refusal("not-found", "There is no such hypothesis in the notebook.", "Choose one that is listed.");
    return { kind: "hypothesis-removed", hypothesis };
  },
  acknowledge: ({ alert }, { record }) =>
    record.acknowledgedAlerts.includes(alert) ? undefined : { kind: "acknowledged", alert },
  act: ({ action }, context) => decideAction(action, context),
  undo: ({ action }, context) => {
    const taken = context.record.actions.find(({ id }) => id === action);
    if (taken === undefined)
      throw new Refusal("not-found", "There is no such action in this run.", "Choose one that is listed.");
    if (taken.undoneBy !== undefined)
      throw new Refusal("conflict", "This action has been undone already.", "Nothing needs to be done.");
    if (taken.plan.undo === undefined)
      throw new Refusal("conflict", "This action can not be undone.", "Take another action that counters it.");
    return decideAction(taken.plan.undo, context, action);
  },
  submit: async ({ submission }, context) => {
    await checkSubmission(submission, context);
    return { kind: "submitted", submission };
  },
};

const full = (limit: string, allowed: number): LimitError =>
  new LimitError(`${limit} of a run`, allowed, undefined, "Remove some that are no longer needed.");

function needExhibit(record: RunRecord, exhibit: string): void {
  const known = record.notebook.exhibits.some(({ id }) => id === exhibit);
  if (!known) throw new Refusal("not-found", "There is no such exhibit in the notebook.", "Choose one that is pinned.");
}

async function decideAction(action: Action, context: CommandContext, undoes?: string): Promise<Outcome> {
  if (context.record.actions.length >= ACTIONS_PER_RUN_MAX) {
    throw new LimitError("actions of a run", ACTIONS_PER_RUN_MAX, undefined, "Submit a diagnosis, or start a new run.");
  }
  const plan = await context.ask((queries) => queries.plan(action));
  const completesAtUs = context.nowUs + plan.durationUs;
  const actionId = `action-${String(context.sequence)}`;
  return { kind: "acted", actionId, action, plan, completesAtUs, ...(undoes === undefined ? {} : { undoes }) };
}

type SubmittedAnswer = Extract<Command, { kind: "submit" }>["submission"];

/** An answer that names something which does not exist would be graded as wrong; it is refused instead. */
async function checkSubmission(submission: SubmittedAnswer, context: CommandContext): Promise<void> {
  const { record, nowUs, faultClasses } = context;
  const [catalogue, changes] = await context.ask(async (queries) =>
    Promise.all([queries.catalogue(), queries.changes()]),
  );
  const pinned = new Set(record.notebook.exhibits.map(({ id }) => id));
  const checks: readonly { readonly wrong: boolean; readonly message: string }[] = [
    {
      wrong: !catalogue.components.some(({ id }) => id === submission.component),
      message: "The component is not part of this system.",
    },
    { wrong: !faultClasses.has(submission.faultClass), message: "The fault class is not in the taxonomy." },
    {
      wrong: submission.trigger !== undefined && !changes.some(({ id }) => id === submission.trigger),
      message: "The trigger is not a change of this run.",
    },
    {
      wrong: submission.onsetUs < record.header.historyFromUs || submission.onsetUs > nowUs,
      message: "The onset lies outside the time between the start of the history and now.",
    },
    { wrong: submission.exhibits.some((id) => !pinned.has(id)), message: "An exhibit is not in the notebook." },
    { wrong: new Set(submission.exhibits).size !== submission.exhibits.length, message: "An exhibit is named twice." },
  ];
  const wrong = checks.filter((check) => check.wrong).map(({ message }) => message);
  if (wrong.length > 0) throw new Refusal("bad-request", wrong.join(" "), "Choose from what the form offers.");
}
