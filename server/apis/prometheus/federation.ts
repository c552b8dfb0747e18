/**
 * Samples for other servers: `/federate` with the newest sample of each series that is asked for, and what one process
 * exposes, as it was scraped last. Source: prometheus/web/federate.go.
 */
import { SCRAPED_METADATA } from "../../alerting/scraped-metadata.js";
import { pulseOf } from "../../base/pulse.js";
import { MICROS_PER_MS } from "../../base/time.js";
import { BadParameter, selectorsOf } from "../../query/promql/http-parameters.js";
import { LabelSet } from "../../query/promql/label-set.js";
import type { SeriesRef } from "../../telemetry/metric-reader.js";
import { type ApiAnswer, type ApiRequest, textAnswer } from "../api.js";
import type { ApiWorld } from "../api-world.js";
import { type ExposedSample, expositionText, OPEN_METRICS_TYPE, TEXT_TYPE } from "./exposition-text.js";
import { LatestSamples, LOOKBACK_MS } from "./latest-samples.js";

/** Series of one federation at most: what Prometheus's own limit for a scrape would be set to. */
const FEDERATED_SERIES_MAX = 100_000;

export function federate(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const selectors = selectorsOf(request.parameters);
  const { metrics, nowUs } = world;
  const samples = new LatestSamples(metrics, nowUs / MICROS_PER_MS);
  const refs = [...new Set(selectors.flatMap((matchers) => [...metrics.select(matchers)]))];
  if (refs.length > FEDERATED_SERIES_MAX)
    throw new BadParameter(`more than ${String(FEDERATED_SERIES_MAX)} series: add label matchers to match[]`);
  const pulse = pulseOf(world.clockMs);
  const found = refs.flatMap((ref) => {
    pulse();
    const sample = samples.of(ref);
    const labels = LabelSet.of(metrics.labels(ref));
    return sample === undefined ? [] : [{ key: labels.key, labels: labels.toLabels(), ...sample }];
  });
  const ordered = found.sort((a, b) => (a.key < b.key ? -1 : 1));
  const lines: string[] = [];
  let last = "";
  for (const { labels, value, timeMs } of ordered) {
    pulse();
    const name = labels["__name__"] ?? "";
    // Types are not kept with the samples; a federating server reads them as untyped.
    if (name !== last) lines.push(`# TYPE ${name} untyped`);
    last = name;
    const line = expositionText([{ labels, value, timeMs: timeMs + request.clockAheadMs }], [], "text");
    lines.push(line.slice(line.indexOf("\n") + 1).trimEnd());
  }
  return { httpStatus: 200, contentType: TEXT_TYPE, body: lines.length === 0 ? "" : `${lines.join("\n")}\n` };
}

/** Labels that the scrape adds. */
const TARGET_LABELS: ReadonlySet<string> = new Set(["job", "instance"]);

/** Series about a target that the metrics server writes itself. */
const OWN_SERIES = /^(?:up|scrape_.*)$/;

/** What the process `instance` of `job` exposed when it was scraped last; 503 where that failed. */
export function exposition(job: string, instance: string, request: ApiRequest, world: ApiWorld): ApiAnswer {
  const { metrics, nowUs, model } = world;
  if (!model.targets.some((target) => target.job === job && target.instance === instance))
    return textAnswer("404 page not found\n", 404);
  const nowMs = nowUs / MICROS_PER_MS;
  const samples = new LatestSamples(metrics, nowMs);
  if (samples.value({ __name__: "up", job, instance })?.value !== 1)
    return textAnswer("the process does not answer\n", 503);
  const refs = metrics.select([
    { name: "job", operator: "=", value: job },
    { name: "instance", operator: "=", value: instance },
  ]);
  const exposed = refs.flatMap((ref) => exposedSample(ref, samples, world));
  const open = request.accept.includes("application/openmetrics-text");
  return {
    httpStatus: 200,
    contentType: open ? OPEN_METRICS_TYPE : TEXT_TYPE,
    body: expositionText(exposed, SCRAPED_METADATA, open ? "open-metrics" : "text"),
  };
}

function exposedSample(ref: SeriesRef, samples: LatestSamples, { metrics, nowUs }: ApiWorld): readonly ExposedSample[] {
  const labels = metrics.labels(ref);
  if (OWN_SERIES.test(labels["__name__"])) return [];
  const sample = samples.of(ref);
  if (sample === undefined) return [];
  const nowMs = nowUs / MICROS_PER_MS;
  const exemplar = metrics.exemplars(ref, nowMs - LOOKBACK_MS, nowMs).at(-1);
  const own = Object.entries(labels).filter(([name]) => !TARGET_LABELS.has(name));
  return [
    {
      labels: Object.fromEntries(own),
      value: sample.value,
      ...(exemplar === undefined ? {} : { exemplar }),
    },
  ];
}
