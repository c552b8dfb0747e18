/** The indicators that an order should move, as PromQL over what the touched part exposes. Every one of them has data on a quiet world. */
import type { DependencyModel, Model } from "../topology/model-types.js";

export interface Watch {
  readonly watchQuery: string;
  readonly watchTitle: string;
  /** A second one, of another unit. */
  readonly watchAlso?: { readonly query: string; readonly title: string };
}

/** Failures and the tail of what a service does: requests where it serves any, else messages; of the plant, whether it sees. */
export function watchWork(model: Model, target: string): Watch {
  const kinds = new Set(model.sites.filter(({ component }) => component === target).map(({ kind }) => kind));
  if (kinds.has("server")) return requestsOf(target);
  return kinds.has("consumer") ? messagesOf(target) : SIGHT;
}

function requestsOf(target: string): Watch {
  const all = `http_server_request_duration_seconds_count{job="${target}"}`;
  const failed = `http_server_request_duration_seconds_count{job="${target}",http_response_status_code=~"5.."}`;
  return {
    watchTitle: `Share of failed requests of ${target}`,
    watchQuery: `(sum(rate(${failed}[1m])) or vector(0)) / sum(rate(${all}[1m]))`,
    watchAlso: tailOf("http_server_request_duration_seconds_bucket", `job="${target}"`, `p99 of requests of ${target}`),
  };
}

function messagesOf(target: string): Watch {
  const all = `messaging_process_duration_seconds_count{job="${target}"}`;
  const failed = `messaging_process_duration_seconds_count{job="${target}",error_type!=""}`;
  return {
    watchTitle: `Share of failed messages of ${target}`,
    watchQuery: `(sum(rate(${failed}[1m])) or vector(0)) / sum(rate(${all}[1m]))`,
    watchAlso: tailOf("messaging_process_duration_seconds_bucket", `job="${target}"`, `p99 of messages of ${target}`),
  };
}

const SIGHT: Watch = { watchTitle: "Share of targets that answer the scrape", watchQuery: "avg(up)" };

function tailOf(buckets: string, matchers: string, title: string): { readonly query: string; readonly title: string } {
  return { title, query: `histogram_quantile(0.99, sum by (le) (rate(${buckets}{${matchers}}[1m])))` };
}

/** What a caller sees of one that it calls; of a queue what is sent to it. */
export function watchCalls(model: Model, { target, targetKind, service }: DependencyModel): Watch {
  const job = `job="${model.services[service].spec.id}"`;
  if (targetKind === "queue") {
    return {
      watchTitle: `Messages sent to ${target} per second`,
      watchQuery: `sum(rate(messaging_client_sent_messages_total{${job},messaging_destination_name="${target}"}[1m]))`,
    };
  }
  const database = targetKind === "store" || targetKind === "cache";
  const metric = database ? "db_client_operation_duration_seconds" : "http_client_request_duration_seconds";
  const label = database ? "db_namespace" : "server_address";
  const { query, title } = tailOf(`${metric}_bucket`, `${job},${label}="${target}"`, `p99 of calls to ${target}`);
  return { watchQuery: query, watchTitle: title };
}
