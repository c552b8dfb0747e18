/**
 * How close the answer came to the truth: component, class, trigger, onset, path. Every part is a figure from 0 to 1 with
 * the formula that gave it. Weights: component .35, class .20, trigger .15, onset .10, path .20; where the trouble stayed
 * within its component there is no path, and its weight is shared out in proportion.
 */
import { taxonomySimilarity } from "../faults/taxonomy.js";
import { PATH_OPTIONAL_BELOW } from "../wire/debrief.js";
import type { ScorePart } from "../wire/debrief.js";
import type { TroubleGraph } from "./trouble-graph.js";

/** What the learner said, in engine terms. */
export interface Answer {
  readonly component: string;
  readonly faultClass: string;
  readonly trigger: string | undefined;
  readonly onsetUs: number;
  /** Calls along which the trouble travelled, in either direction; undefined where none were drawn. */
  readonly path?: readonly CallEdge[] | undefined;
}

export interface CallEdge {
  readonly from: string;
  readonly to: string;
}

/** One true cause. */
export interface Cause {
  readonly component: string;
  readonly faultClass: string;
  readonly trigger: string | undefined;
  readonly onsetUs: number;
}

export interface DiagnosisInput {
  readonly answer: Answer;
  readonly causes: readonly Cause[];
  readonly alertingComponent: string;
  readonly trouble: TroubleGraph;
  /** Kind (deploy, flag, setting) of every change that the learner could have named. */
  readonly changeKinds: ReadonlyMap<string, string>;
  readonly scrapeIntervalUs: number;
}

const WEIGHTS = { component: 0.35, class: 0.2, trigger: 0.15, onset: 0.1, path: 0.2 };
const WEIGHT_SUM = 1;

export const DIAGNOSIS_POINTS = 30;

/** Answer of the right kind but another change: "it was a deploy" is worth something. */
const RIGHT_KIND_OF_TRIGGER = 0.3;

interface Graded {
  readonly value: number;
  readonly formula: string;
}

/**
 * The four parts against the cause that fits the answer best; one answer names one cause, so with several true causes
 * the sum is divided by their number, as the best assignment of one against many.
 */
export function gradeDiagnosis(input: DiagnosisInput): readonly ScorePart[] {
  const candidates = input.causes.map((cause) => partsAgainst(cause, input));
  const best = candidates.reduce((left, right) => (pointsOf(right) > pointsOf(left) ? right : left));
  const share = 1 / input.causes.length;
  return share === 1
    ? best
    : best.map((part) => ({
        ...part,
        points: part.points * share,
        formula: `${part.formula}, shared by ${String(input.causes.length)} causes`,
      }));
}

function pointsOf(parts: readonly ScorePart[]): number {
  return parts.reduce((sum, part) => sum + part.points, 0);
}

function partsAgainst(cause: Cause, input: DiagnosisInput): readonly ScorePart[] {
  const path = gradePath(cause, input);
  const weightSum = path === undefined ? WEIGHT_SUM - WEIGHTS.path : WEIGHT_SUM;
  const graded: readonly (readonly [keyof typeof WEIGHTS, Graded | undefined])[] = [
    ["component", gradeComponent(cause, input)],
    ["class", gradeClass(cause, input.answer)],
    ["trigger", gradeTrigger(cause, input)],
    ["onset", gradeOnset(cause, input)],
    ["path", path],
  ];
  return graded.flatMap(([id, value]) => (value === undefined ? [] : [part(id, WEIGHTS[id] / weightSum, value)]));
}

const TEXTS: Readonly<Record<keyof typeof WEIGHTS, { readonly title: string; readonly explanation: string }>> = {
  component: {
    title: "Component",
    explanation:
      "How many hops of the trouble's path lie between the answer and the cause. The alerting component is worth nothing, unless it is the cause.",
  },
  class: {
    title: "Fault class",
    explanation: "Similarity in the fault taxonomy: 1 for the same class, 0 where only the root is shared.",
  },
  trigger: {
    title: "Trigger",
    explanation:
      "The change that set it off, or none when there was none. Another change of the same kind is worth 0.3.",
  },
  onset: { title: "Onset", explanation: "Falls off with the distance from the true onset." },
  path: {
    title: "Path",
    explanation:
      "The calls along which the trouble travelled, against those that you drew: the harmonic mean of how many of yours are right and how many of the true ones you drew. Calls that were hardly hurt are free.",
  },
};

function part(id: keyof typeof WEIGHTS, share: number, graded: Graded): ScorePart {
  const pointsMax = DIAGNOSIS_POINTS * share;
  return { id, ...TEXTS[id], points: graded.value * pointsMax, pointsMax, formula: graded.formula };
}

