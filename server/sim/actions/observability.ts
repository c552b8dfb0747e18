/** What a learner can do to the observability plant. None of it touches a request. */
import { success } from "../../base/result.js";
import { MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../base/time.js";
import { LOG_LEVELS } from "../../topology/log-levels.js";
import type { Model } from "../../topology/model-types.js";
import type { Plan, PlannedAction } from "../action-plan.js";
import type { Engine } from "../engine.js";
import { silenceId } from "../observability/silences.js";
import { RELABEL_US, SETTING_US } from "../roll-out-schedule.js";
import type { ActionDefinition, ActionParameter } from "./action-definition.js";

const ALL_JOURNEYS = "all journeys";
/** A restart of the collector: until it takes spans again. */
const COLLECTOR_DOWN_US = 10 * MICROS_PER_SECOND;
/** An exporter, or the daemon that keeps a clock right, is restarted. */
const REPAIR_US = 15 * MICROS_PER_SECOND;
const SILENCE_US = 5 * MICROS_PER_SECOND;

const serviceIds = ({ model }: Engine): readonly string[] => model.services.map(({ spec }) => spec.id);

const scrapedIds = ({ model }: Engine): readonly string[] => [
  ...new Set(model.targets.map(({ component }) => component)),
];

const alertNames = ({ model }: Engine): readonly string[] => [
  ...new Set(model.topology.ruleGroups.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? []))),
];

const plan = (planned: Omit<PlannedAction, "destructive"> & { readonly destructive?: boolean }): Plan =>
  success({ destructive: false, ...planned });

const ratioParameter: ActionParameter = {
  name: "ratio",
  title: "Share of traces kept",
  kind: "ratio",
  min: 0,
  max: 1,
  defaultValue: 1,
};

const SET_SAMPLING: ActionDefinition = {
  name: "set-sampling",
  title: "Change trace sampling",
  description: "Keeps another share of the traces that begin from now on.",
  targetTitle: "Journey",
  targets: ({ model }) => [ALL_JOURNEYS, ...model.journeys.map(({ spec }) => spec.id)],
  parameters: [ratioParameter],
  plan: ({ model }, target, { ratio }) =>
    plan({
      summary: `Keep ${String(Number(ratio) * 100)} % of the traces of ${target}`,
      touches: [model.topology.plant.collector?.id ?? model.topology.plant.metricsServer],
      durationUs: SETTING_US,
      sideEffects: ["Traces that have begun keep their fate", "More spans for the collector, or fewer"],
      ...(model.topology.plant.collector === undefined
        ? { watchQuery: "avg(up)", watchTitle: "Share of targets that answer the scrape" }
        : {
            watchQuery: "sum(rate(otelcol_receiver_accepted_spans_total[1m]))",
            watchTitle: "Spans taken in per second",
          }),
    }),
  schedule: () => [SETTING_US],
  step: ({ model, observability }, target, { ratio }, _step, nowUs) => {
    for (let subject = 0; subject < observability.ratios.declared.length; subject++) {
      if (target === ALL_JOURNEYS || model.journeys.at(subject)?.spec.id === target)
        observability.ratios.order(subject, Number(ratio));
    }
    observability.commit(nowUs);
  },
};

const SET_LOG_LEVEL: ActionDefinition = {
  name: "set-log-level",
  title: "Change log level",
  description: "Lines below the level are not written any more, or again.",
  targetTitle: "Service",
  targets: serviceIds,
  parameters: [{ name: "level", title: "Level", kind: "choice", defaultValue: "info", choices: () => LOG_LEVELS }],
  plan: (_engine, target, { level }) =>
    plan({
      summary: `${target} logs from level ${String(level)} on`,
      touches: [target],
      durationUs: SETTING_US,
      sideEffects: ["What is not written cannot be found later"],
      watchQuery: `sum by (level) (rate(log_lines_total{job="${target}"}[1m]))`,
      watchTitle: `Log lines of ${target} per second`,
    }),
  schedule: () => [SETTING_US],
  step: ({ model, observability }, target, { level }, _step, nowUs) => {
    const index = model.services.findIndex(({ spec }) => spec.id === target);
    observability.levels.order(
      index,
      LOG_LEVELS.findIndex((name) => name === level),
    );
    observability.commit(nowUs);
  },
};

const DROP_METRIC: ActionDefinition = {
  name: "drop-metric",
  title: "Drop a metric",
  description: "Relabelling drops all series of the metric at every scrape. They are read, and not stored.",
  targetTitle: "Metric",
  targets: ({ model }) => metricNames(model),
  parameters: [],
  plan: ({ model }, target) =>
    plan({
      summary: `Drop ${target} at the scrape`,
      touches: [model.topology.plant.metricsServer],
      durationUs: RELABEL_US,
      sideEffects: ["Charts and rules over the metric are empty from then on"],
      watchQuery: "prometheus_tsdb_head_series",
      watchTitle: "Series in the head block",
    }),
  schedule: () => [RELABEL_US],
  step: ({ observability }, target) => {
    observability.filter.dropMetric(target);
  },
};

