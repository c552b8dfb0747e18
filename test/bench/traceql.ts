/** TraceQL over a store of a million spans, columns and renderer as a world has them. */
import { parseTraceql } from "../../server/query/traceql/parse.js";
import { evaluateMetrics } from "../../server/query/traceql/metrics.js";
import { searchTraces } from "../../server/query/traceql/search.js";
import { TraceStore } from "../../server/telemetry/trace-store.js";
import { buildWorld, IDENTITY, MODEL } from "../telemetry/synthetic-world.js";

const REQUESTS = { small: 2_000, large: 172_000 };
const RUNS = { small: 1, large: 5 };

/** Filters that a page or a person asks, from what columns decide to what has to be rendered for some. */
const QUERIES: readonly { readonly text: string; readonly wantedMs: number | undefined }[] = [
  { text: "{}", wantedMs: 300 },
  { text: '{ resource.service.name = "cart" && status = error }', wantedMs: 300 },
  { text: "{ duration > 6ms }", wantedMs: 300 },
  // Nothing is found, so all is looked at.
  { text: '{ resource.service.name = "cart" && kind = server && duration > 10m }', wantedMs: 300 },
  { text: '{ name = "POST /price" && duration > 3ms && .error.type = "500" }', wantedMs: 300 },
  { text: "{ nestedSetParent < 0 && traceDuration > 15ms }", wantedMs: 300 },
  { text: "{ kind = server && status = error } >> { .error.type != nil }", wantedMs: 300 },
  { text: '{ status = error && .app.user.id = "user-3" }', wantedMs: 300 },
  { text: "{ status = error } | rate() by (resource.service.name)", wantedMs: 300 },
  { text: "{} | quantile_over_time(duration, .99) by (name)", wantedMs: undefined },
];

export interface TraceqlFigure {
  readonly text: string;
  readonly ms: number;
  readonly wantedMs: number | undefined;
  readonly checksum: string;
}

/** The fastest of some runs of each. */
export function benchTraceql(size: "small" | "large"): {
  readonly spans: number;
  readonly figures: readonly TraceqlFigure[];
} {
  const { spans } = buildWorld({ requests: REQUESTS[size], seed: 6 });
  const store = new TraceStore({ model: MODEL, identity: IDENTITY, recent: spans, sampleRatio: 1 });
  const figures = QUERIES.map(({ text, wantedMs }) => {
    let ms = Infinity;
    let checksum = "";
    for (let run = 0; run < RUNS[size]; run++) {
      const begun = performance.now();
      checksum = ask(store, text);
      ms = Math.min(ms, performance.now() - begun);
    }
    return { text, ms, wantedMs, checksum };
  });
  return { spans: spans.table.rows, figures };
}

function ask(store: TraceStore, text: string): string {
  const parsed = parseTraceql(text);
  if (!parsed.ok) throw parsed.error;
  const query = parsed.value;
  if (query.kind === "search") {
    const { traces } = searchTraces(store, query.stages, { fromUs: 0, toUs: 1e13, limit: 20 });
    return String(traces.reduce((sum, { spansets }) => sum + (spansets[0]?.rows[0] ?? 0), 0));
  }
  const { series } = evaluateMetrics(store, query.metrics, { fromUs: 0, toUs: 4e9, stepUs: 15e6 });
  return String(
    Math.round(series.reduce((sum, { values }) => sum + values.reduce((a, b) => a + (b || 0), 0), 0) * 1e3),
  );
}
