/** Values of queries as Loki's HTTP API writes them: lines with times in ns as text, samples in seconds and as text. */
import { formatValue } from "../promql/literals.js";
import type { LogqlValue, StreamResult } from "./evaluate.js";

export interface JsonOptions {
  /** µs that are added to every time. */
  readonly aheadUs?: number;
  /** Labels of metadata and parsed fields beside each line, and only those of the stream above. */
  readonly categorized?: boolean;
}

export interface ValueJson {
  readonly resultType: LogqlValue["kind"];
  readonly result: unknown;
}

export function valueJson(value: LogqlValue, options: JsonOptions = {}): ValueJson {
  const { aheadUs = 0 } = options;
  // Times of samples have milliseconds, however finely the question was put.
  const seconds = (timeMs: number): number => Math.floor(Math.round(timeMs * 1e3 + aheadUs) / 1e3) / 1e3;
  switch (value.kind) {
    case "scalar":
      return { resultType: "scalar", result: [seconds(value.timeMs), formatValue(value.value)] };
    case "vector":
      return {
        resultType: "vector",
        result: value.samples.map(({ labels, value: sample }) => ({
          metric: labels.toLabels(),
          value: [seconds(value.timeMs), formatValue(sample)],
        })),
      };
    case "matrix":
      return {
        resultType: "matrix",
        result: value.series.map(({ labels, points }) => ({
          metric: labels.toLabels(),
          values: points.map(([timeMs, sample]) => [seconds(timeMs), formatValue(sample)]),
        })),
      };
    case "streams":
      return {
        resultType: "streams",
        result: value.streams.flatMap((stream) =>
          options.categorized === true ? byStream(stream, aheadUs) : [whole(stream, aheadUs)],
        ),
      };
  }
}

function whole({ labels, entries }: StreamResult, aheadUs: number): unknown {
  return { stream: labels.toLabels(), values: entries.map(({ timeUs, line }) => [nanosText(timeUs + aheadUs), line]) };
}

function byStream({ entries }: StreamResult, aheadUs: number): unknown[] {
  const streams = new Map<string, { readonly stream: unknown; readonly values: unknown[] }>();
  for (const { timeUs, line, kinds } of entries) {
    const key = JSON.stringify(kinds.stream);
    const stream = streams.get(key) ?? { stream: kinds.stream, values: [] };
    stream.values.push([nanosText(timeUs + aheadUs), line, categories(kinds.metadata, kinds.parsed)]);
    streams.set(key, stream);
  }
  return [...streams.values()];
}

/** Only the categories that have something in them. */
function categories(structuredMetadata: object, parsed: object): Readonly<Record<string, object>> {
  return {
    ...(Object.keys(structuredMetadata).length > 0 ? { structuredMetadata } : {}),
    ...(Object.keys(parsed).length > 0 ? { parsed } : {}),
  };
}

/** ns of a time in µs, as text: a double cannot hold them. */
export function nanosText(timeUs: number): string {
  const whole = Math.floor(timeUs);
  return (BigInt(whole) * 1000n + BigInt(Math.round((timeUs - whole) * 1000))).toString();
}
