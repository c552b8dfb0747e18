/** What the command palette offers for what is typed: commands, places to go, and what can be read off the text. Pure. */
import { formatClock, formatDateTime, formatDurationUs } from "../../charts/format.js";
import type { Catalogue } from "../../../server/wire/actions.js";
import type { AlertsAnswer, ChangeRecord } from "../../../server/wire/telemetry.js";
import { KIND_WORDS } from "../../elements/component-words.js";
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

export type PaletteGroup =
  "Time" | "Trace" | "Views" | "Commands" | "Components" | "Alerts" | "Changes" | "Queries" | "Search";

/** A part of the system; only services have logs, traces and profiles of their own. */
export type PaletteComponent = Pick<Catalogue["components"][number], "id" | "kind">;

/** What there is to search besides the commands; empty lists while it is being asked for. */
export interface PaletteSources {
  readonly commands: readonly Command[];
  readonly components: readonly PaletteComponent[];
  readonly alerts: AlertsAnswer | undefined;
  readonly changes: readonly ChangeRecord[];
  readonly queries: readonly string[];
  readonly nowUs: number;
}

const SHOWN_MAX = 40;
/** Of one group, while something is typed; without a query fewer, so that every group is seen. */
const GROUP_MAX = 12;
const GROUP_MAX_UNTYPED = 6;

interface ComponentView {
  readonly view: string;
  readonly title: string;
  /** How the address selects the component there. */
  readonly parameter: string;
  readonly servicesOnly: boolean;
}

const COMPONENT_VIEWS: readonly ComponentView[] = [
  { view: "dashboards", title: "dashboard", parameter: "service", servicesOnly: false },
  { view: "logs", title: "logs", parameter: "services", servicesOnly: true },
  { view: "traces", title: "traces", parameter: "service", servicesOnly: true },
  { view: "profiles", title: "profiles", parameter: "service", servicesOnly: true },
  { view: "map", title: "on the map", parameter: "node", servicesOnly: false },
];

/** Of untyped alerts those that want somebody come first. */
const ALERT_ORDER: readonly string[] = ["firing", "pending", "inactive"];

/**
 * Best first, in groups: each group stands where its best item does. Untyped all are equally good and keep their order.
 * What is typed can always be looked for in lines and names of metrics, which is offered last.
 */
export function paletteItems(query: string, sources: PaletteSources): readonly RankedItem[] {
  const text = query.trim();
  const all = searchableItems(sources);
  if (text === "") return grouped(all.map(unmarked), GROUP_MAX_UNTYPED).slice(0, SHOWN_MAX);
  const times = timeItems(text, sources.nowUs);
  const ranked = all.flatMap((item) => rank(text, item)).sort((one, other) => other.score - one.score);
  const found = grouped([...[...times, ...traceItems(text)].map(unmarked), ...ranked], GROUP_MAX).slice(0, SHOWN_MAX);
  return times.length > 0 ? found : [...found, ...searchItems(text).map(unmarked)];
}

const unmarked = (item: PaletteItem): RankedItem => ({ ...item, marks: [] });

/** `last 15m`, `14:02-14:20`, `now-1h to now`: the range as it was understood. */
function timeItems(text: string, nowUs: number): readonly PaletteItem[] {
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

/** The text itself, taken to the views that search for words. */
function searchItems(text: string): readonly PaletteItem[] {
  const item = (view: string, title: string, values: UrlValues): PaletteItem => ({
    id: `search:${view}`,
    group: "Search",
    title,
    detail: `“${text}”`,
    keys: undefined,
    deed: { kind: "open", view, values },
  });
  return [item("logs", "Lines with", { q: text }), item("metrics", "Metrics named", { browse: "1", search: text })];
}

function searchableItems(sources: PaletteSources): readonly PaletteItem[] {
  const { commands, components, alerts, changes, queries } = sources;
  return [
    ...commands.filter(({ local, id }) => !local && id !== "shell.palette").map(commandItem),
    ...COMPONENT_VIEWS.flatMap((view) => componentItems(view, components)),
    ...[...(alerts?.rules ?? [])].sort(byAlertState).map(({ name, state }): PaletteItem => ({
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

const componentItems = (
  { view, title, parameter, servicesOnly }: ComponentView,
  components: readonly PaletteComponent[],
): readonly PaletteItem[] =>
  components
    .filter(({ kind }) => !servicesOnly || kind === "service")
    .map(({ id, kind }) => ({
      id: `component:${id}:${view}`,
      group: "Components",
      title: `${id} ${title}`,
      detail: KIND_WORDS[kind],
      keys: undefined,
      deed: { kind: "open", view, values: { [parameter]: id } },
    }));

const byAlertState = (one: { readonly state: string }, other: { readonly state: string }): number =>
  ALERT_ORDER.indexOf(one.state) - ALERT_ORDER.indexOf(other.state);

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
