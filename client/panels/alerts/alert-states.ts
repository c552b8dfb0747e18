/** How the states of a rule and of its alerts look and read. */
import type { AlertRule } from "../../../server/wire/telemetry.js";
import { formatClock } from "../../charts/format.js";
import type { ExhibitParts } from "../../elements/pin-button.js";

interface StateLook {
  /** What asks for attention first. */
  readonly order: number;
  readonly title: string;
  /** Name in `elements/icons.ts`. */
  readonly icon: string;
  /** Class of the shared styles. */
  readonly tone: string;
}

export const ALERT_STATES: Readonly<Record<AlertRule["state"], StateLook>> = {
  firing: { order: 0, title: "Firing", icon: "critical", tone: "critical" },
  pending: { order: 1, title: "Pending", icon: "pending", tone: "warning" },
  inactive: { order: 2, title: "Inactive", icon: "ok", tone: "ok" },
};

/** Severities that wake somebody, and those that wait for the morning; what is unknown comes between them. */
const SEVERITY_ORDER: Readonly<Record<string, number>> = { critical: 0, page: 0, warning: 2, ticket: 2, info: 3 };

const orderOf = ({ state, severity }: AlertRule): number =>
  ALERT_STATES[state].order * 10 + (state === "inactive" ? 0 : (SEVERITY_ORDER[severity] ?? 1));

/** Firing rules first, of them those that page; the others keep their order. */
export const byUrgency = (rules: readonly AlertRule[]): readonly AlertRule[] =>
  [...rules].sort((one, other) => orderOf(one) - orderOf(other));

/** Since when a rule is in its state; empty for one at rest. */
export function sinceText(rule: Pick<AlertRule, "state" | "history">): string {
  const last = rule.history.at(-1);
  return rule.state === "inactive" || last === undefined ? "" : `since ${formatClock(last.atUs)}`;
}

/** What an exhibit keeps: the rules that are not at rest, or that all of them are. */
export function alertsExhibit(rules: readonly AlertRule[]): ExhibitParts {
  const active = rules.filter(({ state }) => state !== "inactive");
  const facts = (active.length === 0 ? rules : active).map((rule) => ({
    name: rule.name,
    value: `${ALERT_STATES[rule.state].title} ${sinceText(rule)}`.trimEnd(),
  }));
  return {
    title: active.length === 0 ? "No alert fires" : `Alerts: ${active.map(({ name }) => name).join(", ")}`,
    frozen: { kind: "facts", facts },
  };
}
