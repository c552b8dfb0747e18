/** Effects on the observability plant; see sim/observability. */
import type { ObservabilityEffect } from "../../topology/observability-effects.js";
import type { Model } from "../../topology/model-types.js";
import { COUNTERS_RESTART, COUNTERS_WAVER, EXPORTER_REFUSES, EXPORTER_SILENT } from "../observability/scrape-filter.js";
import { INSTANCE_ABSENT } from "../world-state.js";
import type { EffectHandlersOf, EffectScope } from "./effect-handler.js";
import { instancesOf } from "./services.js";

/** From this strength on something is broken; below, it is whole. */
const HALF = 0.5;

export const OBSERVABILITY_EFFECTS: EffectHandlersOf<ObservabilityEffect["kind"]> = {
  "trace-sampling": {
    // One reset and one commit serve all kinds of this table.
    reset: ({ observability }) => {
      observability.reset();
    },
    apply: ({ model, observability }, { journey, ratio }, { strength }) => {
      const { ratios } = observability;
      for (let subject = 0; subject < ratios.declared.length; subject++) {
        if (journey !== undefined && model.journeys.at(subject)?.spec.id !== journey) continue;
        ratios.move(subject, ratios.declared[subject] + (ratio - ratios.declared[subject]) * strength);
      }
    },
    commit: ({ observability }, nowUs) => {
      observability.commit(nowUs);
    },
  },
  "collector-rate": {
    apply: ({ observability: { collector } }, { factor }, { strength }) => {
      if (collector !== undefined) collector.rateFactor = Math.min(collector.rateFactor, 1 + (factor - 1) * strength);
    },
  },
  "context-lost": {
    apply: ({ model, state, observability }, { service, queue }, { strength, affects }) => {
      if (strength < HALF) return;
      const lossy = instancesOf(model, service).filter((instance) => affects(instance));
      if (queue === undefined) {
        for (const instance of lossy) observability.nextContextLost[instance] = 1;
      } else if (lossy.some((instance) => state.instanceState[instance] !== INSTANCE_ABSENT)) {
        for (const { index, spec } of model.queues) if (spec.id === queue) observability.nextQueueLost[index] = 1;
      }
    },
  },
  "clock-skew": {
    apply: ({ model, observability }, { service, offsetUs, driftPpm }, { strength, affects }) => {
      for (const instance of instancesOf(model, service)) {
        if (!affects(instance)) continue;
        observability.nextOffsetUs[instance] += Math.round(offsetUs * strength);
        observability.nextDriftPpm[instance] += driftPpm * strength;
      }
    },
  },
  "exporter-down": {
    apply: ({ model, observability }, { component, mode }, scope) => {
      if (scope.strength < HALF) return;
      for (const target of targetsOf(model, component, scope))
        observability.filter.exporter[target] = mode === "refuse" ? EXPORTER_REFUSES : EXPORTER_SILENT;
    },
  },
  "counters-disturbed": {
    apply: ({ model, observability }, { component, mode, periodUs }, scope) => {
      if (scope.strength < HALF) return;
      for (const target of targetsOf(model, component, scope)) {
        observability.filter.counters[target] = mode === "restart" ? COUNTERS_RESTART : COUNTERS_WAVER;
        observability.filter.periodUs[target] = periodUs;
      }
    },
  },
  "metric-missing": {
    apply: ({ model, observability }, { component, metric }, scope) => {
      if (scope.strength < HALF) return;
      for (const target of targetsOf(model, component, scope)) observability.filter.missing[target].push(metric);
    },
  },
  "scrapes-through": {
    apply: ({ model, observability }, { service }, { strength }) => {
      if (strength >= HALF) observability.scrapesThrough = model.services.findIndex(({ spec }) => spec.id === service);
    },
  },
  "log-level": {
    apply: ({ model, observability }, { service, level }, { strength }) => {
      const index = model.services.findIndex(({ spec }) => spec.id === service);
      if (strength >= HALF && index >= 0) observability.levels.move(index, level);
    },
  },
  "log-shipping": {
    apply: ({ model, observability: { shipper } }, { service, factor }, { strength, affects }) => {
      if (shipper === undefined) return;
      for (const instance of instancesOf(model, service))
        if (affects(instance))
          shipper.rateFactor[instance] = Math.min(shipper.rateFactor[instance], 1 + (factor - 1) * strength);
    },
  },
  "rule-changed": {
    apply: ({ observability }, { alert, expression }, { strength }) => {
      if (strength >= HALF) observability.rules.move(alert, expression);
    },
  },
};

/** Scrape targets of a component: of a service those processes that the fault touches. */
function targetsOf(model: Model, component: string, { affects }: EffectScope): readonly number[] {
  const instances = instancesOf(model, component);
  if (instances.length > 0)
    return instances.filter((instance) => affects(instance)).map((instance) => model.instances[instance].target);
  return model.targets.filter((target) => target.component === component).map(({ index }) => index);
}
