import { expect, test } from "vitest";
import { unitOfQuery } from "../../../client/charts/query-unit.js";

test.each([
  ["histogram_quantile(0.99, sum by (le) (rate(http_server_request_duration_seconds_bucket[1m])))", "s"],
  [
    "sum(rate(http_server_request_duration_seconds_sum[1m])) / sum(rate(http_server_request_duration_seconds_count[1m]))",
    "s",
  ],
  ['sum(rate(http_requests_total{code=~"5.."}[1m])) / sum(rate(http_requests_total[1m]))', "ratio"],
  ["db_client_connection_count / db_client_connection_max", "ratio"],
  ["sum(rate(http_client_retries_total[1m]))", "/s"],
  ["rate(process_cpu_seconds_total[1m])", "cores"],
  ["process_resident_memory_bytes", "By"],
  ["messaging_queue_oldest_message_age_seconds", "s"],
  ["job:http_server_errors:ratio_rate5m", "ratio"],
  ["prometheus_tsdb_head_series", ""],
])("%s is in %j", (query, unit) => {
  expect(unitOfQuery(query)).toBe(unit);
});
