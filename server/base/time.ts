/**
 * Simulated time. One unit everywhere: integer microseconds in a branded number, exact for 285 years of calendar
 * (2^53 µs). Instants count from the Unix epoch of the *simulated* calendar; the wall clock never enters here.
 * Other units exist only in the named conversions below.
 */

/** An instant of the simulated calendar: integer µs since the Unix epoch. */
export type SimTime = number & { readonly __brand: "SimTime" };

/** A span of simulated time: integer µs, may be negative for offsets. */
export type Duration = number & { readonly __brand: "Duration" };

export const MICROS_PER_MS = 1_000;
export const MICROS_PER_SECOND = 1_000_000;
export const MICROS_PER_MINUTE = 60 * MICROS_PER_SECOND;
export const MICROS_PER_HOUR = 60 * MICROS_PER_MINUTE;

/** Brands a number that is already whole µs since the epoch. */
export const simTime = (micros: number): SimTime => micros as SimTime;

/** Brands a number that is already whole µs. */
export const duration = (micros: number): Duration => micros as Duration;

export const seconds = (count: number): Duration => Math.round(count * MICROS_PER_SECOND) as Duration;
export const milliseconds = (count: number): Duration => Math.round(count * MICROS_PER_MS) as Duration;
export const minutes = (count: number): Duration => Math.round(count * MICROS_PER_MINUTE) as Duration;

export const addTime = (at: SimTime, by: Duration): SimTime => (at + by) as SimTime;
export const subtractTime = (at: SimTime, by: Duration): SimTime => (at - by) as SimTime;
