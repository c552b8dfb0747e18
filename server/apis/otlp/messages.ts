/**
 * The messages of OpenTelemetry's protocol for metrics and logs, by description: fields by their JSON names, with their
 * numbers. Source: opentelemetry-proto 1.x: common.proto, resource.proto, metrics.proto, logs.proto.
 */
import type { FieldDescription, MessageDescription } from "../protobuf/message.js";

const ANY_VALUE: MessageDescription = {
  stringValue: { number: 1, type: "string" },
  boolValue: { number: 2, type: "bool" },
  intValue: { number: 3, type: "int64" },
  doubleValue: { number: 4, type: "double" },
};

const KEY_VALUE: MessageDescription = {
  key: { number: 1, type: "string" },
  value: { number: 2, type: ANY_VALUE },
};

const attributesField = (number: number): FieldDescription => ({ number, repeated: true, type: KEY_VALUE });

const START_AND_TIME: MessageDescription = {
  startTimeUnixNano: { number: 2, type: "fixed64" },
  timeUnixNano: { number: 3, type: "fixed64" },
};

const EXEMPLAR: MessageDescription = {
  filteredAttributes: attributesField(7),
  timeUnixNano: { number: 2, type: "fixed64" },
  asDouble: { number: 3, type: "double" },
  spanId: { number: 4, type: "hex" },
  traceId: { number: 5, type: "hex" },
};

const NUMBER_POINT: MessageDescription = {
  attributes: attributesField(7),
  ...START_AND_TIME,
  asDouble: { number: 4, type: "double" },
  exemplars: { number: 5, repeated: true, type: EXEMPLAR },
  flags: { number: 8, type: "int32" },
};

const HISTOGRAM_POINT: MessageDescription = {
  attributes: attributesField(9),
  ...START_AND_TIME,
  count: { number: 4, type: "fixed64" },
  sum: { number: 5, type: "double" },
  bucketCounts: { number: 6, repeated: true, type: "fixed64" },
  explicitBounds: { number: 7, repeated: true, type: "double" },
  exemplars: { number: 8, repeated: true, type: EXEMPLAR },
  flags: { number: 10, type: "int32" },
};

const SUMMARY_POINT: MessageDescription = {
  attributes: attributesField(7),
  ...START_AND_TIME,
  count: { number: 4, type: "fixed64" },
  sum: { number: 5, type: "double" },
  quantileValues: {
    number: 6,
    repeated: true,
    type: { quantile: { number: 1, type: "double" }, value: { number: 2, type: "double" } },
  },
  flags: { number: 8, type: "int32" },
};

const points = (type: MessageDescription): FieldDescription => ({ number: 1, repeated: true, type });
const TEMPORALITY: FieldDescription = { number: 2, type: "int32" };

const METRIC: MessageDescription = {
  name: { number: 1, type: "string" },
  description: { number: 2, type: "string" },
  unit: { number: 3, type: "string" },
  gauge: { number: 5, type: { dataPoints: points(NUMBER_POINT) } },
  sum: {
    number: 7,
    type: {
      dataPoints: points(NUMBER_POINT),
      aggregationTemporality: TEMPORALITY,
      isMonotonic: { number: 3, type: "bool" },
    },
  },
  histogram: {
    number: 9,
    type: { dataPoints: points(HISTOGRAM_POINT), aggregationTemporality: TEMPORALITY },
  },
  summary: { number: 11, type: { dataPoints: points(SUMMARY_POINT) } },
};

const LOG_RECORD: MessageDescription = {
  timeUnixNano: { number: 1, type: "fixed64" },
  observedTimeUnixNano: { number: 11, type: "fixed64" },
  severityNumber: { number: 2, type: "int32" },
  severityText: { number: 3, type: "string" },
  body: { number: 5, type: ANY_VALUE },
  attributes: attributesField(6),
  traceId: { number: 9, type: "hex" },
  spanId: { number: 10, type: "hex" },
};

const RESOURCE: FieldDescription = { number: 1, type: { attributes: attributesField(1) } };
const SCOPE: FieldDescription = {
  number: 1,
  type: { name: { number: 1, type: "string" }, version: { number: 2, type: "string" } },
};

/** What of a resource stands in the list of its scope. */
const listOf = (type: MessageDescription): FieldDescription => ({ number: 2, repeated: true, type });

/** MetricsData and ExportMetricsServiceRequest have one form, as have those of logs. */
export const METRICS_DATA: MessageDescription = {
  resourceMetrics: {
    number: 1,
    repeated: true,
    type: { resource: RESOURCE, scopeMetrics: listOf({ scope: SCOPE, metrics: listOf(METRIC) }) },
  },
};

export const LOGS_DATA: MessageDescription = {
  resourceLogs: {
    number: 1,
    repeated: true,
    type: { resource: RESOURCE, scopeLogs: listOf({ scope: SCOPE, logRecords: listOf(LOG_RECORD) }) },
  },
};
