/** The snapshot of a run as a fold of its events: the same events that the server folds, so both agree. Pure. */
import { assertNever } from "../../server/base/assert.js";
import type {
  LoggedAction,
  Notebook,
  RunClock,
  RunEvent,
  RunEventBody,
  RunSnapshot,
  RunState,
} from "../../server/wire/run.js";

/** The snapshot after `event`. An event that the snapshot has already seen changes nothing. */
export function foldEvent(snapshot: RunSnapshot, event: RunEvent): RunSnapshot {
  if (event.sequence <= snapshot.sequence) return snapshot;
  const folded = foldBody(snapshot, event, event.body);
  return { ...folded, sequence: event.sequence };
}

function foldBody(snapshot: RunSnapshot, event: RunEvent, body: RunEventBody): RunSnapshot {
  switch (body.kind) {
    case "created":
    case "looked":
      return snapshot;
    case "started":
    case "resumed":
      return withState(withClock(snapshot, { atUs: event.atUs, running: true }), "investigating");
    case "paused":
      return withState(withClock(snapshot, { atUs: event.atUs, running: false }), "paused");
    case "speed-set":
      return withClock(snapshot, { atUs: event.atUs, speed: body.speed });
    case "clock-marked":
      return withClock(snapshot, { atUs: event.atUs });
    case "pinned":
    case "annotated":
    case "unpinned":
    case "hypothesis-put":
    case "hypothesis-removed":
      return { ...snapshot, notebook: foldNotebook(snapshot.notebook, body) };
    case "acknowledged":
      return { ...snapshot, acknowledgedAlerts: withValue(snapshot.acknowledgedAlerts, body.alert) };
    case "acted":
      return { ...snapshot, actions: foldActions(snapshot.actions, event, body) };
    case "submitted":
      return withState(
        withClock({ ...snapshot, submission: body.submission }, { atUs: event.atUs, running: false }),
        "submitted",
      );
    case "debriefed":
      return withState({ ...snapshot, run: { ...snapshot.run, score: body.score } }, "debriefed");
    case "abandoned":
      return withState(withClock(snapshot, { atUs: event.atUs, running: false }), "abandoned");
    default:
      return assertNever(body);
  }
}

type NotebookBody = Extract<
  RunEventBody,
  { readonly kind: "pinned" | "annotated" | "unpinned" | "hypothesis-put" | "hypothesis-removed" }
>;

function foldNotebook(notebook: Notebook, body: NotebookBody): Notebook {
  const { exhibits, hypotheses } = notebook;
  switch (body.kind) {
    case "pinned":
      return { hypotheses, exhibits: putById(exhibits, body.exhibit) };
    case "annotated":
      return {
        hypotheses,
        exhibits: exhibits.map((exhibit) => (exhibit.id === body.exhibit ? { ...exhibit, note: body.note } : exhibit)),
      };
    case "unpinned":
      return { hypotheses, exhibits: exhibits.filter(({ id }) => id !== body.exhibit) };
    case "hypothesis-put":
      return { exhibits, hypotheses: putById(hypotheses, body.hypothesis) };
    case "hypothesis-removed":
      return { exhibits, hypotheses: hypotheses.filter(({ id }) => id !== body.hypothesis) };
    default:
      return assertNever(body);
  }
}

function foldActions(
  actions: readonly LoggedAction[],
  event: RunEvent,
  body: Extract<RunEventBody, { readonly kind: "acted" }>,
): readonly LoggedAction[] {
  const { actionId, action, plan, completesAtUs, undoes } = body;
  const marked = actions.map((earlier) => (earlier.id === undoes ? { ...earlier, undoneBy: actionId } : earlier));
  return [...marked, { id: actionId, action, plan, atUs: event.atUs, completesAtUs }];
}

function putById<Item extends { readonly id: string }>(items: readonly Item[], item: Item): readonly Item[] {
  const known = items.some(({ id }) => id === item.id);
  return known ? items.map((other) => (other.id === item.id ? item : other)) : [...items, item];
}

const withValue = (values: readonly string[], value: string): readonly string[] =>
  values.includes(value) ? values : [...values, value];

const withClock = (snapshot: RunSnapshot, change: Partial<RunClock>): RunSnapshot => ({
  ...snapshot,
  clock: { ...snapshot.clock, ...change },
});

const withState = (snapshot: RunSnapshot, state: RunState): RunSnapshot => ({
  ...snapshot,
  run: { ...snapshot.run, state },
});