/** max(0, (e^−d − e^−ds) / (1 − e^−ds)), d and ds in hops along the trouble; off the path 0. */
function gradeComponent(cause: Cause, { answer, alertingComponent, trouble }: DiagnosisInput): Graded {
  const hops = trouble.hopsFrom(cause.component);
  const distance = answer.component === cause.component ? 0 : hops.get(answer.component);
  if (distance === undefined) return { value: 0, formula: `${answer.component} is not on the path of the trouble: 0` };
  if (alertingComponent === cause.component) {
    const value = Math.exp(-distance);
    return {
      value,
      formula: `d = ${String(distance)} and the symptom is the cause: e^−${String(distance)} = ${value.toFixed(2)}`,
    };
  }
  // A symptom that was not reached along measured edges lies one hop beyond the farthest that was.
  const symptom = hops.get(alertingComponent) ?? Math.max(...hops.values()) + 1;
  const value = Math.max(0, (Math.exp(-distance) - Math.exp(-symptom)) / (1 - Math.exp(-symptom)));
  return {
    value,
    formula: `d = ${String(distance)} hops, alert at ${String(symptom)}: (e^−${String(distance)} − e^−${String(symptom)}) / (1 − e^−${String(symptom)}) = ${value.toFixed(2)}`,
  };
}

function gradeClass(cause: Cause, answer: Answer): Graded {
  const value = taxonomySimilarity(answer.faultClass, cause.faultClass);
  return { value, formula: `similarity(${answer.faultClass}, ${cause.faultClass}) = ${value.toFixed(2)}` };
}

function gradeTrigger(cause: Cause, { answer, changeKinds }: DiagnosisInput): Graded {
  if (answer.trigger === cause.trigger) {
    return {
      value: 1,
      formula: cause.trigger === undefined ? "no change set it off, and none was named: 1" : "the right change: 1",
    };
  }
  if (answer.trigger === undefined) return { value: 0, formula: "a change set it off, none was named: 0" };
  if (cause.trigger === undefined) return { value: 0, formula: "no change set it off: 0" };
  const sameKind = changeKinds.get(answer.trigger) === changeKinds.get(cause.trigger);
  return sameKind
    ? {
        value: RIGHT_KIND_OF_TRIGGER,
        formula: `another ${changeKinds.get(cause.trigger) ?? "change"}: ${String(RIGHT_KIND_OF_TRIGGER)}`,
      }
    : { value: 0, formula: "another change of another kind: 0" };
}

/** e^(−|Δt|/τ), τ = max(60 s, two scrape intervals). */
function gradeOnset(cause: Cause, { answer, scrapeIntervalUs }: DiagnosisInput): Graded {
  const toleranceSeconds = Math.max(60, (2 * scrapeIntervalUs) / 1e6);
  const offSeconds = Math.abs(answer.onsetUs - cause.onsetUs) / 1e6;
  const value = Math.exp(-offSeconds / toleranceSeconds);
  return {
    value,
    formula: `e^(−|${offSeconds.toFixed(0)} s| / ${toleranceSeconds.toFixed(0)} s) = ${value.toFixed(2)}`,
  };
}

/** F1 over the calls that lie on a way from the cause to whom it hurt; undefined where there are none. */
function gradePath(cause: Cause, { answer, trouble }: DiagnosisInput): Graded | undefined {
  const hops = trouble.hopsFrom(cause.component);
  const travelled = trouble.edges.filter(({ from, to }) => hops.has(from) && hops.has(to));
  const required = new Set(travelled.filter(({ hurtRatio }) => hurtRatio >= PATH_OPTIONAL_BELOW).map(keyOf));
  if (required.size === 0) return undefined;
  const free = new Set(travelled.map(keyOf).filter((key) => !required.has(key)));
  const drawn = new Set((answer.path ?? []).map(keyOf).filter((key) => !free.has(key)));
  if (drawn.size === 0) return { value: 0, formula: `none of ${String(required.size)} calls was drawn: 0` };
  const right = [...drawn].filter((key) => required.has(key)).length;
  const value = (2 * right) / (drawn.size + required.size);
  const counts = `${String(right)} right of ${String(drawn.size)} drawn and ${String(required.size)} true`;
  return {
    value,
    formula: `${counts}: F1 = 2·${String(right)} / (${String(drawn.size)} + ${String(required.size)}) = ${value.toFixed(2)}`,
  };
}

/** A line on the map has no direction. */
const keyOf = ({ from, to }: CallEdge): string => (from < to ? `${from} ${to}` : `${to} ${from}`);
