/**
 * What can become of a span and of a log line on the way to its store: a byte beside its row, and what each byte means.
 * The mechanisms write them (collector, log agents); stores, retention and the ledger read them. Order is the byte, 0 is
 * on its way.
 */

/** Where something stands in the account of what was made. */
export type FateKind = "on-its-way" | "kept" | "sampled-out" | "lost";

export interface Fate {
  readonly kind: FateKind;
  /** Why: the policy that kept it or left it out, the limit that it was lost to; empty where there is nothing to say. */
  readonly reason: string;
}

const fate = (kind: FateKind, reason = ""): Fate => ({ kind, reason });

export const SPAN_ON_ITS_WAY = 0;
export const SPAN_KEPT = 1;
export const SPAN_KEPT_ERROR = 2;
export const SPAN_KEPT_SLOW = 3;
export const SPAN_KEPT_SHARE = 4;
export const SPAN_HEAD_SAMPLED = 5;
export const SPAN_TAIL_SAMPLED = 6;
export const SPAN_LOST_IN_PROCESS = 7;
export const SPAN_REFUSED = 8;
export const SPAN_OVER_MEMORY = 9;
export const SPAN_QUEUE_FULL = 10;
export const SPAN_LOST_IN_RESTART = 11;
export const SPAN_RATE_LIMITED = 12;

export const SPAN_FATES: readonly Fate[] = [
  fate("on-its-way"),
  fate("kept"),
  fate("kept", "status"),
  fate("kept", "latency"),
  fate("kept", "probabilistic"),
  fate("sampled-out", "head sampling"),
  fate("sampled-out", "tail sampling"),
  fate("lost", "process buffer full"),
  fate("lost", "collector away"),
  fate("lost", "memory limit"),
  fate("lost", "queue full"),
  fate("lost", "collector restarted"),
  fate("lost", "rate limited"),
];

export const LINE_ON_ITS_WAY = 0;
export const LINE_SHIPPED = 1;
export const LINE_BUFFER_FULL = 2;
export const LINE_SAMPLED_OUT = 3;
export const LINE_RATE_LIMITED = 4;
export const LINE_TOO_LONG = 5;
export const LINE_TOO_OLD = 6;
export const LINE_OVER_STREAMS = 7;

export const LINE_FATES: readonly Fate[] = [
  fate("on-its-way"),
  fate("kept"),
  fate("lost", "buffer full"),
  fate("sampled-out", "agent sampling"),
  fate("lost", "rate limited"),
  fate("lost", "line too long"),
  fate("lost", "too old"),
  fate("lost", "stream limit"),
];

export const isSpanKeptBy = (code: number): boolean => code >= SPAN_KEPT && code <= SPAN_KEPT_SHARE;

/*
 * How long something was on its way, in a byte: 0 for at once, else the logarithm of its milliseconds in steps of 7 %, so
 * that a quantile is off by 3.5 % at most; the last step is 8 hours.
 */
const DELAY_STEP = Math.log(1.07);
export const DELAY_CODES = 256;

export const delayCode = (delayUs: number): number =>
  Math.min(DELAY_CODES - 1, Math.max(0, Math.round(Math.log1p(delayUs / 1_000) / DELAY_STEP)));

export const delayUsOf = (code: number): number => Math.expm1(code * DELAY_STEP) * 1_000;
