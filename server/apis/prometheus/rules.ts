/** Rules and alerts as Prometheus's pages and clients read them. Source: prometheus/web/api/v1/api.go, rules, alerts. */
import type { ActiveAlert } from "../../alerting/alerting-rule.js";
import { formatExponential } from "../../base/go-format.js";
import type { RuleGroupStatus, RuleStatus } from "../../alerting/rule-evaluator.js";
import { MICROS_PER_SECOND } from "../../base/time.js";
import { BadParameter, first, limitOf, selectorsOf } from "../../query/promql/http-parameters.js";
import { parsePromql } from "../../query/promql/parse.js";
import { printExpr } from "../../query/promql/print.js";
import { compileMatcher } from "../../telemetry/matcher.js";
import { RULE_FILE } from "../../alerting/metrics-server-samples.js";
import type { ApiRequest } from "../api.js";
import type { ApiWorld } from "../api-world.js";
import { clientTime } from "./clock.js";

/** Rules of a world stand in one file, whatever files they were written in. */

const SECONDS_PER_MS = 1 / 1_000;

/** Filters: type, rule_name[], rule_group[], file[], match[], exclude_alerts; pages by group_limit, group_next_token. */
export function rules(request: ApiRequest, world: ApiWorld): unknown {
  const { parameters } = request;
  const type = first(parameters, "type")?.toLowerCase();
  if (type !== undefined && type !== "alert" && type !== "record")
    throw new BadParameter(`invalid parameter "type": not supported value ${JSON.stringify(type)}`);
  const names = listOf(request, "rule_name");
  const groupNames = listOf(request, "rule_group");
  const files = listOf(request, "file");
  const filters = selectorsOf(parameters).map((matchers) =>
    matchers.map((matcher) => ({ name: matcher.name, matches: compileMatcher(matcher) })),
  );
  const kept = ({ spec }: RuleStatus): boolean =>
    (type === undefined || (type === "alert") === (spec.alert !== undefined)) &&
    (names.length === 0 || names.includes(spec.alert ?? spec.record ?? "")) &&
    (filters.length === 0 ||
      filters.some((tests) => tests.every(({ name, matches }) => matches(spec.labels?.[name] ?? ""))));
  const groups = world.rules
    .status()
    .filter(({ name }) => groupNames.length === 0 || groupNames.includes(name))
    .filter(() => files.length === 0 || files.includes(RULE_FILE))
    .map((group) => ({ ...group, rules: group.rules.filter(kept) }))
    .filter((group) => group.rules.length > 0);
  const page = pageOf(groups, request);
  return {
    groups: page.groups.map((group) => groupAnswer(group, request, world)),
    ...(page.next === undefined ? {} : { groupNextToken: page.next }),
  };
}

const listOf = ({ parameters }: ApiRequest, name: string): readonly string[] =>
  Object.hasOwn(parameters, `${name}[]`) ? parameters[`${name}[]`] : [];

/** The token of a page is the name of its first group. */
function pageOf(
  groups: readonly RuleGroupStatus[],
  { parameters }: ApiRequest,
): { readonly groups: readonly RuleGroupStatus[]; readonly next: string | undefined } {
  const limitText = first(parameters, "group_limit");
  const token = first(parameters, "group_next_token");
  if (limitText === undefined) {
    if (token !== undefined)
      throw new BadParameter(
        `invalid parameter "group_limit": group_limit needs to be present in order to paginate over the groups`,
      );
    return { groups, next: undefined };
  }
  const limit = limitOf({ limit: [limitText] }) ?? Infinity;
  const from = token === undefined ? 0 : groups.findIndex(({ name }) => name === token);
  if (from < 0)
    throw new BadParameter(
      `invalid parameter "group_next_token": invalid group_next_token '${token ?? ""}'. were rule groups changed?`,
    );
  return { groups: groups.slice(from, from + limit), next: groups.at(from + limit)?.name };
}

function groupAnswer(group: RuleGroupStatus, request: ApiRequest, world: ApiWorld): unknown {
  const { ruleInterval } = world.model.topology.plant;
  const last = Math.max(0, ...group.rules.map(({ lastEvaluationMs }) => lastEvaluationMs));
  return {
    name: group.name,
    file: RULE_FILE,
    rules: group.rules.map((rule) => ruleAnswer(rule, request)),
    interval: group.intervalMs === 0 ? ruleInterval / MICROS_PER_SECOND : group.intervalMs * SECONDS_PER_MS,
    limit: group.limit,
    evaluationTime: group.rules.reduce((sum, { evaluationTookMs }) => sum + evaluationTookMs, 0) * SECONDS_PER_MS,
    lastEvaluation: instantOrNever(last, request),
  };
}

/** Go's zero time where nothing was evaluated yet. */
const instantOrNever = (ms: number, { clockAheadMs }: ApiRequest): string =>
  ms === 0 ? "0001-01-01T00:00:00Z" : clientTime(ms, clockAheadMs);

function ruleAnswer(rule: RuleStatus, request: ApiRequest): unknown {
  const { spec, alerting, error, lastEvaluationMs, evaluationTookMs } = rule;
  const common = {
    health: error !== undefined ? "err" : lastEvaluationMs === 0 ? "unknown" : "ok",
    ...(error === undefined ? {} : { lastError: error }),
    evaluationTime: evaluationTookMs * SECONDS_PER_MS,
    lastEvaluation: instantOrNever(lastEvaluationMs, request),
  };
  const query = normalised(rule.expression);
  const labels = spec.labels ?? {};
  if (alerting === undefined) return { name: spec.record, query, labels, ...common, type: "recording" };
  const excludes = first(request.parameters, "exclude_alerts")?.toLowerCase() === "true";
  return {
    state: alerting.state,
    name: alerting.name,
    query,
    duration: alerting.forMs * SECONDS_PER_MS,
    keepFiringFor: alerting.keepFiringMs * SECONDS_PER_MS,
    labels,
    annotations: spec.annotations ?? {},
    alerts: excludes ? [] : alerting.alerts.map((alert) => alertAnswer(alert, request)),
    ...common,
    type: "alerting",
  };
}

/** Prometheus shows what its parser understood, not what was written. */
function normalised(expression: string): string {
  const parsed = parsePromql(expression);
  return parsed.ok ? printExpr(parsed.value) : expression;
}

/** All alerts that are pending or firing. */
export function alerts(request: ApiRequest, world: ApiWorld): unknown {
  const active = world.rules.status().flatMap((group) => group.rules.flatMap(({ alerting }) => alerting?.alerts ?? []));
  return { alerts: active.map((alert) => alertAnswer(alert, request)) };
}

function alertAnswer(alert: ActiveAlert, { clockAheadMs }: ApiRequest): unknown {
  return {
    labels: alert.labels.toLabels(),
    annotations: alert.annotations,
    state: alert.state,
    activeAt: clientTime(alert.activeAtMs, clockAheadMs),
    ...(alert.missingSinceMs === undefined ? {} : { keepFiringSince: clientTime(alert.missingSinceMs, clockAheadMs) }),
    value: formatExponential(alert.value),
  };
}
