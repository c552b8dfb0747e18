/**
 * How close the answer came to the truth: component, class, trigger, onset (and, in a later form of the answer, the
 * path). Every part is a figure from 0 to 1 with the formula that gave it. The weights are those of the full scheme
 * (component .35, class .20, trigger .15, onset .10); the path's .20 is shared out in proportion until answers name one.
 */
import { taxonomySimilarity } from "../faults/taxonomy.js";
import type { ScorePart } from "../wire/debrief.js";
import type { TroubleGraph } from "./trouble-graph.js";

/** What the learner said, in engine terms. */
export interface Answer {
  readonly component: string;
  readonly faultClass: string;
  readonly trigger: string | undefined;
  readonly onsetUs: number;
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

const WEIGHTS = { component: 0.35, class: 0.2, trigger: 0.15, onset: 0.1 };
const WEIGHT_SUM = WEIGHTS.component + WEIGHTS.class + WEIGHTS.trigger + WEIGHTS.onset;

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
  return [
    part(
      "component",
      "Component",
      WEIGHTS.component,
      gradeComponent(cause, input),
      "How many hops of the trouble's path lie between the answer and the cause. The alerting component is worth nothing, unless it is the cause.",
    ),
    part(
      "class",
      "Fault class",
      WEIGHTS.class,
      gradeClass(cause, input.answer),
      "Similarity in the fault taxonomy: 1 for the same class, 0 where only the root is shared.",
    ),
    part(
      "trigger",
      "Trigger",
      WEIGHTS.trigger,
      gradeTrigger(cause, input),
      "The change that set it off, or none when there was none. Another change of the same kind is worth 0.3.",
    ),
    part("onset", "Onset", WEIGHTS.onset, gradeOnset(cause, input), "Falls off with the distance from the true onset."),
  ];
}

function part(id: string, title: string, weight: number, graded: Graded, explanation: string): ScorePart {
  const pointsMax = (DIAGNOSIS_POINTS * weight) / WEIGHT_SUM;
  return { id, title, points: graded.value * pointsMax, pointsMax, formula: graded.formula, explanation };
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
