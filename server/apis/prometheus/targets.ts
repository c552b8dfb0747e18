/**
 * What the simulated metrics server scrapes, and how it went: from its own series about each target. Source:
 * prometheus/web/api/v1/api.go, targets, targetMetadata, scrapePools.
 */
import { SCRAPED_METADATA } from "../../alerting/scraped-metadata.js";
import { MICROS_PER_MS } from "../../base/time.js";
import { formatDurationMs } from "../../query/promql/literals.js";
import { BadParameter, first, limitOf } from "../../query/promql/http-parameters.js";
import { parsePromql } from "../../query/promql/parse.js";
import { compileMatcher } from "../../telemetry/matcher.js";
import type { LabelMatcher } from "../../telemetry/metric-reader.js";
import type { ScrapeTarget } from "../../sim/metric-sink.js";
import type { ApiRequest } from "../api.js";
import type { ApiWorld } from "../api-world.js";
import { clientTime } from "./clock.js";
import { LatestSamples } from "./latest-samples.js";

/** `state` active (default), dropped, any; `scrapePool` one job. */
export function targets(request: ApiRequest, world: ApiWorld): unknown {
  const { parameters } = request;
  const state = (first(parameters, "state") ?? "any").toLowerCase();
  if (!["active", "dropped", "any"].includes(state)) throw new BadParameter(`invalid parameter "state": unknown state`);
  const pool = first(parameters, "scrapePool");
  const active = known(world).filter(({ job }) => pool === undefined || job === pool);
  return {
    activeTargets: state === "dropped" ? [] : active.map((target) => activeTarget(target, request, world)),
    droppedTargets: [],
    droppedTargetCounts: Object.fromEntries(pools(world).map((job) => [job, 0])),
  };
}

/** Targets that have ever been scraped: instances that could be but are not there are none. */
function known(world: ApiWorld): readonly ScrapeTarget[] {
  const samples = new LatestSamples(world.metrics, world.nowUs / MICROS_PER_MS);
  return world.model.targets.filter(
    ({ job, instance }) => samples.value({ __name__: "up", job, instance }) !== undefined,
  );
}

const pools = ({ model }: ApiWorld): readonly string[] => [...new Set(model.targets.map(({ job }) => job))].sort();

export function scrapePools(_request: ApiRequest, world: ApiWorld): unknown {
  return { scrapePools: pools(world) };
}

function activeTarget(
  target: ScrapeTarget,
  { clockAheadMs }: ApiRequest,
  { model, metrics, nowUs }: ApiWorld,
): unknown {
  const { job, instance } = target;
  const { scrapeInterval, scrapeTimeout } = model.topology.plant;
  const interval = formatDurationMs(scrapeInterval / MICROS_PER_MS);
  const timeout = formatDurationMs(scrapeTimeout / MICROS_PER_MS);
  const samples = new LatestSamples(metrics, nowUs / MICROS_PER_MS);
  const up = samples.value({ __name__: "up", job, instance });
  const seconds = samples.value({ __name__: "scrape_duration_seconds", job, instance })?.value ?? 0;
  const url = `http://${instance}/metrics`;
  return {
    discoveredLabels: {
      __address__: instance,
      __metrics_path__: "/metrics",
      __scheme__: "http",
      __scrape_interval__: interval,
      __scrape_timeout__: timeout,
      job,
    },
    labels: { instance, job },
    scrapePool: job,
    scrapeUrl: url,
    globalUrl: url,
    lastError: up === undefined || up.value === 1 ? "" : scrapeError(url, seconds, scrapeTimeout),
    lastScrape: clientTime(up?.timeMs ?? 0, up === undefined ? 0 : clockAheadMs),
    lastScrapeDuration: seconds,
    health: up === undefined ? "unknown" : up.value === 1 ? "up" : "down",
    scrapeInterval: interval,
    scrapeTimeout: timeout,
  };
}

/** A scrape that took as long as it may ran into its time-out; one that ended early was refused. */
function scrapeError(url: string, seconds: number, timeoutUs: number): string {
  return seconds >= timeoutUs / 1e6
    ? `Get "${url}": context deadline exceeded`
    : `Get "${url}": dial tcp: connect: connection refused`;
}

/** Metadata of metrics by target; `match_target` chooses targets, `metric` one metric. */
export function targetMetadata(request: ApiRequest, world: ApiWorld): unknown {
  const { parameters } = request;
  const wanted = first(parameters, "metric");
  const chosen = targetFilter(first(parameters, "match_target"));
  const limit = limitOf(parameters) ?? Infinity;
  const entries: unknown[] = [];
  for (const target of known(world)) {
    if (!chosen(target)) continue;
    const names = new Set(target.series.map(({ name }) => name));
    for (const { name, type, help, unit } of SCRAPED_METADATA) {
      if (entries.length >= limit) return entries;
      if (wanted !== undefined && name !== wanted) continue;
      if (!SUFFIXES.some((suffix) => names.has(name + suffix))) continue;
      const { job, instance } = target;
      entries.push({ target: { instance, job }, ...(wanted === undefined ? { metric: name } : {}), type, help, unit });
    }
  }
  return entries;
}

const SUFFIXES: readonly string[] = ["", "_bucket", "_count", "_sum", "_total"];

function targetFilter(selector: string | undefined): (target: ScrapeTarget) => boolean {
  if (selector === undefined) return () => true;
  const parsed = parsePromql(selector);
  if (!parsed.ok || parsed.value.kind !== "vector-selector")
    throw new BadParameter(`invalid parameter "match_target": ${selector} is not a selector`);
  return matching(parsed.value.matchers);
}

function matching(matchers: readonly LabelMatcher[]): (target: ScrapeTarget) => boolean {
  const tests = matchers.map((matcher) => ({ name: matcher.name, matches: compileMatcher(matcher) }));
  return ({ job, instance }) => {
    const labels: Readonly<Record<string, string>> = { job, instance };
    return tests.every(({ name, matches }) => matches(Object.hasOwn(labels, name) ? labels[name] : ""));
  };
}
