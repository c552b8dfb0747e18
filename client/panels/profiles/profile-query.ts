/**
 * What the profiles view asks for, as it stands in the URL: `service`, `type`, `version`, `instance`, `sel` (a span of
 * time, `from-to` in µs), `base` (what it is compared with: `before`, `v:<version>` or a span), `order`. Pure.
 */
import type { ProfiledProcess, ProfileKind, ProfileScope, ProfileTreeRequest } from "../../../server/wire/profile.js";
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import { formatBytes, formatClock, formatDurationUs, formatNumber } from "../../charts/format.js";
import type { ReadParameter } from "../logs/logs-query.js";

export interface ProfileKindText {
  readonly kind: ProfileKind;
  readonly title: string;
  /** What a value is, in a sentence for those who meet it for the first time. */
  readonly help: string;
  /** What the axis of the timeline counts. */
  readonly perSecond: (value: number) => string;
  readonly value: (value: number) => string;
}

const perSecondOfTime =
  (unit: string) =>
  (value: number): string =>
    `${formatNumber(value / 1_000_000)} ${unit}`;

export const PROFILE_KINDS: readonly ProfileKindText[] = [
  {
    kind: "cpu",
    title: "CPU",
    help: "Processor time, by the function that computed.",
    perSecond: perSecondOfTime("cores"),
    value: formatDurationUs,
  },
  {
    kind: "alloc",
    title: "Allocations",
    help: "Bytes that were allocated, by the function that asked for them.",
    perSecond: (value) => `${formatBytes(value)}/s`,
    value: formatBytes,
  },
  {
    kind: "lock",
    title: "Locks",
    help: "Time spent waiting for a worker or a connection, by the function that waited.",
    perSecond: perSecondOfTime("waiting"),
    value: formatDurationUs,
  },
  {
    kind: "wall",
    title: "Wall clock",
    help: "Time that passed, computing or waiting, by the function in which it did.",
    perSecond: perSecondOfTime("in flight"),
    value: formatDurationUs,
  },
];

const [CPU] = PROFILE_KINDS;

export function kindOf(text: string | undefined): ProfileKindText {
  const found = PROFILE_KINDS.find(({ kind }) => kind === text) ?? CPU;
  if (found === undefined) throw new Error("there are kinds of profiles");
  return found;
}

/** Frames of one answer: more than a screen can show. */
const NODES_MAX = 20_000;
const SLICES = 120;

/** `from-to` of an address; undefined where it is none or has no length. */
export function parseSpan(text: string | undefined): TimeWindow | undefined {
  const match = /^(\d{1,17})-(\d{1,17})$/.exec(text ?? "");
  const fromUs = Number(match?.[1]);
  const toUs = Number(match?.[2]);
  return match !== null && toUs > fromUs ? { fromUs, toUs } : undefined;
}

export const formatSpan = ({ fromUs, toUs }: TimeWindow): string =>
  `${String(Math.round(fromUs))}-${String(Math.round(toUs))}`;

/** The span of the address, or the whole window. */
export const selectionOf = (read: ReadParameter, window: TimeWindow): TimeWindow => parseSpan(read("sel")) ?? window;

/** What the selection is compared with; undefined: with nothing. `historyFromUs` is as far back as there is data. */
export function baselineOf(read: ReadParameter, window: TimeWindow, historyFromUs: number): ProfileScope | undefined {
  const text = read("base");
  if (text === undefined || text === "") return undefined;
  const instance = read("instance");
  const rest = instance === undefined ? {} : { instance };
  if (text.startsWith("v:")) return { version: text.slice(2), fromUs: historyFromUs, toUs: window.toUs, ...rest };
  const version = read("version");
  const scope = version === undefined ? rest : { ...rest, version };
  const span = parseSpan(text);
  if (span !== undefined) return { ...span, ...scope };
  const selected = selectionOf(read, window);
  const lengthUs = selected.toUs - selected.fromUs;
  return { fromUs: Math.max(0, selected.fromUs - lengthUs), toUs: selected.fromUs, ...scope };
}

export function treeRequestOf(
  read: ReadParameter,
  service: string,
  window: TimeWindow,
  historyFromUs: number,
): ProfileTreeRequest {
  const version = read("version");
  const instance = read("instance");
  const baseline = baselineOf(read, window, historyFromUs);
  // Of a version one wants all that is known, however long ago it was.
  const isVersions = read("base")?.startsWith("v:") === true && read("sel") === undefined;
  const selected = isVersions ? { fromUs: historyFromUs, toUs: window.toUs } : selectionOf(read, window);
  return {
    kind: kindOf(read("type")).kind,
    service,
    ...selected,
    ...(version === undefined ? {} : { version }),
    ...(instance === undefined ? {} : { instance }),
    ...(baseline === undefined ? {} : { baseline }),
    nodesMax: NODES_MAX,
    slices: read("order") === "time" ? SLICES : 0,
  };
}

/** `14:02:00–14:05:00, version 2.9.4, cart-1`. */
export function scopeText({ fromUs, toUs, version, instance }: ProfileScope): string {
  return [
    ...(version === undefined ? [] : [`version ${version}`]),
    ...(instance === undefined ? [] : [instance]),
    `${formatClock(fromUs)}–${formatClock(toUs)}`,
  ].join(", ");
}

/** Services that are profiled, by name. */
export const servicesOf = (processes: readonly ProfiledProcess[]): readonly string[] => [
  ...new Set(processes.map(({ service }) => service)),
];

/** Versions of a service, those that began last first. */
export function versionsOf(processes: readonly ProfiledProcess[], service: string): readonly string[] {
  const versions = new Set(processes.filter((one) => one.service === service).map(({ version }) => version));
  return [...versions].sort((one, other) => other.localeCompare(one, "en", { numeric: true }));
}

export const instancesOf = (processes: readonly ProfiledProcess[], service: string): readonly string[] => [
  ...new Set(processes.filter((one) => one.service === service).map(({ instance }) => instance)),
];
