/**
 * What the stores of a run hold, a row for each signal: for how long it is kept, since when there is something, how much
 * came and what became of it. Why spans and lines were lost is told by the plant's own series (`otelcol_…`,
 * `fluentbit_…`, `prometheus_target_…`).
 */
import { MICROS_PER_SECOND } from "../../base/time.js";
import { SPAN_CHUNK_MASK } from "../../sim/span-table.js";
import type { ApiWorld } from "../api-world.js";

export interface StorageRow {
  readonly signal: string;
  readonly retentionSeconds: number;
  /** Undefined while there is nothing. */
  readonly oldestUs: number | undefined;
  /** Spans that ended, lines that were written. */
  readonly received: number;
  readonly kept: number;
  /** Not yet decided about, or not yet arrived. */
  readonly onItsWay: number;
  /** Sampled out or lost. */
  readonly dropped: number;
}

export function storageOf(world: ApiWorld): readonly StorageRow[] {
  const retentionSeconds = world.model.topology.plant.retention / MICROS_PER_SECOND;
  return [spansOf(world), linesOf(world)].map((row) => ({ ...row, retentionSeconds }));
}

type Counted = Omit<StorageRow, "retentionSeconds">;

function spansOf({ traces }: ApiWorld): Counted {
  let [received, kept, onItsWay] = [0, 0, 0];
  let oldestUs: number | undefined;
  for (const columns of traces.stretches()) {
    for (let row = 0; row < columns.rows; row++) {
      received++;
      if (columns.isSeen(row)) {
        kept++;
        oldestUs ??= columns.source.table.chunkAt(row).startUs[row & SPAN_CHUNK_MASK];
      } else if (!columns.isSettled(row)) onItsWay++;
    }
  }
  return { signal: "traces", oldestUs, received, kept, onItsWay, dropped: received - kept - onItsWay };
}

function linesOf({ logs }: ApiWorld): Counted {
  let [received, kept, onItsWay] = [0, 0, 0];
  let oldestUs: number | undefined;
  for (const { table, shipping } of logs.sources) {
    const settled = shipping?.settled ?? table.rows;
    for (let row = 0; row < table.rows; row++) {
      received++;
      if (shipping?.isShipped(row) !== false) {
        kept++;
        oldestUs ??= table.timeUs[row];
      } else if (row >= settled) onItsWay++;
    }
  }
  return { signal: "logs", oldestUs, received, kept, onItsWay, dropped: received - kept - onItsWay };
}
