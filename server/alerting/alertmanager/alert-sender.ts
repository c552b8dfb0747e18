/**
 * What a metrics server posts to Alertmanager after each evaluation: alerts that fire, again once a minute, with an end
 * that lies a few rounds ahead, so that alerts of a server that has gone silent end by themselves; and ends, for a
 * quarter of an hour. Source: prometheus/rules/alerting.go, needsSending and sendAlerts; prometheus/rules/manager.go.
 */
import type { Labels } from "../../telemetry/metric-reader.js";
import type { ActiveAlert, AlertingRule } from "../alerting-rule.js";
import { queryEscape } from "../template-functions.js";
import type { PostedAlert } from "./alerts.js";

/** How often an alert that goes on is sent again, and how long one that is over. */
const RESEND_MS = 60_000;
const RESOLVED_KEPT_MS = 15 * 60_000;
/** Rounds without a word after which an alert is over. */
const ROUNDS = 4;

interface SentAlert {
  readonly firedAtMs: number;
  readonly labels: Labels;
  annotations: Labels;
  resolvedAtMs: number | undefined;
  lastSentMs: number;
}

/** One evaluation of a rule that went well. */
export interface EvaluatedRule {
  readonly rule: AlertingRule;
  readonly expression: string;
  readonly atMs: number;
  /** Between two evaluations. */
  readonly intervalMs: number;
}

export class AlertSender {
  private readonly sent = new Map<AlertingRule, Map<string, SentAlert>>();

  /** @param externalUrl of the metrics server, for the links that alerts carry */
  constructor(private readonly externalUrl: string) {}

  /** What has to be posted now. */
  send({ rule, expression, atMs, intervalMs }: EvaluatedRule): readonly PostedAlert[] {
    const known = this.knownOf(rule);
    this.learn(rule, known, atMs);
    const posted: PostedAlert[] = [];
    for (const [key, alert] of known) {
      const { resolvedAtMs, lastSentMs } = alert;
      if (resolvedAtMs !== undefined && atMs - resolvedAtMs > RESOLVED_KEPT_MS) {
        known.delete(key);
        continue;
      }
      const due = (resolvedAtMs !== undefined && resolvedAtMs > lastSentMs) || lastSentMs + RESEND_MS < atMs;
      if (!due) continue;
      alert.lastSentMs = atMs;
      posted.push({
        labels: alert.labels,
        annotations: alert.annotations,
        startsAtMs: alert.firedAtMs,
        endsAtMs: resolvedAtMs ?? atMs + ROUNDS * Math.max(RESEND_MS, intervalMs),
        generatorUrl: `${this.externalUrl}/graph?g0.expr=${queryEscape(expression)}&g0.tab=1`,
      });
    }
    return posted;
  }

  private knownOf(rule: AlertingRule): Map<string, SentAlert> {
    let known = this.sent.get(rule);
    if (known === undefined) this.sent.set(rule, (known = new Map<string, SentAlert>()));
    return known;
  }

  /** Takes in which alerts fire now. */
  private learn(rule: AlertingRule, known: Map<string, SentAlert>, atMs: number): void {
    const active = new Map<string, ActiveAlert>(rule.alerts.map((alert) => [alert.labels.key, alert]));
    for (const [key, alert] of known) {
      const now = active.get(key);
      if (now === undefined) alert.resolvedAtMs ??= atMs;
      // It has begun anew: what is known of its last course is forgotten, as the rule has forgotten it.
      else if (now.state !== "firing" || now.firedAtMs !== alert.firedAtMs) known.delete(key);
    }
    for (const [key, { state, labels, annotations, firedAtMs = atMs }] of active) {
      if (state !== "firing") continue;
      const held = known.get(key);
      if (held !== undefined) held.annotations = annotations;
      else
        known.set(key, {
          firedAtMs,
          labels: labels.toLabels(),
          annotations,
          resolvedAtMs: undefined,
          lastSentMs: -Infinity,
        });
    }
  }
}
