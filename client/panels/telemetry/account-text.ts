/** The account of a signal in words and shares, for its bar, its table and what is taken out of the page. Pure. */
import type { PlantSetting, SignalLedger, TelemetryLedger } from "../../../server/wire/ledger.js";
import { formatBytes, formatDurationUs, formatNumber, formatRatio } from "../../charts/format.js";
import type { ExportTable } from "../../state/export-text.js";

export const SIGNAL_TITLES: Readonly<Record<SignalLedger["signal"], string>> = {
  metrics: "Metrics",
  logs: "Logs",
  traces: "Traces",
  profiles: "Profiles",
};

export const PART_TITLES = {
  kept: "kept",
  "left-out": "left out by policy",
  waiting: "on the way",
  lost: "lost",
} as const;
export type PartKind = keyof typeof PART_TITLES;

/** A part of what was made; shares of one account add up to 1, or are all 0. */
export interface FlowPart {
  readonly kind: PartKind;
  readonly count: number;
  readonly share: number;
}

export function flowParts({ made, kept, sampledOut, inFlight, dropped }: SignalLedger): readonly FlowPart[] {
  const part = (kind: PartKind, count: number): FlowPart => ({
    kind,
    count,
    share: made.count === 0 ? 0 : count / made.count,
  });
  return [
    part("kept", kept.count),
    part("left-out", sampledOut),
    part("waiting", inFlight.count),
    part("lost", dropped),
  ];
}

/** What a reason means to whoever looks for what is missing. */
const REASON_TEXTS: Readonly<Record<string, string>> = {
  "head sampling": "The process decides when a trace begins.",
  "tail sampling": "The collector decides when a trace has ended; no policy wanted it.",
  "process buffer full": "A process had more spans than it holds between two batches.",
  "collector away": "Nobody took the batch.",
  "memory limit": "The collector had no memory left for more.",
  "queue full": "More waited for the export than its queue holds.",
  "collector restarted": "They were in its memory when it ended.",
  "agent sampling": "The agent ships only a share of info and debug lines.",
  "buffer full": "The agent had more lines than it holds.",
  "rate limited": "More came than the store takes of one tenant.",
  "line too long": "Longer than the store takes.",
  "too old": "They came later than the store takes them.",
  "stream limit": "A new stream, when there were as many as the store takes.",
  relabelling: "A rule of the scrape drops the label or the metric.",
  "target down": "The process did not answer; counted by what it had when it was last read.",
  "scrape timed out": "The scrape was not done in its time: all of it is lost.",
  "sample limit": "The target exposed more than one scrape may bring: all of it is lost.",
  "target limit": "The job has more targets than it may: none of them is read.",
  "metrics server away": "The metrics server was not there to scrape.",
  "past retention": "It was kept and has been deleted since.",
  status: "Kept: a span of the trace failed.",
  latency: "Kept: a span of the trace was slow.",
  probabilistic: "Kept: by its share of the others.",
};

export const reasonText = (reason: string): string => REASON_TEXTS[reason] ?? "";

const US_PER_DAY = 86_400_000_000;

/** Bytes a day at the pace of the window; undefined where it is too short to say. */
export function bytesPerDay({ bytes }: SignalLedger, { fromUs, toUs }: TelemetryLedger): number | undefined {
  return toUs - fromUs < 60_000_000 ? undefined : (bytes / (toUs - fromUs)) * US_PER_DAY;
}

export const countText = (count: number): string => formatNumber(count, 9);

export function settingText({ value, unit }: PlantSetting): string {
  if (typeof value === "string") return value;
  if (unit === "µs") return formatDurationUs(value);
  if (unit === "bytes") return formatBytes(value);
  if (unit === "ratio") return formatRatio(value);
  return unit === "count" ? countText(value) : `${countText(value)} ${unit}`;
}

/** Everything in one table, a row for each figure. */
export function ledgerTable({ signals }: TelemetryLedger): ExportTable {
  return {
    columns: ["signal", "part", "reason", "count", "unit", "query"],
    rows: signals.flatMap((account) => {
      const { signal, unit, made, kept, inFlight, sampledOutBy, droppedBy } = account;
      const row = (part: string, reason: string, count: number, query = "") => [
        signal,
        part,
        reason,
        count,
        unit,
        query,
      ];
      return [
        row("made", "", made.count, made.query),
        row(PART_TITLES.kept, "", kept.count, kept.query),
        row(PART_TITLES.waiting, "", inFlight.count, inFlight.query),
        ...sampledOutBy.map(({ reason, count, query }) => row(PART_TITLES["left-out"], reason, count, query)),
        ...droppedBy.map(({ reason, count, query }) => row(PART_TITLES.lost, reason, count, query)),
      ];
    }),
  };
}
