/** How often groups of rules are evaluated, in turns of the metrics server: what an evaluation costs depends on what is due. */
import type { RuleGroupSpec } from "./types.js";

export interface RuleTurn {
  readonly rules: number;
  /** The group is due at each turn whose number is a multiple of it. */
  readonly every: number;
}

const UNIT_US: Readonly<Record<string, number>> = {
  ms: 1e3,
  s: 1e6,
  m: 60e6,
  h: 3_600e6,
  d: 86_400e6,
  w: 604_800e6,
  y: 31_536_000e6,
};

/** @param turnUs between two evaluations of the metrics server */
export function ruleTurns(groups: readonly RuleGroupSpec[], turnUs: number): readonly RuleTurn[] {
  const turns = new Map<number, number>();
  for (const { interval = "0", rules } of groups) {
    const every = Math.max(1, Math.ceil(durationUs(interval) / turnUs));
    turns.set(every, (turns.get(every) ?? 0) + rules.length);
  }
  return [...turns].map(([every, rules]) => ({ every, rules }));
}

/** Rules of the groups that are due at the turn of a number, which counts from 0. */
export const rulesDue = (turns: readonly RuleTurn[], turn: number): number =>
  turns.reduce((sum, { rules, every }) => (turn % every === 0 ? sum + rules : sum), 0);

/** Of a checked duration such as `1m30s`. */
function durationUs(text: string): number {
  let sum = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[smhdwy])/g)) sum += Number(count) * UNIT_US[unit];
  return sum;
}
