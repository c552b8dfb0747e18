/** Who is told of which alerts, as Alertmanager's configuration says it, with what routes inherit filled in. */

export interface AlertMatcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  /** False: the label must not match. */
  readonly isEqual: boolean;
}

export interface AlertRoute {
  readonly receiver: string;
  /** Ascending by name; all of them have to match. */
  readonly matchers: readonly AlertMatcher[];
  /** The next sibling is tried as well. */
  readonly continue: boolean;
  /** Labels whose values make a group; `all`: each label does, written `...`. */
  readonly groupBy: readonly string[] | "all";
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
  /** Names of time intervals. */
  readonly muteTimes: readonly string[];
  readonly activeTimes: readonly string[];
  readonly routes: readonly AlertRoute[];
}

export interface InhibitRule {
  readonly source: readonly AlertMatcher[];
  readonly target: readonly AlertMatcher[];
  readonly equal: readonly string[];
}

/** How a message reaches people: it wakes somebody, it waits in a list, or it scrolls by. */
export type AlertChannel = "page" | "ticket" | "chat";

export interface ReceiverIntegration {
  /** As the configuration calls it, without `_configs`: `pagerduty`. */
  readonly kind: string;
  readonly channel: AlertChannel;
  readonly sendResolved: boolean;
}

export interface AlertReceiver {
  readonly name: string;
  readonly integrations: readonly ReceiverIntegration[];
}

/** Half-open or inclusive as Alertmanager has them; an empty list does not narrow. */
export interface TimeIntervalRule {
  /** Minutes of the day, `from` ≤ t < `to`. */
  readonly times: readonly NumberRange[];
  /** 0 is Sunday; both ends belong to it. */
  readonly weekdays: readonly NumberRange[];
  /** 1 to 31; negative ones count from the end of the month. */
  readonly daysOfMonth: readonly NumberRange[];
  readonly months: readonly NumberRange[];
  readonly years: readonly NumberRange[];
  /** A name of the zone database; UTC when left out. */
  readonly location: string;
}

export interface NumberRange {
  readonly from: number;
  readonly to: number;
}

export interface TimeIntervalSpec {
  readonly name: string;
  readonly rules: readonly TimeIntervalRule[];
}

export interface AlertmanagerSpec {
  readonly route: AlertRoute;
  readonly inhibitRules: readonly InhibitRule[];
  readonly receivers: readonly AlertReceiver[];
  readonly timeIntervals: readonly TimeIntervalSpec[];
  /** An alert that its sender gave no end to, and that it does not send again, is over after so long. */
  readonly resolveTimeoutMs: number;
  /** The configuration as text, without secrets. */
  readonly original: string;
}
