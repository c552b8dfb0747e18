/**
 * What the investigation views ask and get. All instants and durations are µs of the simulated calendar, as integers;
 * ratios are 0 to 1. A view never sees later than simulated now: `toUs` is clamped to it.
 */

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface TimeWindow {
  readonly fromUs: number;
  readonly toUs: number;
}

export interface FieldFilter {
  readonly name: string;
  readonly operator: "=" | "!=";
  readonly value: string;
}

/* Logs */

export interface LogsRequest extends TimeWindow {
  readonly levels?: readonly LogLevel[];
  readonly services?: readonly string[];
  /** Words that must all occur in the message or an attribute value, case-insensitive; `"two words"` in quotes; `-word` must not. */
  readonly text?: string;
  readonly traceId?: string;
  readonly fields?: readonly FieldFilter[];
  /** LogQL for lines, in place of all filters above. */
  readonly query?: string;
  /** Wall time after which the search stops with what it has found and goes on when it is asked again; without it, it is done to its end. */
  readonly sliceMs?: number;
}

/** Which lines count as equal: whole texts, texts but for their numbers, or what one place of the code writes. */
export type LogFold = "exact" | "numbers" | "signature";

export interface LogPageRequest extends LogsRequest {
  /** Into the matching lines, in their order. */
  readonly offset: number;
  /** At most 1,000. */
  readonly limit: number;
  /** `newest` first unless it says `oldest`. */
  readonly order?: "newest" | "oldest";
  /** Equal lines of one process that follow one another within a second are one. */
  readonly fold?: LogFold;
}

export interface LogLine {
  /** Stable within the run. */
  readonly id: string;
  readonly timeUs: number;
  readonly level: LogLevel;
  readonly service: string;
  readonly instance: string;
  readonly message: string;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Characters of the whole message, where `message` is only its beginning. */
  readonly messageCharacters?: number;
  /** Equal lines that this one stands for, itself included, and the time of the farthest of them. */
  readonly repeats?: number;
  readonly repeatsToUs?: number;
}

export interface LogPage {
  /** Lines that match in the whole window; rows where equal lines are one. */
  readonly total: number;
  readonly offset: number;
  readonly lines: readonly LogLine[];
  /** Share of the window's lines that has been looked at, where that is not all of them yet. */
  readonly searched?: number;
  /** Where equal lines are one: matching lines that were looked at for it, the first in the order, and how many there are. */
  readonly foldedFrom?: { readonly lines: number; readonly of: number };
}

export interface LogHistogramRequest extends LogsRequest {
  readonly buckets: number;
}

export interface LogHistogram {
  readonly stepUs: number;
  readonly buckets: readonly { readonly fromUs: number; readonly counts: Readonly<Record<LogLevel, number>> }[];
  /** As of a page. */
  readonly searched?: number;
  /** Lines of the window, whatever the filter, that never came or have not come yet; undefined where nothing can be lost. */
  readonly missing?: MissingLines;
}

/** Lines that processes wrote and the log store does not have. */
export interface MissingLines {
  /** The shipper's buffer was full. */
  readonly dropped: number;
  /** Left out by the shipper's sampling. */
  readonly sampledOut: number;
  /** Still in the shipper's buffer. */
  readonly delayed: number;
}

/** The most frequent values of each field over the newest matching lines. */
export interface LogFields {
  readonly total: number;
  readonly examined: number;
  readonly fields: readonly LogField[];
  /** As of a page. */
  readonly searched?: number;
}

export interface LogField {
  readonly name: string;
  /** Of the examined lines, those that have it. */
  readonly lines: number;
  readonly values: readonly { readonly value: string; readonly count: number }[];
  /** Different values among the examined lines. */
  readonly unique: number;
  /** Of a field whose values are numbers. */
  readonly numbers?: NumberSummary;
}

export interface NumberSummary {
  readonly min: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  /** Lines in equal steps from `min` to `max`. */
  readonly bars: readonly number[];
}

/* Traces */

export interface TraceSearchRequest extends TimeWindow {
  /** Each condition must hold on one and the same span of the trace. */
  readonly service?: string;
  readonly operation?: string;
  readonly minDurationUs?: number;
  readonly maxDurationUs?: number;
  readonly status?: "ok" | "error";
  readonly attributes?: readonly FieldFilter[];
  /** At most 1,000; the newest that match, or the slowest. */
  readonly limit: number;
  readonly order: "newest" | "slowest";
}

