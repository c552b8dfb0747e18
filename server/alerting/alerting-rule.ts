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
import type { TemplateScene } from "./template-functions.js";
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

interface Evaluation {
  readonly atMs: number;
  /** Alerts that the rule may have; 0 is no limit. */
  readonly limit: number;
  readonly scene: TemplateScene;
}

export class AlertingRule {
  readonly name: string;
  readonly forMs: number;
  readonly keepFiringMs: number;
  private readonly labelTemplates: readonly (readonly [string, Template])[];
  private readonly annotationTemplates: readonly (readonly [string, Template])[];
  private active = new Map<string, ActiveAlert>();

  /** `spec` has passed checkRuleGroups. */
  constructor(
    readonly spec: RuleSpec,
    private readonly externalLabels: Labels = {},
  ) {
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

  /**
   * Takes in what the expression gave at `atMs`. Two alerts with the same labels are an error that leaves the alerts as
   * they were; more than `limit` of them (0: as many as there are) one that ends all.
   */
  update(samples: readonly VectorSample[], { atMs, limit, scene }: Evaluation): Result<undefined, string> {
    const found = new Map<string, { readonly sample: VectorSample; readonly labels: LabelSet }>();
    for (const sample of samples) {
      const labels = this.alertLabels(sample, scene);
      if (found.has(labels.key))
        return failure("vector contains metrics with the same labelset after applying alert labels");
      found.set(labels.key, { sample, labels });
    }
    const next = new Map<string, ActiveAlert>();
    for (const [key, alert] of this.active) {
      if (!found.has(key) && this.isKept(alert, atMs)) next.set(key, alert);
    }
    for (const [key, { sample, labels }] of found)
      next.set(key, this.refresh(this.active.get(key), { sample, labels }, atMs, scene));
    if (limit > 0 && next.size > limit) {
      this.active = new Map();
      return failure(`exceeded limit of ${String(limit)} with ${String(next.size)} alerts`);
    }
    this.active = next;
    return success(undefined);
  }

  private isKept(alert: ActiveAlert, atMs: number): boolean {
    if (alert.state !== "firing" || this.keepFiringMs === 0) return false;
    alert.missingSinceMs ??= atMs;
    return atMs - alert.missingSinceMs < this.keepFiringMs;
  }

  private refresh(
    held: ActiveAlert | undefined,
    { sample, labels }: { readonly sample: VectorSample; readonly labels: LabelSet },
    atMs: number,
    scene: TemplateScene,
  ): ActiveAlert {
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
    alert.annotations = render(this.annotationTemplates, this.dataOf(sample), scene);
    if (alert.state === "pending" && atMs - alert.activeAtMs >= this.forMs) {
      alert.state = "firing";
      alert.firedAtMs = atMs;
    }
    return alert;
  }

  private alertLabels(sample: VectorSample, scene: TemplateScene): LabelSet {
    const own = render(this.labelTemplates, this.dataOf(sample), scene);
    return sample.labels.withoutName().with({ ...own, alertname: this.name });
  }

  private dataOf(sample: VectorSample): TemplateData {
    return { labels: sample.labels.toLabels(), externalLabels: this.externalLabels, value: sample.value };
  }
}

function templatesOf(texts: Labels | undefined): (readonly [string, Template])[] {
  return Object.entries(texts ?? {}).map(([name, text]) => {
    const parsed = parseTemplate(text);
    return [name, parsed.ok ? parsed.value : (): string => text] as const;
  });
}

function render(templates: readonly (readonly [string, Template])[], data: TemplateData, scene: TemplateScene): Labels {
  return Object.fromEntries(templates.map(([name, template]) => [name, template(data, scene)]));
}
