/**
 * What Alertmanager made of the alerts of a run, and the ledgers of its objectives' error budgets. Instants and durations
 * are µs of the simulated calendar; ratios and shares are 0 to 1 unless a comment says otherwise. Asked at
 * `/api/runs/<id>/alertmanager` and `/api/runs/<id>/slo-ledgers`.
 */

export interface AlertMatcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  /** False: the label must not match. */
  readonly isEqual: boolean;
}

/** How a message reaches people: it wakes somebody, it waits in a list, or it scrolls by. */
export type AlertChannel = "page" | "ticket" | "chat";

/** One message to one receiver about one group of alerts. */
export interface AlertMessage {
  /** Stable within the run; ascending with time. */
  readonly id: string;
  readonly atUs: number;
  readonly channel: AlertChannel;
  readonly receiver: string;
  /** Kind of the integration: `pagerduty`. */
  readonly integration: string;
  readonly status: "firing" | "resolved";
  /** The subject line of Alertmanager's own template: `[FIRING:1] CheckoutErrorBudgetBurn (edge page)`. */
  readonly title: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly alerts: readonly {
    readonly status: "firing" | "resolved";
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly startsAtUs: number;
    /** Undefined while it fires. */
    readonly endsAtUs?: number;
    readonly fingerprint: string;
  }[];
}

export interface AlertSilence {
  readonly id: string;
  readonly state: "pending" | "active" | "expired";
  readonly matchers: readonly AlertMatcher[];
  readonly startsAtUs: number;
  readonly endsAtUs: number;
  readonly createdBy: string;
  readonly comment: string;
  /** Alerts that it keeps from notifying now. */
  readonly alerts: number;
}

/** Alerts that are kept together, and whether somebody hears of them. */
export interface AlertGroup {
  readonly receiver: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Time intervals of the route that keep it quiet now. */
  readonly mutedBy: readonly string[];
  readonly alerts: readonly {
    readonly fingerprint: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly startsAtUs: number;
    readonly state: "active" | "suppressed";
    /** Ids of silences. */
    readonly silencedBy: readonly string[];
    /** Fingerprints of alerts. */
    readonly inhibitedBy: readonly string[];
  }[];
}

/** All that Alertmanager has done and holds. */
export interface AlertmanagerAnswer {
  /** Newest first. */
  readonly messages: readonly AlertMessage[];
  readonly groups: readonly AlertGroup[];
  /** Those that are or will be in force first. */
  readonly silences: readonly AlertSilence[];
}

/** What was bad in one window that ends now. */
export interface SloWindow {
  /** As rules write it: `5m`. */
  readonly window: string;
  readonly windowUs: number;
  /** Undefined where the data do not reach back so far, or nothing was asked of the service. */
  readonly errorRatio?: number;
  /** Multiples of the rate that uses up the budget in exactly its window. */
  readonly burnRate?: number;
  /** Share of the whole budget that was spent within the window. */
  readonly spent?: number;
  /** When the budget is gone at this rate; undefined where it does not run out. */
  readonly exhaustedAtUs?: number;
}

/** A pair of windows and the alert that watches them: it fires when both burn at least at `rate`. */
export interface SloAlertPair {
  readonly alert: string;
  readonly severity: "page" | "ticket";
  readonly long: string;
  readonly short: string;
  readonly rate: number;
  /** As the rule has them: where the data do not fill a window, of the time that they cover. */
  readonly longRate?: number;
  readonly shortRate?: number;
  /** How much the data cover, where that is less than a window. */
  readonly coveredUs?: number;
  /** Of the rule, which fires for any of its pairs; undefined where no rule of the run watches this pair. */
  readonly state?: "inactive" | "pending" | "firing";
}

/** Who spent the budget: events of the ledger's time by the values of one label, most bad ones first. */
export interface SloDimension {
  readonly label: string;
  readonly rows: readonly {
    readonly value: string;
    readonly bad: number;
    readonly total: number;
    /** Share of the whole budget; all rows together are `spentKnown`. */
    readonly spent: number;
  }[];
}

/** The error budget of one objective as an account: what there was, what was spent and by whom, when it is gone. */
export interface SloLedger {
  readonly id: string;
  readonly title: string;
  readonly service: string;
  readonly description: string;
  /** Share of events that have to be good. */
  readonly objective: number;
  readonly windowDays: number;
  /** Time that the samples cover within the budget's window; the rest is in `spentBefore`. */
  readonly fromUs: number;
  readonly toUs: number;
  /** Events from `fromUs` to `toUs`. */
  readonly total: number;
  readonly bad: number;
  /** Bad events that the objective allows in its whole window at the traffic of the covered time. */
  readonly allowed: number;
  /** Shares of the budget: what had been spent before the data begin, in the covered time, and what is left (may be negative). */
  readonly spentBefore: number;
  readonly spentKnown: number;
  readonly left: number;
  /** What the objective's own rules record of it: they take the covered time for the whole window. Only where they do. */
  readonly recordedLeft?: { readonly query: string; readonly value: number };
  readonly windows: readonly SloWindow[];
  readonly pairs: readonly SloAlertPair[];
  readonly dimensions: readonly SloDimension[];
  /** The budget over the covered time, ascending, the last at now: for a burn-down chart. */
  readonly course: readonly {
    readonly atUs: number;
    readonly left: number;
    /** Undefined where nothing was asked of the service. */
    readonly burnRate?: number;
  }[];
  /** PromQL of the share of bad events over `5m`, to open in the metrics view. */
  readonly errorRatioQuery: string;
}

export interface SloLedgersAnswer {
  readonly ledgers: readonly SloLedger[];
}
