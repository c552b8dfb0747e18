/** What became of the samples that were due: heard from the metrics server, scrape by scrape. */
import type { ScrapeFailure, ScrapeResult, ScrapeTarget } from "../sim/metric-sink.js";
import { SAMPLE_BYTES } from "../sim/observability/stored-bytes.js";
import { SYNTHETIC_SERIES } from "../sim/plant.js";
import { FateTally } from "./fate-tally.js";

const SAMPLE_KEPT = 0;
const SAMPLE_RELABELLED = 1;
const FIRST_FAILURE = 2;
export const SCRAPE_FAILURES: readonly ScrapeFailure[] = [
  "target down",
  "scrape timed out",
  "sample limit",
  "target limit",
  "metrics server away",
];
/** Kinds: kept, relabelled, then the failures in their order. */
export const SAMPLE_KINDS = FIRST_FAILURE + SCRAPE_FAILURES.length;
const failureKind = (failure: ScrapeFailure): number => FIRST_FAILURE + SCRAPE_FAILURES.indexOf(failure);

export class ScrapeTally {
  readonly tally = new FateTally(SAMPLE_KINDS);

  /** Each scrape adds samples of its own (`up` and others), which are there whether it went well or not. */
  hear({
    atUs,
    ok,
    samplesScraped,
    samplesKept,
    failure = "target down",
    samplesDue = samplesScraped,
  }: ScrapeResult): void {
    const kept = samplesKept + SYNTHETIC_SERIES;
    this.tally.addMany(atUs, SAMPLE_KEPT, kept, kept * SAMPLE_BYTES);
    if (ok) this.tally.addMany(atUs, SAMPLE_RELABELLED, samplesScraped - samplesKept, 0);
    else this.tally.addMany(atUs, failureKind(failure), samplesDue, 0);
  }

  missed(_target: ScrapeTarget, atUs: number, samplesDue: number): void {
    this.tally.addMany(atUs, failureKind("metrics server away"), samplesDue, 0);
  }
}
