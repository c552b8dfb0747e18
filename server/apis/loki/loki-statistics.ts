/**
 * What a query took, as Loki tells it: lines that were looked at and that passed, bytes of their texts,
 * seconds by the clock of the machine. Source: grafana/loki docs, reference/loki-http-api, Statistics; pkg/logqlmodel/stats.
 */
import type { LogqlAnswer } from "../../query/logql/evaluate.js";

export function queryStatistics(answer: LogqlAnswer): unknown {
  const { value, linesExamined, bytesExamined: bytes, linesPassed, elapsedMs } = answer;
  const entries =
    value.kind === "streams" ? value.streams.reduce((count, stream) => count + stream.entries.length, 0) : 0;
  const seconds = elapsedMs / 1_000;
  const perSecond = (amount: number): number => (seconds > 0 ? Math.round(amount / seconds) : 0);
  return {
    summary: {
      bytesProcessedPerSecond: perSecond(bytes),
      linesProcessedPerSecond: perSecond(linesExamined),
      totalBytesProcessed: bytes,
      totalLinesProcessed: linesExamined,
      execTime: seconds,
      queueTime: 0,
      subqueries: 0,
      totalEntriesReturned: entries,
      splits: 0,
      shards: 0,
      totalPostFilterLines: linesPassed,
      totalStructuredMetadataBytesProcessed: 0,
    },
    querier: { store: { totalChunksRef: 0, totalChunksDownloaded: 0, chunksDownloadTime: 0, chunk: {} } },
    ingester: { totalReached: 0, totalChunksMatched: 0, totalBatches: 0, totalLinesSent: 0, store: {} },
    cache: {},
    index: {},
  };
}
