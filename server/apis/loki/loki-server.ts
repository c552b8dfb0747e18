/**
 * What a Loki says of itself: its version, its limits as Logs Drilldown asks for them, its configuration as far as this
 * one has any, rules (it evaluates none), and how an index would divide a query. Source: grafana/loki docs,
 * reference/loki-http-api; pkg/loki/config_handler.go.
 */
import { MICROS_PER_MS } from "../../base/time.js";
import { formatDurationMs } from "../../query/promql/literals.js";
import { type ApiAnswer, type ApiRequest, jsonAnswer } from "../api.js";
import type { ApiWorld } from "../api-world.js";
import { lineFigures } from "./loki-index.js";
import { limitsOf } from "./loki-limits.js";
import { LINES_MAX, VOLUMES_MAX } from "./loki-parameters.js";

/** The version whose behaviour this is. */
const VERSION = "3.5.0";

const BUILD = { version: VERSION, revision: "", branch: "", buildUser: "", buildDate: "", goVersion: "" };

export const buildInfo = (): ApiAnswer => jsonAnswer(BUILD);

interface Limits {
  readonly [name: string]: unknown;
}

function limitsInForce(world: ApiWorld): Limits {
  const { seriesMax, timeMsMax } = limitsOf(world);
  return {
    discover_log_levels: true,
    discover_service_name: ["service_name"],
    log_level_fields: ["level", "detected_level"],
    max_entries_limit_per_query: LINES_MAX,
    max_line_size_truncate: false,
    max_query_bytes_read: "0B",
    max_query_length: "0s",
    max_query_lookback: "0s",
    max_query_range: "0s",
    max_query_series: seriesMax,
    metric_aggregation_enabled: false,
    pattern_persistence_enabled: false,
    query_timeout: formatDurationMs(timeMsMax),
    retention_period: formatDurationMs(world.model.topology.plant.retention / MICROS_PER_MS),
    volume_enabled: true,
    volume_max_series: VOLUMES_MAX,
  };
}

/** Logs Drilldown shows its tabs by this. */
export function drilldownLimits(_request: ApiRequest, world: ApiWorld): ApiAnswer {
  return jsonAnswer({
    limits: limitsInForce(world),
    pattern_ingester_enabled: true,
    version: VERSION,
  });
}

/** As YAML; JSON scalars are YAML scalars. */
export function configText(world: ApiWorld): ApiAnswer {
  const lines = Object.entries(limitsInForce(world)).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`);
  const body = ["target: all", "auth_enabled: true", "limits_config:", ...lines, ""].join("\n");
  return { httpStatus: 200, contentType: "text/plain; charset=utf-8", body };
}

/** No rules are evaluated over lines here: the run's alerts are its Prometheus's. */
export const noRules = (): ApiAnswer => ({
  httpStatus: 404,
  contentType: "text/plain; charset=utf-8",
  body: "no rule groups found\n",
});

export const noRuleGroups = (): ApiAnswer =>
  jsonAnswer({ status: "success", data: { groups: [] }, errorType: "", error: "" });

/** Greatest number of the hash by which an index divides its series: all 64 bits. */
const BOUND_MAX = "18446744073709551615";

/** One shard of everything: nothing here is divided. */
export function indexShards(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const stats = lineFigures(request, world);
  return jsonAnswer({
    shards: [{ bounds: { min: 0, max: BOUND_MAX }, stats }],
    statistics: {
      index: { totalChunks: stats.chunks, postFilterChunks: stats.chunks, shardsDuration: 0, usedBloomFilters: false },
    },
  });
}
