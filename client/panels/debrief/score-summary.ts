/** The score in the shapes that the debrief draws: bars that also go below zero, and verdicts on the single answers. */
import type { Debrief, ScoreDimension, TroubleEdge, TruthCause } from "../../../server/wire/debrief.js";

export interface ScoreBar {
  /** Share of the width at which the bar begins and how wide it is, 0 to 1. */
  readonly start: number;
  readonly width: number;
  /** Where zero lies. */
  readonly zero: number;
}

/** The forecast can lose as much as it can win; the others start from zero. */
export function scoreBar(points: number, pointsMax: number, pointsMin = 0): ScoreBar {
  const span = pointsMax - pointsMin;
  if (span <= 0) return { start: 0, width: 0, zero: 0 };
  const place = (value: number): number => Math.min(1, Math.max(0, (value - pointsMin) / span));
  const zero = place(0);
  const end = place(points);
  return { start: Math.min(zero, end), width: Math.abs(end - zero), zero };
}

/** Least points of a dimension. */
export function pointsMin(dimension: Pick<ScoreDimension, "id" | "pointsMax">): number {
  return dimension.id === "forecast" ? -dimension.pointsMax : 0;
}

export interface Verdict {
  readonly question: string;
  readonly answered: string;
  readonly truth: string;
  /** Undefined where only people can tell. */
  readonly agrees: boolean | undefined;
  /** By how much it is off, where that can be said. */
  readonly note?: string;
}

/** How texts of ids and instants are written. */
export interface VerdictWords {
  readonly component: (id: string) => string;
  readonly faultClass: (id: string) => string;
  readonly change: (id: string) => string;
  readonly clock: (us: number) => string;
  readonly duration: (us: number) => string;
  readonly share: (ratio: number) => string;
}

const ONSET_TOLERANCE_US = 60_000_000;

/** Answer beside truth, by question; with several causes the one that the answer is nearest to. */
export function verdicts(
  debrief: Pick<Debrief, "submission" | "causes" | "trouble">,
  words: VerdictWords,
): readonly Verdict[] {
  const { submission } = debrief;
  const cause = nearestCause(debrief);
  if (cause === undefined) return [];
  const trigger = (id: string | undefined): string => (id === undefined ? "None" : words.change(id));
  return [
    {
      question: "Component",
      answered: words.component(submission.component),
      truth: words.component(cause.component),
      agrees: submission.component === cause.component,
    },
    {
      question: "Fault class",
      answered: words.faultClass(submission.faultClass),
      truth: words.faultClass(cause.faultClass),
      agrees: submission.faultClass === cause.faultClass,
    },
    {
      question: "Trigger",
      answered: trigger(submission.trigger),
      truth: trigger(cause.trigger),
      agrees: submission.trigger === cause.trigger,
    },
    {
      question: "Onset",
      answered: words.clock(submission.onsetUs),
      truth: words.clock(cause.onsetUs),
      agrees: Math.abs(submission.onsetUs - cause.onsetUs) <= ONSET_TOLERANCE_US,
      note: onsetNote(submission.onsetUs - cause.onsetUs, words),
    },
    scopeVerdict(debrief, words),
    confidenceVerdict(submission, cause, words),
  ];
}

/** Words against figures: whom the trouble reached and in what they were hurt most, the hardest hit first. */
function scopeVerdict({ submission, trouble }: Pick<Debrief, "submission" | "trouble">, words: VerdictWords): Verdict {
  const callers = new Map<string, TroubleEdge>();
  for (const edge of trouble) {
    if ((callers.get(edge.from)?.hurtRatio ?? -1) < edge.hurtRatio) callers.set(edge.from, edge);
  }
  const hit = [...callers.values()].sort((one, other) => other.hurtRatio - one.hurtRatio);
  const named = hit
    .slice(0, SCOPE_CALLERS)
    .map(
      ({ from, to, operation, hurtRatio }) =>
        `${words.component(from)} (${words.share(hurtRatio)} of ${operation} to ${words.component(to)})`,
    );
  return {
    question: "Scope",
    answered: submission.scope ?? "–",
    truth:
      hit.length === 0
        ? "nobody who called it"
        : `had nobody acted: ${named.join(", ")}${hit.length > SCOPE_CALLERS ? ", and others" : ""}`,
    agrees: undefined,
  };
}

/** Confidence is about the component and the class together, as the forecast's points are. */
function confidenceVerdict(submission: Debrief["submission"], cause: TruthCause, words: VerdictWords): Verdict {
  const isRight = submission.component === cause.component && submission.faultClass === cause.faultClass;
  return {
    question: "Confidence",
    answered: words.share(submission.confidence),
    truth: isRight ? "component and class are right" : "component or class is wrong",
    agrees: isRight === submission.confidence >= 0.5,
    note: isRight ? "more would have paid more" : "less would have cost less",
  };
}

/** Callers that are named: as many as usually stand between a cause and its users. */
const SCOPE_CALLERS = 6;

function onsetNote(lateUs: number, words: VerdictWords): string {
  if (Math.abs(lateUs) < 1_000_000) return "to the second";
  return `${words.duration(Math.round(Math.abs(lateUs) / 1e6) * 1e6)} ${lateUs < 0 ? "early" : "late"}`;
}

/** The cause that shares most with the answer; the first one of equals. */
export function nearestCause({ submission, causes }: Pick<Debrief, "submission" | "causes">): TruthCause | undefined {
  const shared = (cause: TruthCause): number =>
    2 * Number(cause.component === submission.component) + Number(cause.faultClass === submission.faultClass);
  return causes.reduce<TruthCause | undefined>(
    (best, cause) => (best === undefined || shared(cause) > shared(best) ? cause : best),
    undefined,
  );
}
