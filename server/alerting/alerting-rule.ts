/**
 * One alerting rule over time: an alert for each series of its expression, pending until it has held for `for`, firing
 * until it is gone for `keep_firing_for`. Source: prometheus/rules/alerting.go, Eval.
 */
import { failure, success, type Result } from "../base/result.js";
import type { LabelSet } from "../query/promql/label-set.js";
import { parseDurationMs } from "../query/promql/literals.js";
import type { VectorSample } from "../query/promql/query.js";
import type { RuleSpec } from "../topology/types.js";
import type { Labels } from "../telemetry/metric-reader.js";
import { parseTemplate, type Template, type TemplateData } from "./template.js";

export type AlertState = "pending" | "firing";
export type RuleState = "inactive" | AlertState;

export interface ActiveAlert {
  readonly labels: LabelSet;
  annotations: Labels;
  state: AlertState;
  value: number;
  readonly activeAtMs: number;
  firedAtMs: number | undefined;
  /** When its series went missing while it is kept firing. */
  missingSinceMs: number | undefined;
}

export class AlertingRule {
  readonly name: string;
  readonly forMs: number;
  readonly keepFiringMs: number;
  private readonly labelTemplates: readonly (readonly [string, Template])[];
  private readonly annotationTemplates: readonly (readonly [string, Template])[];
  private active = new Map<string, ActiveAlert>();

  /** `spec` has passed checkRuleGroups. */
  constructor(readonly spec: RuleSpec) {
    this.name = spec.alert ?? "";
    this.forMs = parseDurationMs(spec.for ?? "0s") ?? 0;
    this.keepFiringMs = parseDurationMs(spec.keep_firing_for ?? "0s") ?? 0;
    this.labelTemplates = templatesOf(spec.labels);
    this.annotationTemplates = templatesOf(spec.annotations);
  }

  get alerts(): readonly ActiveAlert[] {
    return [...this.active.values()];
  }

  get state(): RuleState {
    let state: RuleState = "inactive";
    for (const alert of this.active.values()) {
      if (alert.state === "firing") return "firing";
      state = "pending";
    }
    return state;
  }

  /** Takes in what the expression gave at `atMs`. The error leaves the alerts as they were. */
  update(samples: readonly VectorSample[], atMs: number): Result<undefined, string> {
    const found = new Map<string, { readonly sample: VectorSample; readonly labels: LabelSet }>();
    for (const sample of samples) {
      const labels = this.alertLabels(sample);
      if (found.has(labels.key))
        return failure("vector contains metrics with the same labelset after applying alert labels");
      found.set(labels.key, { sample, labels });
    }
    const next = new Map<string, ActiveAlert>();
    for (const [key, alert] of this.active) {
      if (!found.has(key) && this.isKept(alert, atMs)) next.set(key, alert);
    }
    for (const [key, { sample, labels }] of found)
      next.set(key, this.refresh(this.active.get(key), sample, labels, atMs));
    this.active = next;
    return success(undefined);
  }

  private isKept(alert: ActiveAlert, atMs: number): boolean {
    if (alert.state !== "firing" || this.keepFiringMs === 0) return false;
    alert.missingSinceMs ??= atMs;
    return atMs - alert.missingSinceMs < this.keepFiringMs;
  }

  private refresh(held: ActiveAlert | undefined, sample: VectorSample, labels: LabelSet, atMs: number): ActiveAlert {
    const alert: ActiveAlert = held ?? {
      labels,
      annotations: {},
      state: "pending",
      value: sample.value,
      activeAtMs: atMs,
      firedAtMs: undefined,
      missingSinceMs: undefined,
    };
    alert.value = sample.value;
    alert.missingSinceMs = undefined;
    alert.annotations = render(this.annotationTemplates, dataOf(sample));
    if (alert.state === "pending" && atMs - alert.activeAtMs >= this.forMs) {
      alert.state = "firing";
      alert.firedAtMs = atMs;
    }
    return alert;
  }

  private alertLabels(sample: VectorSample): LabelSet {
    const own = render(this.labelTemplates, dataOf(sample));
    return sample.labels.withoutName().with({ ...own, alertname: this.name });
  }
}

function dataOf(sample: VectorSample): TemplateData {
  return { labels: sample.labels.toLabels(), externalLabels: {}, value: sample.value };
}

function templatesOf(texts: Labels | undefined): (readonly [string, Template])[] {
  return Object.entries(texts ?? {}).map(([name, text]) => {
    const parsed = parseTemplate(text);
    return [name, parsed.ok ? parsed.value : (): string => text] as const;
  });
}

function render(templates: readonly (readonly [string, Template])[], data: TemplateData): Labels {
  return Object.fromEntries(templates.map(([name, template]) => [name, template(data)]));
}
