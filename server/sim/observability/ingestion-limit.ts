/**
 * What a store lets one tenant bring in: a token bucket over bytes, spans or profiles. What finds it empty is discarded.
 *
 * Simplification, named: whoever sends does not try again, so each item is refused once.
 *
 * Source: Loki and Tempo, `ingestion_rate_limit_bytes` and `burst_size_bytes` (golang.org/x/time/rate).
 */
import type { IngestionRate } from "../../topology/observability-spec.js";

export class IngestionLimit {
  tokens: number;
  lastUs = 0;

  constructor(readonly rate: IngestionRate) {
    this.tokens = rate.burst;
  }

  /** Takes `amount` where there is so much. */
  admits(amount: number, nowUs: number): boolean {
    const { perSecond, burst } = this.rate;
    this.tokens = Math.min(burst, this.tokens + (Math.max(0, nowUs - this.lastUs) * perSecond) / 1e6);
    this.lastUs = nowUs;
    if (this.tokens < amount) return false;
    this.tokens -= amount;
    return true;
  }
}
