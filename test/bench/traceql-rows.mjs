/** TraceQL for `npm run bench`: how long typical searches take over a million spans. */
import { pathToFileURL } from "node:url";
import { bundle } from "./bundle.mjs";

export async function benchTraceqlRows(size) {
  const { benchTraceql } = await import(pathToFileURL(await bundle("test/bench/traceql.ts")).href);
  const { spans, figures } = benchTraceql(size);
  return [
    { figure: "spans", value: spans, unit: "" },
    ...figures.map(({ text, ms, wantedMs, checksum }) => ({
      figure: text.slice(0, 58),
      value: ms,
      unit: "ms",
      checksum,
      ...(size === "large" && wantedMs !== undefined ? { wanted: { atMost: wantedMs } } : {}),
    })),
  ];
}
