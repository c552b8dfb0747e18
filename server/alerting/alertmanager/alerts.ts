/** Alerts as Alertmanager keeps them: by labels, with the times that their senders gave. Source: alertmanager/types/types.go. */
import type { Labels } from "../../telemetry/metric-reader.js";
import { fingerprint } from "./fingerprint.js";

/** What a sender posts. */
export interface PostedAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  /** Undefined: now. */
  readonly startsAtMs?: number;
  /** Undefined: until it was not sent again for the time that the configuration says. */
  readonly endsAtMs?: number;
  readonly generatorUrl: string;
}

export interface StoredAlert {
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly updatedAtMs: number;
  readonly generatorUrl: string;
  /** Its end is the configuration's and no sender's. */
  readonly timesOut: boolean;
}

export const isResolved = ({ endsAtMs }: StoredAlert, atMs: number): boolean => endsAtMs <= atMs;

export function storedAlert(posted: PostedAlert, atMs: number, resolveTimeoutMs: number): StoredAlert {
  const { labels, annotations, generatorUrl, endsAtMs } = posted;
  return {
    fingerprint: fingerprint(labels),
    labels,
    annotations,
    startsAtMs: posted.startsAtMs ?? Math.min(endsAtMs ?? atMs, atMs),
    endsAtMs: endsAtMs ?? atMs + resolveTimeoutMs,
    updatedAtMs: atMs,
    generatorUrl,
    timesOut: endsAtMs === undefined,
  };
}

/** What is known after an alert was sent once more: one course of it goes on where the times overlap. */
export function mergedAlert(old: StoredAlert, sent: StoredAlert, atMs: number): StoredAlert {
  const overlaps =
    (sent.endsAtMs > old.startsAtMs && sent.endsAtMs < old.endsAtMs) ||
    (sent.startsAtMs > old.startsAtMs && sent.startsAtMs < old.endsAtMs);
  if (!overlaps) return sent;
  const startsAtMs = Math.min(old.startsAtMs, sent.startsAtMs);
  const oldEndRules = isResolved(sent, atMs)
    ? isResolved(old, atMs) && old.endsAtMs > sent.endsAtMs
    : old.endsAtMs > sent.endsAtMs && !old.timesOut;
  return { ...sent, startsAtMs, endsAtMs: oldEndRules ? old.endsAtMs : sent.endsAtMs };
}
