/** The questions of the traces view: TraceQL over what the trace store has kept, up to simulated now. */
import { findingsOf } from "../query/traceql/advice.js";
import { exploreTraces } from "../query/traces/explore.js";
import { traceSetFigures } from "../query/traces/set-figures.js";
import type { TraceStore } from "../telemetry/trace-store.js";
import type { TimeWindow } from "../wire/telemetry.js";
import type { WorldQueries } from "./handle.js";

interface Surroundings {
  readonly upToNow: (window: TimeWindow) => TimeWindow;
  readonly clockMs: () => (() => number) | undefined;
}

export function traceQuestions(
  traces: TraceStore,
  { upToNow, clockMs }: Surroundings,
): Pick<WorldQueries, "exploreTraces" | "traceSet" | "checkTraceql"> {
  const clock = (): { readonly clockMs?: () => number } => {
    const now = clockMs();
    return now === undefined ? {} : { clockMs: now };
  };
  return {
    exploreTraces: (request) => {
      const seen = { ...request, ...upToNow(request) };
      return exploreTraces(traces, seen, { sampleRatio: traces.sampleRatioAt(seen.toUs), ...clock() });
    },
    traceSet: (request) => traceSetFigures(traces, { ...request, ...upToNow(request) }, clock()),
    checkTraceql: findingsOf,
  };
}
