/** What the wire APIs read of a world: the read sides of its stores and rules, and its clock. Nothing here can change it. */
import type { Alertmanager } from "../alerting/alertmanager/alertmanager.js";
import type { SilenceBook } from "../alerting/alertmanager/silence-book.js";
import type { RuleEvaluator } from "../alerting/rule-evaluator.js";
import type { QueryCache } from "../query/promql/http-api.js";
import type { LogStore } from "../telemetry/log-store.js";
import type { MetricReader } from "../telemetry/metric-reader.js";
import type { ProfileStore } from "../telemetry/profile-store.js";
import type { ServiceMapper } from "../telemetry/service-map.js";
import type { TraceStore } from "../telemetry/trace-store.js";
import type { ExportSessions } from "./export/export.js";
import type { TelemetryLedger } from "../wire/ledger.js";
import type { TimeWindow } from "../wire/telemetry.js";
import type { Model } from "../topology/model-types.js";

export interface ApiWorld {
  readonly model: Model;
  /** Simulated now: the default of times, and the end of what can be seen. */
  readonly nowUs: number;
  /** Where telemetry begins; moves back once when the history has arrived. */
  readonly dataFromUs: number;
  /** Where it begins when the history has arrived. */
  readonly historyFromUs: number;
  /** What is being taken out of the world. */
  readonly exports: ExportSessions;
  /** What became of the telemetry of a time. */
  readonly ledger: (window: TimeWindow) => TelemetryLedger;
  /** What the metrics server has not thrown away. */
  readonly metrics: MetricReader;
  readonly promql: QueryCache;
  readonly rules: RuleEvaluator;
  readonly alertmanager: Alertmanager;
  readonly silences: SilenceBook;
  readonly logs: LogStore;
  readonly traces: TraceStore;
  readonly map: ServiceMapper;
  readonly profiles: ProfileStore;
  /** A clock of the machine that only rises, for limits on the time of a query; without it there are none. */
  readonly clockMs?: () => number;
}
