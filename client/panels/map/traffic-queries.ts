/** PromQL of the three golden figures of a part or a call of the map, by what measures it. Pure. */
import type { ComponentKind } from "../../../server/wire/telemetry.js";

export interface SparkQuery {
  readonly title: string;
  readonly unit: string;
  readonly query: string;
}

const RANGE = "1m";

interface Histogram {
  readonly name: string;
  readonly selector: string;
  /** Of failed ones; undefined where the metric does not say. */
  readonly failed?: string;
}

/** Rate, share of errors and the 99th percentile; none of a part that no metric measures. */
export function partQueries(id: string, kind: ComponentKind): readonly SparkQuery[] {
  const histogram = HISTOGRAMS[kind]?.(id);
  return histogram === undefined ? [] : redQueries(histogram);
}

const quoted = (text: string): string => JSON.stringify(text);

const HISTOGRAMS: Readonly<Partial<Record<ComponentKind, (id: string) => Histogram>>> = {
  service: (id) => ({
    name: "http_server_request_duration_seconds",
    selector: `job=${quoted(id)}`,
    failed: 'http_response_status_code=~"5.."',
  }),
  external: (id) => ({
    name: "http_client_request_duration_seconds",
    selector: `server_address=${quoted(id)}`,
    failed: 'http_response_status_code!~"[23].."',
  }),
  store: (id) => ({ name: "db_client_operation_duration_seconds", selector: `db_namespace=${quoted(id)}` }),
  cache: (id) => ({ name: "db_client_operation_duration_seconds", selector: `db_namespace=${quoted(id)}` }),
};

/** As the caller measures them. */
export function callQueries(from: string, to: string, toKind: ComponentKind): readonly SparkQuery[] {
  const isHttp = toKind === "service" || toKind === "external";
  if (!isHttp && toKind !== "store" && toKind !== "cache") return [];
  return redQueries(
    isHttp
      ? {
          name: "http_client_request_duration_seconds",
          selector: `job=${quoted(from)},server_address=${quoted(to)}`,
          failed: 'http_response_status_code!~"[234].."',
        }
      : {
          name: "db_client_operation_duration_seconds",
          selector: `job=${quoted(from)},db_namespace=${quoted(to)}`,
        },
  );
}

function redQueries({ name, selector, failed }: Histogram): readonly SparkQuery[] {
  const rate = `sum(rate(${name}_count{${selector}}[${RANGE}]))`;
  return [
    { title: "rate", unit: "/s", query: rate },
    ...(failed === undefined
      ? []
      : [
          {
            title: "errors",
            unit: "ratio",
            query: `(sum(rate(${name}_count{${selector},${failed}}[${RANGE}])) or vector(0)) / ${rate}`,
          },
        ]),
    {
      title: "p99",
      unit: "s",
      query: `histogram_quantile(0.99, sum by (le) (rate(${name}_bucket{${selector}}[${RANGE}])))`,
    },
  ];
}
