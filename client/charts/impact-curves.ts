/**
 * The four impact curves of a debrief as series for a chart, and what lies between them: how much of the harm that
 * doing nothing would have brought was kept from users.
 */
import type { ImpactCurves } from "../../server/wire/debrief.js";

export type ImpactWorld = "mine" | "untouched" | "par" | "twin";

export interface ImpactSeries {
  readonly world: ImpactWorld;
  readonly name: string;
  /** Middles of the steps, µs, ascending. */
  readonly timesUs: Float64Array;
  /** Of what the curves count, per minute. */
  readonly values: Float64Array;
  readonly dashed: boolean;
}

export interface ImpactTotals {
  /** Of what the curves count, over the whole time, by world. */
  readonly hurt: Readonly<Record<ImpactWorld, number>>;
  /** (untouched − mine) / (untouched − par), not below −1 and not above 1; undefined where par saves nothing. */
  readonly savedRatio: number | undefined;
}

const MINUTE_US = 60_000_000;

const WORLDS: readonly { readonly world: ImpactWorld; readonly name: string; readonly dashed: boolean }[] = [
  { world: "mine", name: "Your run", dashed: false },
  { world: "untouched", name: "If nobody had acted", dashed: false },
  { world: "par", name: "Reference responder", dashed: true },
  { world: "twin", name: "Healthy twin", dashed: true },
];

/** Worlds that have a curve, in a fixed order. */
export function impactSeries(curves: ImpactCurves): readonly ImpactSeries[] {
  return WORLDS.filter(({ world }) => curves[world].length > 0).map(({ world, name, dashed }) => ({
    world,
    name,
    dashed,
    timesUs: Float64Array.from(curves[world], (_, index) => curves.fromUs + (index + 0.5) * curves.stepUs),
    values: Float64Array.from(curves[world]),
  }));
}

/** Where the curves begin and end. */
export function impactWindow(curves: ImpactCurves): { readonly fromUs: number; readonly toUs: number } {
  const steps = Math.max(1, ...WORLDS.map(({ world }) => curves[world].length));
  return { fromUs: curves.fromUs, toUs: curves.fromUs + steps * curves.stepUs };
}

/** Sums under the curves: what was hurt per minute × minutes. */
export function impactTotals(curves: ImpactCurves): ImpactTotals {
  const minutesOfStep = curves.stepUs / MINUTE_US;
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0) * minutesOfStep;
  const hurt = {
    mine: sum(curves.mine),
    untouched: sum(curves.untouched),
    par: sum(curves.par),
    twin: sum(curves.twin),
  };
  const savable = hurt.untouched - hurt.par;
  const savedRatio = savable <= 0 ? undefined : Math.max(-1, Math.min(1, (hurt.untouched - hurt.mine) / savable));
  return { hurt, savedRatio };
}
