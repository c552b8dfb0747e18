/**
 * Log lines as OpenTelemetry's protocol carries them. Source: opentelemetry-proto, logs.proto; the severity numbers are
 * those of the logs data model.
 */
import type { LogLevel, LogLine } from "../../wire/telemetry.js";
import { encodeMessage } from "../protobuf/message.js";
import { type AnyValue, type KeyValue, keyValues, nanosText } from "./any-value.js";
import { LOGS_DATA } from "./messages.js";
import { SCOPE, splitAttributes } from "./resources.js";

interface OtlpLogRecord {
  readonly timeUnixNano: string;
  /** When the collector saw it: by the right clock, where that of the process may be wrong. */
  readonly observedTimeUnixNano: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: AnyValue;
  readonly attributes: readonly KeyValue[];
  readonly traceId?: string;
  readonly spanId?: string;
}

export interface LogsData {
  readonly resourceLogs: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeLogs: readonly {
      readonly scope: { readonly name: string };
      readonly logRecords: readonly OtlpLogRecord[];
    }[];
  }[];
}

export interface SeenLine {
  readonly line: LogLine;
  readonly observedUs: number;
}

const SEVERITIES: Readonly<Record<LogLevel, number>> = { debug: 5, info: 9, warn: 13, error: 17 };

/** Lines by the process that wrote them, in the order in which they come. `aheadUs` is added to all times. */
export function logsData(lines: readonly SeenLine[], aheadUs = 0): LogsData {
  const groups = new Map<string, { readonly attributes: readonly KeyValue[]; readonly records: OtlpLogRecord[] }>();
  for (const { line, observedUs } of lines) {
    const { resource, own } = splitAttributes(line);
    const key = JSON.stringify(resource);
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { attributes: keyValues(resource), records: [] }));
    const { traceId, spanId } = line;
    group.records.push({
      timeUnixNano: nanosText(line.timeUs + aheadUs),
      observedTimeUnixNano: nanosText(observedUs + aheadUs),
      severityNumber: SEVERITIES[line.level],
      severityText: line.level.toUpperCase(),
      body: { stringValue: line.message },
      attributes: keyValues(own),
      ...(traceId === undefined ? {} : { traceId }),
      ...(spanId === undefined ? {} : { spanId }),
    });
  }
  return {
    resourceLogs: [...groups.values()].map(({ attributes, records }) => ({
      resource: { attributes },
      scopeLogs: [{ scope: SCOPE, logRecords: records }],
    })),
  };
}

export const encodeLogsData = (data: LogsData): Uint8Array => encodeMessage(LOGS_DATA, { ...data });
