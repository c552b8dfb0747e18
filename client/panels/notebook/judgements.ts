/**
 * Exhibits judged for each hypothesis, −2 to +2, as in the analysis of competing hypotheses (Heuer, "Psychology of
 * Intelligence Analysis", 1999): what counts is how much speaks against one, and an exhibit that says the same of all
 * tells them apart from nothing. Pure.
 */
import type { Exhibit, Hypothesis } from "../../../server/wire/run.js";

export type Judgement = -2 | -1 | 0 | 1 | 2;

export const JUDGEMENTS: readonly { readonly value: Judgement; readonly sign: string; readonly words: string }[] = [
  { value: -2, sign: "−2", words: "rules it out" },
  { value: -1, sign: "−1", words: "speaks against it" },
  { value: 0, sign: "0", words: "says nothing" },
  { value: 1, sign: "+1", words: "fits" },
  { value: 2, sign: "+2", words: "hardly otherwise" },
];

export function judgementOf({ judgements = {} }: Hypothesis, exhibit: string): Judgement {
  const value = Object.hasOwn(judgements, exhibit) ? judgements[exhibit] : 0;
  return JUDGEMENTS.find((known) => known.value === value)?.value ?? 0;
}

/** The hypothesis with one exhibit judged anew; 0 is left out. */
export function judge(hypothesis: Hypothesis, exhibit: string, value: Judgement): Hypothesis {
  const others = Object.entries(hypothesis.judgements ?? {}).filter(([id]) => id !== exhibit);
  return { ...hypothesis, judgements: Object.fromEntries(value === 0 ? others : [...others, [exhibit, value]]) };
}

export interface Verdict {
  /** Sum of what speaks against it; 0 or less. */
  readonly against: number;
  readonly inFavour: number;
}

export function verdictOf(hypothesis: Hypothesis, exhibits: readonly Exhibit[]): Verdict {
  const values = exhibits.map(({ id }) => judgementOf(hypothesis, id));
  const sum = (side: -1 | 1): number =>
    values.reduce<number>((total, value) => total + (Math.sign(value) === side ? value : 0), 0);
  return { against: sum(-1), inFavour: sum(1) };
}

/** The ones that least speaks against, of those that were judged at all; more than one where they are even. */
export function leastContradicted(hypotheses: readonly Hypothesis[], exhibits: readonly Exhibit[]): readonly string[] {
  const judged = hypotheses
    .map((hypothesis) => ({ id: hypothesis.id, ...verdictOf(hypothesis, exhibits) }))
    .filter(({ against, inFavour }) => against < 0 || inFavour > 0);
  const best = Math.max(...judged.map(({ against }) => against));
  return judged.filter(({ against }) => against === best).map(({ id }) => id);
}

/** Whether an exhibit says the same of every hypothesis, so that it decides nothing. */
export function isUndecisive(exhibit: string, hypotheses: readonly Hypothesis[]): boolean {
  const values = new Set(hypotheses.map((hypothesis) => judgementOf(hypothesis, exhibit)));
  return hypotheses.length > 1 && values.size === 1;
}