const RESTART_COLLECTOR: ActionDefinition = {
  name: "restart-collector",
  title: "Restart the collector",
  description: "Empties its queue and memory: spans that wait in it are lost.",
  targetTitle: "Collector",
  targets: ({ model }) => {
    const { collector } = model.topology.plant;
    return collector === undefined ? [] : [collector.id];
  },
  parameters: [],
  plan: (_engine, target) =>
    plan({
      summary: `Restart ${target}`,
      touches: [target],
      durationUs: COLLECTOR_DOWN_US,
      sideEffects: ["Spans in its queue are lost", "Spans of the next ten seconds are lost"],
      watchQuery: "otelcol_exporter_queue_size",
      watchTitle: "Spans that wait for the export",
    }),
  schedule: () => [0, COLLECTOR_DOWN_US],
  step: ({ observability }, _target, _values, step, nowUs) => {
    if (step === 0) observability.collector?.restart(nowUs, COLLECTOR_DOWN_US);
  },
};

const RESTART_METRICS_SERVER: ActionDefinition = {
  name: "restart-metrics-server",
  title: "Restart the metrics server",
  description: "Nothing is scraped or evaluated until it is back and has read its log. It restores every series.",
  targetTitle: "Metrics server",
  targets: ({ model }) => [model.topology.plant.metricsServer],
  parameters: [],
  plan: ({ plant }, target) =>
    plan({
      summary: `Restart ${target}`,
      touches: [target],
      durationUs: plant.restartUs,
      sideEffects: ["No alert is evaluated until it is back", "A gap in every chart", "Series in memory come back"],
      watchQuery: "prometheus_tsdb_head_series",
      watchTitle: "Series in the head block",
      destructive: true,
    }),
  schedule: ({ plant }) => [0, plant.restartUs],
  step: ({ plant }, _target, _values, step, nowUs) => {
    if (step === 0) plant.restart(nowUs);
  },
};

const RESTART_EXPORTER: ActionDefinition = {
  name: "restart-exporter",
  title: "Restart the exporter",
  description: "Starts what answers the scrapes of a component anew; the component itself goes on.",
  targetTitle: "Component",
  targets: scrapedIds,
  parameters: [],
  plan: (_engine, target) =>
    plan({
      summary: `Restart the exporter of ${target}`,
      touches: [target],
      durationUs: REPAIR_US,
      sideEffects: ["One scrape may be missing"],
      watchQuery: `up{job="${target}"}`,
      watchTitle: `Scrapes of ${target} that succeed`,
    }),
  schedule: () => [REPAIR_US],
  step: ({ endFaults }, target, _values, _step, nowUs) => {
    endFaults(
      (effect) =>
        (effect.kind === "exporter-down" || effect.kind === "counters-disturbed") && effect.component === target,
      nowUs,
    );
  },
};

const SYNCHRONIZE_CLOCK: ActionDefinition = {
  name: "synchronize-clock",
  title: "Set clocks right",
  description: "Restarts the time daemon on the nodes of a service and steps their clocks.",
  targetTitle: "Service",
  targets: serviceIds,
  parameters: [],
  plan: (_engine, target) =>
    plan({
      summary: `Set the clocks of ${target} right`,
      touches: [target],
      durationUs: REPAIR_US,
      sideEffects: ["Times of spans and lines jump once"],
      watchQuery: `up{job="${target}"}`,
      watchTitle: `Scrapes of ${target} that succeed`,
    }),
  schedule: () => [REPAIR_US],
  step: ({ endFaults }, target, _values, _step, nowUs) => {
    endFaults((effect) => effect.kind === "clock-skew" && effect.service === target, nowUs);
  },
};

const SILENCE_ALERT: ActionDefinition = {
  name: "silence-alert",
  title: "Silence an alert",
  description: "For a time, alerts of the rule notify nobody. They go on firing.",
  targetTitle: "Alert",
  targets: alertNames,
  parameters: [
    {
      name: "duration",
      title: "For",
      kind: "duration",
      min: MICROS_PER_MINUTE,
      max: 24 * 60 * MICROS_PER_MINUTE,
      defaultValue: 30 * MICROS_PER_MINUTE,
    },
    {
      name: "service",
      title: "Only with the label service, or all",
      kind: "choice",
      defaultValue: "all",
      choices: (engine) => ["all", ...serviceIds(engine)],
    },
  ],
  plan: (_engine, target) =>
    plan({
      summary: `Silence ${target}`,
      touches: [target],
      durationUs: SILENCE_US,
      sideEffects: ["Nobody is told if it fires for another reason"],
      watchQuery: `count(ALERTS{alertname="${target}"}) or vector(0)`,
      watchTitle: `Alerts of ${target}`,
    }),
  schedule: () => [SILENCE_US],
  step: ({ observability }, target, { duration, service }, _step, nowUs) => {
    const labels = { alertname: target, ...(service === "all" ? {} : { service: String(service) }) };
    observability.silences.put({
      id: silenceId(`${String(nowUs)} ${JSON.stringify(labels)}`),
      matchers: Object.entries(labels).map(([name, value]) => ({ name, value, isRegex: false, isEqual: true })),
      fromUs: nowUs,
      untilUs: nowUs + Number(duration),
      createdBy: "on-call",
      comment: "",
      updatedUs: nowUs,
    });
  },
};

/** Names of metrics without the parts of histograms. */
function metricNames(model: Model): readonly string[] {
  const names = new Set<string>();
  for (const layout of new Set(model.layouts))
    for (const { name } of layout.series) names.add(name.replace(/_(?:bucket|sum|count)$/, ""));
  return [...names].sort();
}

export const OBSERVABILITY_ACTIONS: readonly ActionDefinition[] = [
  SET_SAMPLING,
  SET_LOG_LEVEL,
  DROP_METRIC,
  RESTART_COLLECTOR,
  RESTART_METRICS_SERVER,
  RESTART_EXPORTER,
  SYNCHRONIZE_CLOCK,
  SILENCE_ALERT,
];
