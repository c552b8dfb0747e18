/** Instants and spans as people read them in a debrief. */
import { MICROS_PER_HOUR, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../base/time.js";

/** `14:02:30`, from µs since the epoch. */
export function formatClockUtc(atUs: number): string {
  const dayUs = 24 * MICROS_PER_HOUR;
  const inDay = ((atUs % dayUs) + dayUs) % dayUs;
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  return `${two(inDay / MICROS_PER_HOUR)}:${two((inDay % MICROS_PER_HOUR) / MICROS_PER_MINUTE)}:${two((inDay % MICROS_PER_MINUTE) / MICROS_PER_SECOND)}`;
}

/** `240 ms`, `1.44 s`: three significant digits from a second on. */
export function formatMs(durationMs: number): string {
  if (durationMs < 999.5) return `${durationMs.toFixed(0)} ms`;
  const seconds = durationMs / 1_000;
  return `${seconds < 99.95 ? String(Number(seconds.toPrecision(3))) : seconds.toFixed(0)} s`;
}

/** `12 min 30 s`; seconds only below a minute. */
export function formatSpan(spanUs: number): string {
  const minutes = Math.floor(spanUs / MICROS_PER_MINUTE);
  const seconds = Math.round((spanUs % MICROS_PER_MINUTE) / MICROS_PER_SECOND);
  if (minutes === 0) return `${String(seconds)} s`;
  return seconds === 0 ? `${String(minutes)} min` : `${String(minutes)} min ${String(seconds)} s`;
}
