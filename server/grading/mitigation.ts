/**
 * What the learner's actions were worth to the users: I is the integral of impact over one horizon, in the learner's
 * world, in the untouched one, in the one of the reference actions, and without each single action. All of them are
 * simulated under the same keyed draws, so their differences are effects and not luck.
 */
import type { ScorePart } from "../wire/debrief.js";

export const MITIGATION_POINTS = 20;

const WEIGHTS = { impact: 0.6, harm: 0.25, verification: 0.15 };

/** A difference below this many hurt requests is no difference: there was nothing to mitigate. */
const IMPACT_FLOOR = 1;

/** Share of the possible relief that harm is measured against. */
const HARM_SCALE = 0.1;

export interface MitigationInput {
  /** What the integrals count: hurt requests, or lost sight where users stayed well. */
  readonly unit: string;
  readonly mine: number;
  readonly untouched: number;
  readonly par: number;
  /** For each action that changed the world: the integral of the same run without it. */
  readonly withoutAction: readonly { readonly title: string; readonly impact: number }[];
  /** For each action that changed the world: whether its indicator was looked at in time. */
  readonly verified: readonly boolean[];
}

export function gradeMitigation(input: MitigationInput): readonly ScorePart[] {
  return [gradeImpact(input), gradeHarm(input), gradeVerification(input)];
}

function part(id: keyof typeof WEIGHTS, title: string, value: number, formula: string, explanation: string): ScorePart {
  const pointsMax = MITIGATION_POINTS * WEIGHTS[id];
  return { id, title, points: value * pointsMax, pointsMax, formula, explanation };
}

function gradeImpact({ unit, mine, untouched, par }: MitigationInput): ScorePart {
  const explanation = `Relief against the untouched world, measured by the reference actions. Counted in ${unit}.`;
  const possible = untouched - par;
  if (possible < IMPACT_FLOOR)
    return part("impact", "Relief", 0, "the reference actions bring no measurable relief: 0", explanation);
  const value = clamp((untouched - mine) / possible);
  const figures = `(${untouched.toFixed(0)} − ${mine.toFixed(0)}) / (${untouched.toFixed(0)} − ${par.toFixed(0)})`;
  return part("impact", "Relief", value, `clamp(${figures}) = ${value.toFixed(2)}`, explanation);
}

/** e^(−Σ max(0, Δa) / (0.1 · (untouched − par))); only for those who acted, since doing nothing is no care. */
function gradeHarm({ mine, untouched, par, withoutAction }: MitigationInput): ScorePart {
  const explanation = "What single actions made worse: the run is simulated again without each of them.";
  if (withoutAction.length === 0) return part("harm", "No harm done", 0, "no action was taken: 0", explanation);
  const scale = HARM_SCALE * Math.max(IMPACT_FLOOR, untouched - par);
  const harm = withoutAction.reduce((sum, other) => sum + Math.max(0, mine - other.impact), 0);
  const value = Math.exp(-harm / scale);
  return part(
    "harm",
    "No harm done",
    value,
    `e^(−${harm.toFixed(0)} / ${scale.toFixed(0)}) = ${value.toFixed(2)}`,
    explanation,
  );
}

function gradeVerification({ verified }: MitigationInput): ScorePart {
  const explanation =
    "Actions followed within three simulated minutes, and before the next one, by a look at what they should move.";
  if (verified.length === 0) return part("verification", "Verification", 0, "no action was taken: 0", explanation);
  const looked = verified.filter(Boolean).length;
  const value = looked / verified.length;
  return part(
    "verification",
    "Verification",
    value,
    `${String(looked)} of ${String(verified.length)} = ${value.toFixed(2)}`,
    explanation,
  );
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
