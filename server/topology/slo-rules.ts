/**
 * The rules that watch an objective, under the names that Sloth generates them with: the share of bad events over several
 * windows, what the budget is and how fast it burns, and alerts that fire when a long and a short window both burn too
 * fast. Source: Sloth's Prometheus SLO rules; The Site Reliability Workbook (Google, 2018), chapter 5, "Multiwindow,
 * Multi-Burn-Rate Alerts".
 */
import type { RuleGroupSpec, RuleSpec, SloSpec } from "./types.js";

export interface BurnPair {
  readonly long: string;
  readonly short: string;
  readonly rate: number;
  readonly severity: "page" | "ticket";
}

/**
 * 2 % of a 30-day budget in one hour, 5 % in six, 10 % in three days. The short window, a twelfth of the long one, ends
 * the alert soon after its cause.
 */
export const BURN_PAIRS: readonly BurnPair[] = [
  { long: "1h", short: "5m", rate: 14.4, severity: "page" },
  { long: "6h", short: "30m", rate: 6, severity: "page" },
  { long: "3d", short: "6h", rate: 1, severity: "ticket" },
];

/** Windows whose burn rates are recorded, shortest first. */
export const SLO_WINDOWS = ["5m", "30m", "1h", "6h", "3d"] as const;

const US_PER_DAY = 86_400_000_000;

/** `query` with its `$window` filled in. */
const over = (query: string, window: string): string => query.replaceAll("$window", window);

/** PromQL of the share of bad events over a window. */
export function errorRatioQuery(slo: Pick<SloSpec, "errorQuery" | "totalQuery">, window: string): string {
  return `(\n  ${over(slo.errorQuery, window)}\n)\n/\n(\n  ${over(slo.totalQuery, window)}\n)`;
}

/** What is left of a budget to the rules of its objective: to them the data that are kept are its whole window. */
export const REMAINING_METRIC = "slo:period_error_budget_remaining:ratio";

/** Name of the alerts of an objective. */
export const alertName = ({ id, alerting }: SloSpec): string =>
  alerting?.name ??
  id.replace(/(^|[^a-zA-Z0-9]+)([a-zA-Z0-9])/g, (_, __, letter: string) => letter.toUpperCase()) + "BudgetBurns";

/** Recording and alerting rules for one objective. */
export function sloRules(slo: SloSpec): readonly RuleGroupSpec[] {
  const { id, labels = {}, service = id } = slo;
  const identity = { sloth_id: id, sloth_service: service, sloth_slo: slo.name ?? id };
  const all = { ...labels, ...identity };
  return [
    { name: `sloth-slo-sli-recordings-${id}`, rules: ratioRules(slo, all) },
    { name: `sloth-slo-meta-recordings-${id}`, rules: metaRules(slo, all, identity) },
    ...alertGroups(slo),
  ];
}

const RATIO = "slo:sli_error:ratio_rate";

type Labels = Readonly<Record<string, string>>;

const selector = (labels: Labels): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(", ")}}`;

function ratioRules(slo: SloSpec, labels: Labels): readonly RuleSpec[] {
  const period = `${String(slo.window / US_PER_DAY)}d`;
  const short = `${RATIO}5m${selector({ sloth_id: slo.id })}[${period}]`;
  return [
    ...SLO_WINDOWS.map((window) => ({
      record: `${RATIO}${window}`,
      expr: errorRatioQuery(slo, window),
      labels: { ...labels, sloth_window: window },
    })),
    {
      record: `${RATIO}${period}`,
      expr: `sum_over_time(${short})\n/ ignoring (sloth_window)\ncount_over_time(${short})`,
      labels: { ...labels, sloth_window: period },
    },
  ];
}

function metaRules(slo: SloSpec, labels: Labels, identity: Labels): readonly RuleSpec[] {
  const days = String(slo.window / US_PER_DAY);
  const own = selector(identity);
  const matching = `on (${Object.keys(identity).join(", ")}) group_left`;
  const burn = (window: string): string => `${RATIO}${window}${own}\n/ ${matching}\nslo:error_budget:ratio${own}`;
  const rule = (record: string, expr: string): RuleSpec => ({ record, expr, labels });
  return [
    rule("slo:objective:ratio", `vector(${String(slo.objective)})`),
    rule("slo:error_budget:ratio", `vector(1-${String(slo.objective)})`),
    rule("slo:time_period:days", `vector(${days})`),
    rule("slo:current_burn_rate:ratio", burn("5m")),
    rule("slo:period_burn_rate:ratio", burn(`${days}d`)),
    rule(REMAINING_METRIC, `1 - slo:period_burn_rate:ratio${own}`),
    {
      record: "sloth_slo_info",
      expr: "vector(1)",
      labels: {
        ...labels,
        sloth_version: "v1",
        sloth_mode: "simulated",
        sloth_spec: "prometheus/v1",
        sloth_objective: String(slo.objective * 100),
      },
    },
  ];
}

function alertGroups(slo: SloSpec): readonly RuleGroupSpec[] {
  const rules = (["page", "ticket"] as const).flatMap((severity) => alertRule(slo, severity));
  return rules.length === 0 ? [] : [{ name: `sloth-slo-alerts-${slo.id}`, rules }];
}

function alertRule(slo: SloSpec, severity: "page" | "ticket"): readonly RuleSpec[] {
  const { alerting = {}, id, objective } = slo;
  const own = alerting[severity];
  if (own?.disable === true) return [];
  const budget = String(Number((1 - objective).toPrecision(12)));
  const side = (window: string, rate: number): string =>
    `max(${RATIO}${window}${selector({ sloth_id: id })} > (${String(rate)} * ${budget})) without (sloth_window)`;
  const pairs = BURN_PAIRS.filter((pair) => pair.severity === severity).map(
    ({ long, short, rate }) => `(\n  ${side(short, rate)}\n  and\n  ${side(long, rate)}\n)`,
  );
  return [
    {
      alert: alertName(slo),
      expr: pairs.join("\nor\n"),
      labels: { sloth_severity: severity, ...alerting.labels, ...own?.labels },
      annotations: {
        title: `(${severity}) {{$labels.sloth_service}} {{$labels.sloth_slo}} SLO error budget burn rate is too fast.`,
        summary: `{{$labels.sloth_service}} {{$labels.sloth_slo}} SLO error budget burn rate is over expected.`,
        ...alerting.annotations,
        ...own?.annotations,
      },
    },
  ];
}
