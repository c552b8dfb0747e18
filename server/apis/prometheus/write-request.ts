/**
 * Samples as Prometheus sends them to other stores: WriteRequest of remote write 1.0, before it is packed by Snappy. The
 * end of a series is a NaN of its own. Source: prometheus/prompb/remote.proto, types.proto.
 */
import { type Exemplar, type Labels, STALE_MARKER } from "../../telemetry/metric-reader.js";
import type { SeriesSamples, MetricDescription } from "../otlp/series-samples.js";
import { ProtobufWriter } from "../protobuf/protobuf-writer.js";

/** The value by which Prometheus says that a series has ended. */
const STALE_NAN_BITS = 0x7ff0000000000002n;

/** Fields of TimeSeries, Label, Sample and Exemplar. */
const FIELD = {
  labels: 1,
  samples: 2,
  exemplars: 3,
  labelName: 1,
  labelValue: 2,
  value: 1,
  time: 2,
  exemplarLabels: 1,
  exemplarValue: 2,
  exemplarTime: 3,
} as const;

const REQUEST = { timeseries: 1, metadata: 3 } as const;
const METADATA = { type: 1, family: 2, help: 4, unit: 5 } as const;
const TYPES: Readonly<Record<string, number>> = { counter: 1, gauge: 2, histogram: 3, summary: 5 };

/** @param described metrics that are told about along with the samples */
export function writeRequest(
  batch: readonly SeriesSamples[],
  described: readonly MetricDescription[],
  aheadMs: number,
): Uint8Array {
  const writer = new ProtobufWriter(64 * 1024);
  for (const series of batch) {
    writer.message(REQUEST.timeseries, () => {
      writeTimeSeries(writer, series, { from: 0, to: series.timesMs.length, aheadMs });
      for (const exemplar of series.exemplars)
        writer.message(FIELD.exemplars, () => {
          writeExemplar(writer, exemplar, aheadMs);
        });
    });
  }
  for (const { name, type, help, unit } of described) {
    writer.message(REQUEST.metadata, () => {
      writer.varint(METADATA.type, TYPES[type] ?? 0);
      writer.string(METADATA.family, name);
      writer.string(METADATA.help, help);
      writer.string(METADATA.unit, unit);
    });
  }
  return writer.bytes();
}

/** Labels and samples `from ≤ index < to`, into a TimeSeries that is open. */
export function writeTimeSeries(
  writer: ProtobufWriter,
  { labels, timesMs, values }: Pick<SeriesSamples, "labels" | "timesMs" | "values">,
  { from, to, aheadMs }: { readonly from: number; readonly to: number; readonly aheadMs: number },
): void {
  writeLabels(writer, FIELD.labels, labels);
  for (let index = from; index < to; index++) {
    writer.message(FIELD.samples, () => {
      const value = values[index];
      if (value === STALE_MARKER) writer.fixed64(FIELD.value, STALE_NAN_BITS);
      else writer.double(FIELD.value, value);
      writer.varint(FIELD.time, Math.round(timesMs[index] + aheadMs));
    });
  }
}

function writeExemplar(writer: ProtobufWriter, { labels, value, timestampMs }: Exemplar, aheadMs: number): void {
  writeLabels(writer, FIELD.exemplarLabels, labels);
  writer.double(FIELD.exemplarValue, value);
  writer.varint(FIELD.exemplarTime, Math.round(timestampMs + aheadMs));
}

/** In order of name, as receivers expect them. */
function writeLabels(writer: ProtobufWriter, field: number, labels: Labels): void {
  for (const [name, value] of Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))) {
    writer.message(field, () => {
      writer.string(FIELD.labelName, name);
      writer.string(FIELD.labelValue, value);
    });
  }
}
