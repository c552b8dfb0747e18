/**
 * What the stores of a run hold, a row for each signal: for how long it is kept, since when there is something, how much
 * came and what became of it, with the reasons. The same account as the workspace shows (telemetry/ledger.ts).
 */
import { MICROS_PER_SECOND } from "../../base/time.js";
import { retentionOf } from "../../topology/retention.js";
import type { LedgerSignal } from "../../wire/ledger.js";
import type { ApiWorld } from "../api-world.js";

export interface StorageRow {
  readonly signal: LedgerSignal;
  readonly unit: string;
  readonly retentionSeconds: number;
  /** From here on there are answers; undefined while there is nothing. */
  readonly oldestUs: number | undefined;
  readonly received: number;
  readonly kept: number;
  /** Not yet decided about, or not yet arrived. */
  readonly onItsWay: number;
  /** Sampled out or lost. */
  readonly dropped: number;
  readonly bytes: number;
  readonly reasons: Readonly<Record<string, number>>;
}

export function storageOf({ model, ledger, dataFromUs, nowUs }: ApiWorld): readonly StorageRow[] {
  const { signals } = ledger({ fromUs: dataFromUs, toUs: nowUs });
  return signals.map(({ signal, unit, made, kept, inFlight, sampledOutBy, droppedBy, bytes, ...account }) => ({
    signal,
    unit,
    retentionSeconds: retentionOf(model.topology.plant, signal).warmUs / MICROS_PER_SECOND,
    oldestUs: kept.count === 0 ? undefined : account.answerableFromUs,
    received: made.count,
    kept: kept.count,
    onItsWay: inFlight.count,
    dropped: account.sampledOut + account.dropped,
    bytes: Math.round(bytes),
    reasons: Object.fromEntries(
      [...sampledOutBy, ...droppedBy].filter(({ count }) => count > 0).map(({ reason, count }) => [reason, count]),
    ),
  }));
}
