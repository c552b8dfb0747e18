/** Help, type and unit of every metric that the metrics server reads: what the system's targets declare, and Alertmanager. */
import type { MetricMetadata } from "../sim/metric-sink.js";
import { METRIC_METADATA } from "../topology/metric-metadata.js";
import { ALERTMANAGER_METADATA } from "./alertmanager/metrics.js";

export const SCRAPED_METADATA: readonly MetricMetadata[] = [...METRIC_METADATA, ...ALERTMANAGER_METADATA];

export const METADATA_BY_NAME: ReadonlyMap<string, MetricMetadata> = new Map(
  SCRAPED_METADATA.map((entry) => [entry.name, entry]),
);
