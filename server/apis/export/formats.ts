/** In which forms a run can be taken out, and which signals each has. */
import type { Signal } from "./batch.js";

export interface Format {
  readonly name: string;
  readonly signals: readonly Signal[];
  readonly contentType: string;
  /** Of the body, where it is packed. */
  readonly contentEncoding?: "snappy";
  /** Batches follow the simulated time; otherwise they go metric by metric and there is no end to follow. */
  readonly byTime: boolean;
}

const ALL: readonly Signal[] = ["metrics", "logs", "traces"];

export const FORMATS: readonly Format[] = [
  { name: "otlp-json", signals: ALL, contentType: "application/json", byTime: true },
  { name: "otlp-protobuf", signals: ALL, contentType: "application/x-protobuf", byTime: true },
  {
    name: "remote-write",
    signals: ["metrics"],
    contentType: "application/x-protobuf",
    contentEncoding: "snappy",
    byTime: true,
  },
  {
    name: "openmetrics",
    signals: ["metrics"],
    contentType: "application/openmetrics-text; version=1.0.0; charset=utf-8",
    byTime: false,
  },
];

export const formatNamed = (name: string): Format | undefined => FORMATS.find((format) => format.name === name);
