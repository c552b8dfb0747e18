/**
 * Alertmanager on the simulated clock: alerts come in, take their routes, wait in groups, are inhibited, silenced or
 * muted, and what is left is told to receivers once, again when it changes, and again after the repeat interval. A pure
 * function of what was received and of the silences, however time is sliced.
 * Source: alertmanager/dispatch/dispatch.go and notify/notify.go.
 */
import type { Labels } from "../../telemetry/metric-reader.js";
import type { AlertmanagerSpec, AlertReceiver, ReceiverIntegration } from "../../topology/alertmanager-spec.js";
import { isResolved, mergedAlert, storedAlert, type PostedAlert, type StoredAlert } from "./alerts.js";
import { Inhibitor } from "./inhibition.js";
import { notifiedAlert, type Notification } from "./notification.js";
import { compareLabels, printLabels, RouteNode } from "./routing.js";
import { inTimeInterval } from "./time-interval.js";

/** Notifications that are kept; older ones go first. */
export const NOTIFICATIONS_MAX = 10_000;
/** How often empty groups are taken away, and how many times until resolved alerts are. */
const CLEANUP_MS = 30_000;
const CLEANUPS_PER_COLLECTION = 60;

/** Silences as they stand: ids of those that match an alert at an instant. */
export interface SilenceSource {
  silencedBy(labels: Labels, atMs: number): readonly string[];
}

export interface AlertmanagerOptions {
  readonly spec: AlertmanagerSpec;
  readonly silences: SilenceSource;
  readonly startMs: number;
  /** What it had counted before, where somebody did. */
  readonly counted?: AlertmanagerCounts;
}

/** Alerts of one route with the same values of the labels that it groups by. */
interface AlertGroup {
  readonly route: RouteNode;
  readonly labels: Labels;
  readonly key: string;
  readonly alerts: Map<string, StoredAlert>;
  nextFlushMs: number;
  hasFlushed: boolean;
}

/** What a receiver knows of a group. */
interface LogEntry {
  readonly atMs: number;
  readonly firing: ReadonlySet<string>;
  readonly resolved: ReadonlySet<string>;
}

export interface AlertStatus {
  readonly state: "active" | "suppressed";
  readonly silencedBy: readonly string[];
  readonly inhibitedBy: readonly string[];
}

export interface GroupView {
  readonly labels: Labels;
  readonly receiver: string;
  /** Time intervals of the route that keep it from telling anybody now. */
  readonly mutedBy: readonly string[];
  readonly alerts: readonly StoredAlert[];
}

/** Why somebody was not told. */
export type SuppressionReason = "silence" | "inhibition" | "mute_time_interval" | "active_time_interval";

export interface AlertmanagerCounts {
  readonly receivedFiring: number;
  readonly receivedResolved: number;
  /** Messages by kind of integration. */
  readonly notifications: Readonly<Record<string, number>>;
  /** Alerts that were left out of messages, each time anew. */
  readonly suppressed: Readonly<Record<SuppressionReason, number>>;
}

const NOTHING_COUNTED: AlertmanagerCounts = {
  receivedFiring: 0,
  receivedResolved: 0,
  notifications: {},
  suppressed: { silence: 0, inhibition: 0, mute_time_interval: 0, active_time_interval: 0 },
};

interface MutableCounts extends AlertmanagerCounts {
  receivedFiring: number;
  receivedResolved: number;
  readonly notifications: Record<string, number>;
  readonly suppressed: Record<SuppressionReason, number>;
}

export class Alertmanager {
  readonly root: RouteNode;
  private readonly inhibitor: Inhibitor;
  private readonly receivers: ReadonlyMap<string, AlertReceiver>;
  private readonly stored = new Map<string, StoredAlert>();
  private readonly groups = new Map<string, AlertGroup>();
  private readonly log = new Map<string, LogEntry>();
  private readonly told: Notification[] = [];
  private toldCount = 0;
  private nextCleanupMs: number;
  private cleanups = 0;
  private readonly counters: MutableCounts;

  constructor(private readonly options: AlertmanagerOptions) {
    const { spec, startMs } = options;
    this.root = new RouteNode(spec.route);
    this.inhibitor = new Inhibitor(spec.inhibitRules);
    this.receivers = new Map(spec.receivers.map((receiver) => [receiver.name, receiver]));
    this.nextCleanupMs = startMs + CLEANUP_MS;
    this.counters = copyOf(options.counted ?? NOTHING_COUNTED);
  }

  get spec(): AlertmanagerSpec {
    return this.options.spec;
  }

  get startMs(): number {
    return this.options.startMs;
  }

  /** In order of time. */
  get notifications(): readonly Notification[] {
    return this.told;
  }

  /** Figures that only rise. */
  get counts(): AlertmanagerCounts {
    return this.counters;
  }

  /** Groups that exist, of whatever age. */
  get groupCount(): number {
    return this.groups.size;
  }