export interface TraceSummary {
  readonly traceId: string;
  readonly rootService: string;
  readonly rootName: string;
  readonly startUs: number;
  readonly durationUs: number;
  readonly spanCount: number;
  readonly errorCount: number;
  readonly services: readonly string[];
}

export interface TraceSearchAnswer {
  readonly traces: readonly TraceSummary[];
  /** Traces that match in the window, of which `traces` holds at most `limit`. */
  readonly total: number;
  /** Share of traces that the collector keeps. */
  readonly sampleRatio: number;
}

export interface SpanEvent {
  readonly timeUs: number;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

export interface TraceSpan {
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly service: string;
  readonly instance: string;
  readonly version: string;
  readonly name: string;
  readonly kind: "server" | "client" | "producer" | "consumer" | "internal";
  readonly startUs: number;
  readonly durationUs: number;
  readonly status: "ok" | "error";
  readonly statusMessage?: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly events: readonly SpanEvent[];
}

export interface Trace {
  readonly traceId: string;
  /** Ascending by start; parents before children. */
  readonly spans: readonly TraceSpan[];
  /** False while spans of it are still open. */
  readonly complete: boolean;
}

/** Services, their operations and the attribute names that searches can use. */
export interface TraceVocabulary {
  readonly services: readonly { readonly service: string; readonly operations: readonly string[] }[];
  readonly attributes: readonly string[];
}

/* Map */

export interface TrafficFigures {
  readonly requestsPerSecond: number;
  readonly errorRatio: number;
  readonly latencyMsP50: number;
  readonly latencyMsP99: number;
}

export type ComponentKind = "service" | "store" | "cache" | "queue" | "external" | "plant";

export interface MapNode {
  readonly id: string;
  readonly title: string;
  readonly kind: ComponentKind;
  /** Undefined where nothing measures it. */
  readonly now?: TrafficFigures;
  readonly before?: TrafficFigures;
}

export interface MapEdge {
  readonly from: string;
  readonly to: string;
  readonly now?: TrafficFigures;
  readonly before?: TrafficFigures;
}

/** Figures over the window, and over the hour before it. From spans; sampling is accounted for. */
export interface ServiceMap {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
}

/* Changes */

export interface ChangeRecord {
  readonly id: string;
  readonly kind: "deploy" | "flag" | "setting" | "scaling" | "restart";
  readonly target: string;
  readonly atUs: number;
  /** When the roll-out had reached every instance; undefined while it goes on. */
  readonly completedUs?: number;
  readonly author: string;
  readonly title: string;
  readonly description: string;
  readonly diff: string;
  readonly versionFrom?: string;
  readonly versionTo?: string;
  /** Whether the action `rollback` takes it. */
  readonly canRollBack: boolean;
  readonly state: "rolling-out" | "live" | "rolled-back";
}

/* Alerts and objectives */

export interface AlertInstance {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: "pending" | "firing";
  readonly activeSinceUs: number;
  readonly firingSinceUs?: number;
  readonly value: number;
  /** A silence keeps it from notifying anybody until then. */
  readonly silencedUntilUs?: number;
}

export interface AlertRule {
  readonly group: string;
  readonly name: string;
  readonly expr: string;
  readonly forSeconds: number;
  readonly severity: string;
  /** As the rule file has them, with those of its group. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly state: "inactive" | "pending" | "firing";
  readonly lastEvaluationUs: number;
  /** Evaluations that the metrics server skipped because it was busy. */
  readonly missedEvaluations: number;
  readonly error?: string;
  readonly alerts: readonly AlertInstance[];
  /** State changes so far, ascending. */
  readonly history: readonly { readonly atUs: number; readonly state: "inactive" | "pending" | "firing" }[];
}

export interface AlertsAnswer {
  readonly rules: readonly AlertRule[];
}

export interface SloStatus {
  readonly id: string;
  readonly title: string;
  readonly objective: number;
  readonly windowDays: number;
  /** Share of the budget that is left, may be negative. */
  readonly budgetLeft: number;
  readonly burnRates: readonly { readonly window: string; readonly rate: number | undefined }[];
  /** At the burn rate of the last hour; undefined when it does not run out. */
  readonly exhaustedAtUs?: number;
  /** PromQL of the error ratio over `5m`, to open in the metrics view. */
  readonly errorRatioQuery: string;
}

/* Users */

/** Share of journeys that failed or were slower than users wait, by minute: the impact meter of the session bar. */
export interface ImpactAnswer {
  readonly lastMinuteRatio: number;
  readonly minutes: readonly { readonly fromUs: number; readonly requests: number; readonly hurt: number }[];
}
