/**
 * What a query took, as Loki tells it: lines that were looked at and that passed, seconds by the clock of the machine.
 * Bytes are those of the lines times what a line has on average, from the newest few of the run, as lines that are
 * refused are never rendered. Source: grafana/loki docs, reference/loki-http-api, Statistics; pkg/logqlmodel/stats.
 */
import type { LogqlAnswer } from "../../query/logql/evaluate.js";
import { utf8Length } from "../../query/logql/text-codes.js";
import type { ApiWorld } from "../api-world.js";

/** Lines by which the size of one is told. */
const SIZE_LINES = 64;

export function queryStatistics(answer: LogqlAnswer, world: ApiWorld): unknown {
  const { value, linesExamined, linesPassed, elapsedMs } = answer;
  const entries =
    value.kind === "streams" ? value.streams.reduce((count, stream) => count + stream.entries.length, 0) : 0;
  const bytes = Math.round(linesExamined * lineBytes(world));
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

function lineBytes({ logs, nowUs }: ApiWorld): number {
  let [lines, bytes] = [0, 0];
  logs.reader.scan({ matchers: [], fromUs: 0, toUs: nowUs, tests: [], newestFirst: true }, (line) => {
    bytes += utf8Length(line.line());
    return ++lines < SIZE_LINES;
  });
  return lines === 0 ? 0 : bytes / lines;
}
