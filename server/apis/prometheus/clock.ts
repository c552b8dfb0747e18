/**
 * Clients that go by a clock of their own: times in their questions become simulated ones, times in answers theirs.
 * What a query computes with times (`time()`, `timestamp()`) is simulated.
 */
import { formatRfc3339, parseRfc3339Ms } from "../../query/promql/calendar.js";
import type { HttpParameters } from "../../query/promql/http-parameters.js";

const TIME_PARAMETERS: readonly string[] = ["time", "start", "end"];
const SECONDS = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Parameters with their times in simulated seconds; what is no time stays as it is, and is complained about later. */
export function simulatedParameters(parameters: HttpParameters, clockAheadMs: number): HttpParameters {
  if (clockAheadMs === 0) return parameters;
  const shift = (text: string): string => {
    const ms = SECONDS.test(text) ? Number(text) * 1_000 : parseRfc3339Ms(text);
    return ms === undefined || !Number.isFinite(ms) ? text : String((ms - clockAheadMs) / 1_000);
  };
  const entries = Object.entries(parameters).map(([name, values]) => [
    name,
    TIME_PARAMETERS.includes(name) ? values?.map(shift) : values,
  ]);
  return Object.fromEntries(entries) as HttpParameters;
}

type Point = readonly [seconds: number, value: unknown];

interface QueryData {
  readonly resultType?: string;
  readonly result?: unknown;
}

/** The data of an answer to a query, or of exemplars, with its times in the client's clock. */
export function clientData(data: unknown, clockAheadMs: number): unknown {
  if (clockAheadMs === 0) return data;
  if (Array.isArray(data)) return data.map((entry) => clientExemplars(entry, clockAheadMs));
  if (typeof data !== "object" || data === null || !("resultType" in data)) return data;
  const { resultType, result } = data as QueryData;
  const shift = ([seconds, value]: Point): Point => [Math.round(seconds * 1_000 + clockAheadMs) / 1_000, value];
  if (resultType === "scalar" || resultType === "string") return { ...data, result: shift(result as Point) };
  const rows = result as readonly { readonly value?: Point; readonly values?: readonly Point[] }[];
  return {
    ...data,
    result: rows.map((row) => ({
      ...row,
      ...(row.value === undefined ? {} : { value: shift(row.value) }),
      ...(row.values === undefined ? {} : { values: row.values.map(shift) }),
    })),
  };
}

function clientExemplars(entry: unknown, clockAheadMs: number): unknown {
  if (typeof entry !== "object" || entry === null || !("exemplars" in entry)) return entry;
  const exemplars = entry.exemplars as readonly { readonly timestamp: number }[];
  return {
    ...entry,
    exemplars: exemplars.map((one) => ({ ...one, timestamp: one.timestamp + clockAheadMs / 1_000 })),
  };
}

/** A simulated instant as the client's clock shows it. */
export const clientTime = (ms: number, clockAheadMs: number): string => formatRfc3339(ms + clockAheadMs);
