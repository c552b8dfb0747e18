/** What became of a signal over time: stacked columns of one height for each step, as shares of the tallest. Pure. */
import type { LedgerBucket } from "../../../server/wire/ledger.js";
import { formatClock, formatCount } from "../../charts/format.js";
import type { ExportTable } from "../../state/export-text.js";
import { PART_TITLES } from "./account-text.js";
import type { PartKind } from "./account-text.js";

export interface FlowRect {
  readonly kind: PartKind;
  readonly x: number;
  readonly width: number;
  readonly y: number;
  readonly height: number;
}

/** In a box of 1 by 1, origin at the top; kept stands at the bottom and what was lost on top. */
export function flowRects(buckets: readonly LedgerBucket[]): readonly FlowRect[] {
  const tallest = Math.max(1, ...buckets.map((bucket) => bucket.kept + lostOf(bucket)));
  const width = 1 / Math.max(1, buckets.length);
  return buckets.flatMap((bucket, index) => {
    let y = 1;
    return partsOf(bucket).flatMap(([kind, count]): readonly FlowRect[] => {
      if (count === 0) return [];
      const height = count / tallest;
      y -= height;
      return [{ kind, x: index * width, width, y, height }];
    });
  });
}

/** The same as a table: a row for each step, what was kept first. */
export const flowTable = (buckets: readonly LedgerBucket[]): ExportTable => ({
  columns: ["From (UTC)", ...PART_ORDER.map((kind) => PART_TITLES[kind])],
  rows: buckets.map((bucket) => [
    formatClock(bucket.fromUs),
    ...partsOf(bucket).map(([, count]) => formatCount(count)),
  ]),
});

const PART_ORDER = ["kept", "left-out", "waiting", "lost"] as const satisfies readonly PartKind[];

const lostOf = ({ sampledOut, inFlight, dropped }: LedgerBucket): number => sampledOut + inFlight + dropped;

const partsOf = ({ kept, sampledOut, inFlight, dropped }: LedgerBucket): readonly (readonly [PartKind, number])[] => [
  ["kept", kept],
  ["left-out", sampledOut],
  ["waiting", inFlight],
  ["lost", dropped],
];