  /** Takes alerts in. Instants ascend over all calls of this and of `advance`. */
  receive(posted: readonly PostedAlert[], atMs: number): void {
    this.advance(atMs);
    for (const one of posted) {
      const sent = storedAlert(one, atMs, this.spec.resolveTimeoutMs);
      if (isResolved(sent, atMs)) this.counters.receivedResolved++;
      else this.counters.receivedFiring++;
      const old = this.stored.get(sent.fingerprint);
      const alert = old === undefined ? sent : mergedAlert(old, sent, atMs);
      this.stored.set(alert.fingerprint, alert);
      this.inhibitor.learn(alert);
      for (const route of this.root.match(alert.labels)) this.dispatch(route, alert, atMs);
    }
    this.advance(atMs);
  }

  /** Tells receivers all that is due up to and including `toMs`. */
  advance(toMs: number): void {
    for (;;) {
      const due = this.earliestGroup();
      if (this.nextCleanupMs <= Math.min(toMs, due?.nextFlushMs ?? Infinity)) {
        if (!this.cleanUp(toMs)) return;
      } else if (due !== undefined && due.nextFlushMs <= toMs) this.flush(due);
      else return;
    }
  }

  /** Alerts that have not ended at `atMs`, in order of fingerprints. */
  alerts(atMs: number): readonly StoredAlert[] {
    return [...this.stored.values()].filter((alert) => !isResolved(alert, atMs)).sort(byFingerprint);
  }

  statusOf({ labels }: StoredAlert, atMs: number): AlertStatus {
    const inhibitor = this.inhibitor.inhibitedBy(labels, atMs);
    const silencedBy = this.options.silences.silencedBy(labels, atMs);
    return {
      state: inhibitor === undefined && silencedBy.length === 0 ? "active" : "suppressed",
      silencedBy,
      inhibitedBy: inhibitor === undefined ? [] : [inhibitor],
    };
  }

  /** Names of the receivers that an alert goes to, as its routes say. */
  receiversOf(labels: Labels): readonly string[] {
    return this.root.match(labels).map(({ spec }) => spec.receiver);
  }

  /** In order of labels, then receivers; alerts that have ended are not in them. */
  groupViews(atMs: number): readonly GroupView[] {
    return [...this.groups.values()]
      .map(({ route, labels, alerts }) => ({
        labels,
        receiver: route.spec.receiver,
        mutedBy: this.mutingTimes(route, atMs),
        alerts: [...alerts.values()].filter((alert) => !isResolved(alert, atMs)).sort(byFingerprint),
      }))
      .filter(({ alerts }) => alerts.length > 0)
      .sort((left, right) => compareLabels(left.labels, right.labels) || (left.receiver < right.receiver ? -1 : 1));
  }

  private dispatch(route: RouteNode, alert: StoredAlert, atMs: number): void {
    const labels = route.groupLabels(alert.labels);
    const key = `${route.key}:${printLabels(labels)}`;
    const { groupWaitMs } = route.spec;
    let group = this.groups.get(key);
    if (group === undefined) {
      const nextFlushMs = atMs + groupWaitMs;
      group = { route, labels, key, alerts: new Map(), nextFlushMs, hasFlushed: false };
      this.groups.set(key, group);
    }
    group.alerts.set(alert.fingerprint, alert);
    // It has been waiting elsewhere for as long as it would have to here.
    if (!group.hasFlushed && alert.startsAtMs + groupWaitMs < atMs) group.nextFlushMs = atMs;
  }

  private earliestGroup(): AlertGroup | undefined {
    let earliest: AlertGroup | undefined;
    for (const group of this.groups.values())
      if (earliest === undefined || group.nextFlushMs < earliest.nextFlushMs) earliest = group;
    return earliest;
  }

  /** False: nothing is left that time could change. */
  private cleanUp(toMs: number): boolean {
    const atMs = this.nextCleanupMs;
    for (const [key, { alerts }] of this.groups) if (alerts.size === 0) this.groups.delete(key);
    this.cleanups++;
    if (this.cleanups % CLEANUPS_PER_COLLECTION === 0) this.collect(atMs);
    const idle = this.groups.size === 0 && this.stored.size === 0;
    const rounds = idle ? Math.max(1, Math.ceil((toMs - atMs) / CLEANUP_MS)) : 1;
    this.nextCleanupMs = atMs + rounds * CLEANUP_MS;
    this.cleanups += rounds - 1;
    return !idle || this.nextCleanupMs <= toMs;
  }

  private collect(atMs: number): void {
    for (const alert of this.stored.values()) {
      if (!isResolved(alert, atMs)) continue;
      this.stored.delete(alert.fingerprint);
      this.inhibitor.forget(alert.fingerprint);
    }
  }

