/**
 * From the events of a run to its state. Pure: the same events give the same record, in a running server, after a
 * restart and in a replay. The clock is part of it: every event says at which simulated and which wall instant it
 * happened; between two events a running clock goes on at its speed.
 */
import { assert } from "../base/assert.js";
import type {
  ClockSpeed,
  Exhibit,
  LoggedAction,
  Notebook,
  Page,
  RunEvent,
  RunEventBody,
  RunSnapshot,
  RunState,
  Submission,
  ViewReference,
} from "../wire/run.js";
import { nextRunState } from "./run-machine.js";

/** What is fixed when a run is created. Copied from the scenario, so that the log can be read when its file is gone. */
export interface RunHeader {
  readonly id: string;
  readonly scenarioId: string;
  readonly scenarioTitle: string;
  readonly scenarioDigest: string;
  readonly seed: string;
  readonly startsAtUs: number;
  readonly historyFromUs: number;
  readonly recentFromUs: number;
  readonly endsAtUs: number;
  readonly createdAtMs: number;
}

/** The clock as the last event left it. */
interface ClockMark {
  readonly atUs: number;
  readonly wallMs: number;
  readonly running: boolean;
  readonly speed: ClockSpeed;
}

export interface RunRecord {
  readonly header: RunHeader;
  /** Of the last event; 0 before the first. */
  readonly sequence: number;
  readonly state: RunState;
  readonly clock: ClockMark;
  readonly notebook: Notebook;
  readonly actions: readonly LoggedAction[];
  readonly acknowledgedAlerts: readonly string[];
  readonly submission: Submission | undefined;
  readonly score: number | undefined;
  readonly lastLook: { readonly reference: ViewReference; readonly atUs: number } | undefined;
}

/** What a snapshot shows beside the fold: things that only a living world knows. */
interface LiveView {
  readonly nowUs: number;
  readonly running: boolean;
  readonly historyProgress: number;
  readonly page: Page | undefined;
}

/** The record of a run without events. */
export function emptyRecord(header: RunHeader): RunRecord {
  return {
    header,
    sequence: 0,
    state: "briefing",
    clock: { atUs: header.startsAtUs, wallMs: header.createdAtMs, running: false, speed: 1 },
    notebook: { exhibits: [], hypotheses: [] },
    actions: [],
    acknowledgedAlerts: [],
    submission: undefined,
    score: undefined,
    lastLook: undefined,
  };
}

/** The record after `events`, which ascend by sequence from 1. Throws AssertionFailure on a log that can not be. */
export function foldRun(header: RunHeader, events: readonly RunEvent[]): RunRecord {
  return events.reduce(foldEvent, emptyRecord(header));
}

/** The record after one more event. Throws AssertionFailure when it does not follow on `record`. */
export function foldEvent(record: RunRecord, event: RunEvent): RunRecord {
  const { body } = event;
  const place = `event ${String(event.sequence)} (${body.kind}) of run ${record.header.id}`;
  assert(event.sequence === record.sequence + 1, `${place} follows on event ${String(record.sequence)}`);
  assert(event.atUs >= record.clock.atUs, `${place} is at ${String(event.atUs)}, before ${String(record.clock.atUs)}`);
  const state = nextRunState(record.state, body.kind);
  assert(state !== undefined, `${place} stands in state ${record.state}`);
  const speed = body.kind === "speed-set" ? body.speed : record.clock.speed;
  const clock = { atUs: event.atUs, wallMs: event.wallMs, running: state === "investigating", speed };
  return { ...record, sequence: event.sequence, state, clock, ...foldBody(record, body, event) };
}

type Folded = Partial<
  Pick<RunRecord, "notebook" | "actions" | "acknowledgedAlerts" | "submission" | "score" | "lastLook">
>;
type Folds = {
  readonly [Kind in RunEventBody["kind"]]: (
    record: RunRecord,
    body: Extract<RunEventBody, { kind: Kind }>,
    event: RunEvent,
  ) => Folded;
};

const nothing = (): Folded => ({});

const folds: Folds = {
  created: nothing,
  started: nothing,
  paused: nothing,
  resumed: nothing,
  "speed-set": nothing,
  "clock-marked": nothing,
  abandoned: nothing,
  looked: (_record, { reference }, { atUs }) => ({ lastLook: { reference, atUs } }),
  pinned: ({ notebook }, { exhibit }) =>
    withExhibits(notebook, [...notebook.exhibits.filter(({ id }) => id !== exhibit.id), exhibit]),
  annotated: ({ notebook }, { exhibit, note }) =>
    withExhibits(
      notebook,
      notebook.exhibits.map((one) => (one.id === exhibit ? { ...one, note } : one)),
    ),
  unpinned: ({ notebook }, { exhibit }) =>
    withExhibits(
      notebook,
      notebook.exhibits.filter(({ id }) => id !== exhibit),
    ),
  "hypothesis-put": ({ notebook }, { hypothesis }) => {
    const { hypotheses } = notebook;
    const known = hypotheses.some(({ id }) => id === hypothesis.id);
    const put = known
      ? hypotheses.map((one) => (one.id === hypothesis.id ? hypothesis : one))
      : [...hypotheses, hypothesis];
    return { notebook: { ...notebook, hypotheses: put } };
  },
  "hypothesis-removed": ({ notebook }, { hypothesis }) => ({
    notebook: { ...notebook, hypotheses: notebook.hypotheses.filter(({ id }) => id !== hypothesis) },
  }),
  acknowledged: ({ acknowledgedAlerts }, { alert }) => ({
    acknowledgedAlerts: acknowledgedAlerts.includes(alert) ? acknowledgedAlerts : [...acknowledgedAlerts, alert],
  }),
  acted: ({ actions }, { actionId, action, plan, completesAtUs, undoes }, { atUs }) => ({
    actions: [
      ...actions.map((one) => (one.id === undoes ? { ...one, undoneBy: actionId } : one)),
      { id: actionId, action, plan, atUs, completesAtUs },
    ],
  }),
  submitted: (_record, { submission }) => ({ submission }),
  debriefed: (_record, { score }) => ({ score }),
};

function foldBody(record: RunRecord, body: RunEventBody, event: RunEvent): Folded {
  const fold = folds[body.kind] as (record: RunRecord, body: RunEventBody, event: RunEvent) => Folded;
  return fold(record, body, event);
}

const withExhibits = (notebook: Notebook, exhibits: readonly Exhibit[]): Folded => ({
  notebook: { ...notebook, exhibits },
});

/** The record as a client gets it. Field by field: what is not named here does not leave the server. */
export function toSnapshot(record: RunRecord, live: LiveView): RunSnapshot {
  const { header, score } = record;
  return {
    run: {
      id: header.id,
      scenarioId: header.scenarioId,
      scenarioTitle: header.scenarioTitle,
      state: record.state,
      createdAtMs: header.createdAtMs,
      ...(score === undefined ? {} : { score }),
    },
    sequence: record.sequence,
    clock: { atUs: live.nowUs, running: live.running, speed: record.clock.speed, endsAtUs: header.endsAtUs },
    startsAtUs: header.startsAtUs,
    seed: header.seed,
    historyFromUs: header.historyFromUs,
    historyProgress: live.historyProgress,
    recentFromUs: header.recentFromUs,
    page: live.page,
    notebook: record.notebook,
    actions: record.actions,
    acknowledgedAlerts: record.acknowledgedAlerts,
    submission: record.submission,
  };
}
