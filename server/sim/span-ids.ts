/**
 * W3C trace and span ids (Trace Context, 2021) of requests and span rows: functions of the seed that can be undone, so
 * that no table from id to row is needed. The first word is a permutation of the number, the others check it.
 */
import { combine, mix, type SeedKeys, unmix } from "../base/draw.js";

/** 32 hex digits. `request` is the unsigned number in the span table. */
export function traceIdOf(keys: SeedKeys, request: number): string {
  return word(mix(request ^ keys.identityHigh)) + checkWords(keys.identityLow, request, 3);
}

/** The request whose trace has this id; undefined for an id that no request of this world can have. */
export function requestOfTraceId(keys: SeedKeys, traceId: string): number | undefined {
  if (!/^[0-9a-f]{32}$/.test(traceId)) return undefined;
  const request = (unmix(Number.parseInt(traceId.slice(0, 8), 16) | 0) ^ keys.identityHigh) >>> 0;
  return traceIdOf(keys, request) === traceId ? request : undefined;
}

/** 16 hex digits. `segment` tells the two span tables of a world apart: 0 the history, 1 the recent part. */
export function spanIdOf(keys: SeedKeys, segment: 0 | 1, row: number): string {
  const number = (segment << 31) | row;
  return word(mix(number ^ keys.identityLow)) + checkWords(keys.identityHigh, number, 1);
}

/** Segment and row of the span with this id; undefined for an id that no span of this world can have. */
export function spanOfSpanId(
  keys: SeedKeys,
  spanId: string,
): { readonly segment: 0 | 1; readonly row: number } | undefined {
  if (!/^[0-9a-f]{16}$/.test(spanId)) return undefined;
  const number = unmix(Number.parseInt(spanId.slice(0, 8), 16) | 0) ^ keys.identityLow;
  const segment = number < 0 ? 1 : 0;
  const row = number & 0x7fff_ffff;
  return spanIdOf(keys, segment, row) === spanId ? { segment, row } : undefined;
}

export function checkWords(key: number, number: number, count: number): string {
  let words = "";
  for (let index = 0; index < count; index++) words += word(combine(combine(key, number | 0), index));
  return words;
}

export const word = (value: number): string => (value >>> 0).toString(16).padStart(8, "0");
