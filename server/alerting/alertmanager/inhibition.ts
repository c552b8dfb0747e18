/** Alerts that keep others from being told about. Source: alertmanager/inhibit/inhibit.go. */
import type { Labels } from "../../telemetry/metric-reader.js";
import type { InhibitRule } from "../../topology/alertmanager-spec.js";
import { isResolved, type StoredAlert } from "./alerts.js";
import { labelTest, type LabelTest } from "./label-matchers.js";

interface Rule {
  readonly isSource: LabelTest;
  readonly isTarget: LabelTest;
  readonly equal: readonly string[];
  /** Alerts that match the source, by fingerprint. */
  readonly sources: Map<string, StoredAlert>;
}

export class Inhibitor {
  private readonly rules: readonly Rule[];

  constructor(rules: readonly InhibitRule[]) {
    this.rules = rules.map(({ source, target, equal }) => ({
      isSource: labelTest(source),
      isTarget: labelTest(target),
      equal,
      sources: new Map(),
    }));
  }

  learn(alert: StoredAlert): void {
    for (const { isSource, sources } of this.rules) if (isSource(alert.labels)) sources.set(alert.fingerprint, alert);
  }

  forget(fingerprint: string): void {
    for (const { sources } of this.rules) sources.delete(fingerprint);
  }

  /** Fingerprint of an alert that inhibits those with `labels` now. */
  inhibitedBy(labels: Labels, atMs: number): string | undefined {
    for (const rule of this.rules) {
      if (!rule.isTarget(labels)) continue;
      // What matches both sides is not inhibited by its like, or two alerts would silence each other.
      const bothSides = rule.isSource(labels);
      for (const alert of rule.sources.values()) {
        if (isResolved(alert, atMs) || !rule.equal.every((name) => same(alert.labels, labels, name))) continue;
        if (!bothSides || !rule.isTarget(alert.labels)) return alert.fingerprint;
      }
    }
    return undefined;
  }
}

const valueOf = (labels: Labels, name: string): string => (Object.hasOwn(labels, name) ? labels[name] : "");
const same = (left: Labels, right: Labels, name: string): boolean => valueOf(left, name) === valueOf(right, name);
