/** The course of an error budget as a line, and its account as shares. Pure. */
import type { SloLedger } from "../../../server/wire/alerting.js";
import type { ChartSeries } from "../../charts/chart-data.js";

/** What was left at each instant of the covered time, and where it would go at the rate of `rate` until `toUs`. */
export function courseSeries({ course }: Pick<SloLedger, "course">): readonly ChartSeries[] {
  return [
    {
      name: "Budget left",
      timesUs: Float64Array.from(course, ({ atUs }) => atUs),
      values: Float64Array.from(course, ({ left }) => left),
    },
  ];
}

export interface AccountPart {
  readonly id: "before" | "known" | "left";
  readonly title: string;
  /** Of the whole budget. */
  readonly share: number;
  /** Of the bar, which is full at the whole budget or, where more was spent, at that. */
  readonly width: number;
}

/** What had been spent before, what was spent since, what is left; an overdrawn budget has nothing left. */
export function accountParts(ledger: Pick<SloLedger, "spentBefore" | "spentKnown" | "left">): readonly AccountPart[] {
  const { spentBefore, spentKnown, left } = ledger;
  const whole = Math.max(1, spentBefore + spentKnown);
  const part = (id: AccountPart["id"], title: string, share: number): AccountPart => ({
    id,
    title,
    share,
    width: Math.max(0, share) / whole,
  });
  return [
    part("before", "spent before", spentBefore),
    part("known", "spent in the time shown", spentKnown),
    part("left", "left", Math.max(0, left)),
  ];
}
