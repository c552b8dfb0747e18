/** What the command palette offers for what is typed: commands, places to go, and what can be read off the text. Pure. */
import { formatClock, formatDateTime, formatDurationUs } from "../../charts/format.js";
import type { AlertsAnswer, ChangeRecord } from "../../../server/wire/telemetry.js";
import { parseRangeText, parseTimeExpression } from "../../state/time-range.js";
import type { TimeRangeText } from "../../state/time-range.js";
import type { UrlValues } from "../../state/url-state.js";
import type { Command } from "./command.js";
import { fuzzyMatch } from "./fuzzy.js";

/** What choosing an item does. */
export type PaletteDeed =
  | { readonly kind: "command"; readonly command: Command }
  | { readonly kind: "open"; readonly view: string; readonly values: UrlValues }
  | { readonly kind: "range"; readonly range: TimeRangeText };

export interface PaletteItem {
  readonly id: string;
  readonly group: PaletteGroup;
  readonly title: string;
  readonly detail: string;
  /** One way to type it, for commands that have one. */
  readonly keys: string | undefined;
  readonly deed: PaletteDeed;
}

export interface RankedItem extends PaletteItem {
  /** Characters of the title that matched. */
  readonly marks: readonly number[];
}

export type PaletteGroup = "Time" | "Trace" | "Views" | "Commands" | "Services" | "Alerts" | "Changes" | "Queries";

/** What there is to search besides the commands; empty lists while it is being asked for. */
export interface PaletteSources {
  readonly commands: readonly Command[];
  readonly services: readonly string[];
  readonly alerts: AlertsAnswer | undefined;
  readonly changes: readonly ChangeRecord[];
  readonly queries: readonly string[];
  readonly nowUs: number;
}

const SHOWN_MAX = 40;
/** Of one group, while something is typed; without a query fewer, so that every group is seen. */
const GROUP_MAX = 12;
const GROUP_MAX_UNTYPED = 6;

/** Where a service can be looked at: view, and how the address selects the service there. */
const SERVICE_VIEWS: readonly (readonly [view: string, title: string, parameter: string])[] = [
  ["dashboards", "dashboard", "service"],
  ["logs", "logs", "services"],
  ["traces", "traces", "service"],
  ["profiles", "profiles", "service"],
  ["map", "on the map", "node"],
];

/** Best first, in groups: each group stands where its best item does. */
export function paletteItems(query: string, sources: PaletteSources): readonly RankedItem[] {
  const text = query.trim();
  const read = [...timeItems(text, sources.nowUs), ...traceItems(text)].map((item) => ({ ...item, marks: [] }));
  const ranked = searchableItems(sources)
    .flatMap((item) => rank(text, item))
    .sort((one, other) => other.score - one.score);
  return grouped([...read, ...ranked], text === "" ? GROUP_MAX_UNTYPED : GROUP_MAX).slice(0, SHOWN_MAX);
}

/** `last 15m`, `14:02-14:20`, `now-1h to now`: the range as it was understood. */
function timeItems(text: string, nowUs: number): readonly PaletteItem[] {
  if (text === "") return [];
  const range = parseRangeText(text, nowUs);
  const fromUs = range === undefined ? undefined : parseTimeExpression(range.from, nowUs);
  const toUs = range === undefined ? undefined : parseTimeExpression(range.to, nowUs);
  if (range === undefined || fromUs === undefined || toUs === undefined) return [];
  const title = `${formatDateTime(fromUs)} to ${formatClock(toUs)} UTC`;
  const detail = `${formatDurationUs(toUs - fromUs)}${range.to === "now" ? ", moving on with the clock" : ""}`;
  return [{ id: "time", group: "Time", title, detail, keys: undefined, deed: { kind: "range", range } }];
}

/** A trace id as W3C writes it. */
function traceItems(text: string): readonly PaletteItem[] {
  const traceId = /^(?:[0-9a-f]{2}-)?([0-9a-f]{32})(?:-[0-9a-f]{16}-[0-9a-f]{2})?$/.exec(text.toLowerCase())?.[1];
  if (traceId === undefined) return [];
  const deed = { kind: "open", view: "trace", values: { trace: traceId } } as const;
  return [{ id: "trace", group: "Trace", title: traceId, detail: "Open this trace", keys: undefined, deed }];
}

function searchableItems(sources: PaletteSources): readonly PaletteItem[] {
  const { commands, services, alerts, changes, queries } = sources;
  return [
    ...commands.filter(({ local, id }) => !local && id !== "shell.palette").map(commandItem),
    ...services.flatMap(serviceItems),
    ...(alerts?.rules ?? []).map(({ name, state }): PaletteItem => ({
      id: `alert:${name}`,
      group: "Alerts",
      title: name,
      detail: state,
      keys: undefined,
      deed: { kind: "open", view: "alerts", values: { rule: name } },
    })),
    ...[...changes]
      .sort((one, other) => other.atUs - one.atUs)
      .map(({ id, kind, title, target, atUs }): PaletteItem => ({
        id: `change:${id}`,
        group: "Changes",
        title: title.startsWith(target) ? title : `${target}: ${title}`,
        detail: `${kind}, ${formatClock(atUs)}`,
        keys: undefined,
        deed: { kind: "open", view: "changes", values: { change: id } },
      })),
    ...queries.map((query): PaletteItem => ({
      id: `query:${query}`,
      group: "Queries",
      title: query,
      detail: "Metrics",
      keys: undefined,
      deed: { kind: "open", view: "metrics", values: { query } },
    })),
  ];
}

function commandItem(command: Command): PaletteItem {
  const { id, title, help, keys, group } = command;
  const deed = { kind: "command", command } as const;
  return { id, group: group === "Go to" ? "Views" : "Commands", title, detail: help, keys: keys[0], deed };
}

const serviceItems = (service: string): readonly PaletteItem[] =>
  SERVICE_VIEWS.map(([view, title, parameter]) => ({
    id: `service:${service}:${view}`,
    group: "Services",
    title: `${service} ${title}`,
    detail: "Service",
    keys: undefined,
    deed: { kind: "open", view, values: { [parameter]: service } },
  }));

/** The title counts; what stands beside it may be searched too, at a discount and without marks. */
function rank(query: string, item: PaletteItem): readonly (RankedItem & { readonly score: number })[] {
  const own = fuzzyMatch(query, item.title);
  if (own !== undefined) return [{ ...item, ...own }];
  const whole = `${item.group} ${item.title} ${item.detail}`.toLowerCase();
  const words = query.toLowerCase().split(/\s+/);
  return words.every((word) => whole.includes(word)) ? [{ ...item, score: words.join("").length, marks: [] }] : [];
}

function grouped(items: readonly RankedItem[], ofGroup: number): readonly RankedItem[] {
  const groups = new Map<PaletteGroup, RankedItem[]>();
  for (const item of items) {
    const group = groups.get(item.group) ?? [];
    if (group.length < ofGroup) group.push(item);
    groups.set(item.group, group);
  }
  return [...groups.values()].flat();
}
