/**
 * Every sample of some series over a time as one OpenMetrics text, for `promtool tsdb create-blocks-from openmetrics` and
 * other programs that take samples with their times. Source: OpenMetrics 1.0, timestamps.
 */
import { SCRAPED_METADATA } from "../../alerting/scraped-metadata.js";
import { LimitError } from "../../base/limit-error.js";
import { pulseOf } from "../../base/pulse.js";
import { MICROS_PER_MS } from "../../base/time.js";
import { BadParameter, selectorsOf, timeMs } from "../../query/promql/http-parameters.js";
import { emptyWindow } from "../../query/promql/samples.js";
import { STALE_MARKER } from "../../telemetry/metric-reader.js";
import type { ApiAnswer, ApiRequest } from "../api.js";
import type { ApiWorld } from "../api-world.js";
import { simulatedParameters } from "./clock.js";
import { type ExposedSample, expositionText, OPEN_METRICS_TYPE } from "./exposition-text.js";

/** Samples of one dump: about 60 MB of text. */
const SAMPLES_MAX = 500_000;

/** Parameters: match[], start, end; without times all that is kept. */
export function openMetricsDump(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const { clockAheadMs } = request;
  const parameters = simulatedParameters(request.parameters, clockAheadMs);
  const { metrics, dataFromUs } = world;
  const nowMs = world.nowUs / MICROS_PER_MS;
  const startMs = timeMs(parameters, "start", dataFromUs / MICROS_PER_MS);
  const endMs = Math.min(timeMs(parameters, "end", nowMs), nowMs);
  const selectors = selectorsOf(parameters);
  if (selectors.length === 0) throw new BadParameter("no match[] parameter provided");
  const samples: ExposedSample[] = [];
  const window = emptyWindow();
  const pulse = pulseOf(world.clockMs);
  for (const ref of new Set(selectors.flatMap((matchers) => [...metrics.select(matchers)]))) {
    pulse();
    const labels = metrics.labels(ref);
    // The window is open at its start, the question's is not.
    metrics.window(ref, startMs - 1, endMs, window);
    for (let index = window.from; index < window.to; index++) {
      const value = window.values[index];
      // The text has no word for the end of a series: whoever reads it sees no more samples.
      if (value === STALE_MARKER) continue;
      samples.push({ labels, value, timeMs: Math.round(window.timesMs[index] + clockAheadMs) });
    }
    if (samples.length > SAMPLES_MAX)
      throw new LimitError("samples of a dump", SAMPLES_MAX, samples.length, "Ask for less time or fewer series.");
  }
  const body = expositionText(samples, SCRAPED_METADATA, "open-metrics");
  return { httpStatus: 200, contentType: OPEN_METRICS_TYPE, body };
}