  private flush(group: AlertGroup): void {
    const atMs = group.nextFlushMs;
    group.hasFlushed = true;
    group.nextFlushMs = atMs + group.route.spec.groupIntervalMs;
    if (group.alerts.size === 0) return;
    const told = [...group.alerts.values()].sort(byInstance);
    const heard = this.heardOf(group, told, atMs);
    if (heard.length > 0) this.notify(group, heard, atMs);
    for (const alert of told) if (isResolved(alert, atMs)) group.alerts.delete(alert.fingerprint);
  }

  /** Of the alerts of a group those that somebody may be told of now. */
  private heardOf({ route }: AlertGroup, told: readonly StoredAlert[], atMs: number): readonly StoredAlert[] {
    const { suppressed } = this.counters;
    const muting = this.mutingTimes(route, atMs);
    if (muting.length > 0) {
      const reason = route.spec.muteTimes.includes(muting[0]) ? "mute_time_interval" : "active_time_interval";
      suppressed[reason] += told.length;
      return [];
    }
    return told.filter((alert) => {
      const { inhibitedBy, silencedBy } = this.statusOf(alert, atMs);
      if (inhibitedBy.length > 0) suppressed.inhibition++;
      else if (silencedBy.length > 0) suppressed.silence++;
      else return true;
      return false;
    });
  }

  private mutingTimes({ spec: { muteTimes, activeTimes } }: RouteNode, atMs: number): readonly string[] {
    const isIn = (name: string): boolean =>
      this.spec.timeIntervals.some((interval) => interval.name === name && inTimeInterval(interval.rules, atMs));
    const muting = muteTimes.filter(isIn);
    return muting.length > 0 || activeTimes.length === 0 || activeTimes.some(isIn) ? muting : activeTimes;
  }

  private notify(group: AlertGroup, alerts: readonly StoredAlert[], atMs: number): void {
    const receiver = this.receivers.get(group.route.spec.receiver);
    receiver?.integrations.forEach((integration, index) => {
      const key = `${group.key}|${receiver.name}|${integration.kind}|${String(index)}`;
      const entry = logEntry(alerts, atMs);
      if (!needsUpdate(this.log.get(key), entry, integration, group.route.spec.repeatIntervalMs)) return;
      this.log.set(key, entry);
      const sent = integration.sendResolved ? alerts : alerts.filter((alert) => !isResolved(alert, atMs));
      if (sent.length === 0) return;
      const { notifications } = this.counters;
      notifications[integration.kind] = (notifications[integration.kind] ?? 0) + 1;
      if (this.told.length >= NOTIFICATIONS_MAX) this.told.shift();
      this.told.push({
        sequence: ++this.toldCount,
        atMs,
        receiver: receiver.name,
        integration: integration.kind,
        channel: integration.channel,
        status: entry.firing.size > 0 ? "firing" : "resolved",
        groupKey: group.key,
        groupLabels: group.labels,
        alerts: sent.map((alert) => notifiedAlert(alert, atMs)),
      });
    });
  }
}

const copyOf = ({ notifications, suppressed, ...received }: AlertmanagerCounts): MutableCounts => ({
  ...received,
  notifications: { ...notifications },
  suppressed: { ...suppressed },
});

function logEntry(alerts: readonly StoredAlert[], atMs: number): LogEntry {
  const ids = (resolved: boolean): ReadonlySet<string> =>
    new Set(alerts.filter((alert) => isResolved(alert, atMs) === resolved).map(({ fingerprint }) => fingerprint));
  return { atMs, firing: ids(false), resolved: ids(true) };
}

const isSubset = (part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean =>
  [...part].every((one) => whole.has(one));

/** Whether the receiver has to be told, who was told `before`. */
function needsUpdate(
  before: LogEntry | undefined,
  { atMs, firing, resolved }: LogEntry,
  { sendResolved }: ReceiverIntegration,
  repeatIntervalMs: number,
): boolean {
  if (before === undefined) return firing.size > 0;
  if (!isSubset(firing, before.firing)) return true;
  // Also where the receiver is not told of ends, so that the same alert is news when it comes again.
  if (firing.size === 0) return before.firing.size > 0;
  if (sendResolved && !isSubset(resolved, before.resolved)) return true;
  return before.atMs < atMs - repeatIntervalMs;
}

const byFingerprint = (left: StoredAlert, right: StoredAlert): number =>
  left.fingerprint < right.fingerprint ? -1 : 1;

/** By job, by instance, then by labels, as messages list alerts. */
function byInstance(left: StoredAlert, right: StoredAlert): number {
  for (const name of ["job", "instance"]) {
    const [has, hasToo] = [Object.hasOwn(left.labels, name), Object.hasOwn(right.labels, name)];
    if (has !== hasToo) return has ? -1 : 1;
    if (has && left.labels[name] !== right.labels[name]) return left.labels[name] < right.labels[name] ? -1 : 1;
  }
  return compareLabels(left.labels, right.labels);
}
