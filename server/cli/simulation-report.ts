/** What a simulation came to, as lines of text for authors: alerts, journeys beside the healthy twin, monitoring, one trace. */
import { MICROS_PER_MINUTE, MICROS_PER_MS } from "../base/time.js";
import type { JourneySpec } from "../topology/types.js";
import type { LatencyFigures, Simulation, SpanView } from "./simulation.js";

/** Children of one span that are written out; the rest is counted. */
const CHILDREN_SHOWN = 8;
/** Consumers may take a message this long after the request. */
const TRACE_MINUTES = 2;

/**
 * The report of `world`, played to `toMinute` with its faults, beside its healthy `twin`; `sighted` is the same world
 * without what ails its monitoring, where something does.
 */
export function reportSimulation(
  world: Simulation,
  twin: Simulation,
  toMinute: number,
  sighted?: Simulation,
): readonly string[] {
  const onset = onsetMinute(world);
  const rows = world.scenario.topology.journeys.map((journey) => compareJourney(journey, world, twin, onset, toMinute));
  return [
    `${world.scenario.id}: ${world.scenario.title}`,
    `digest ${world.engine.digest()}, ${grouped(world.engine.spans.rows)} spans`,
    "",
    ...alertLines("alerts", world),
    ...alertLines("alerts of the healthy twin", twin),
    "",
    `journeys from the onset (${minuteText(onset)}) to ${minuteText(toMinute)}, healthy twin in brackets`,
    ...rows.map(({ text }) => text),
    "",
    ...monitoringLines(world),
    ...blindRuleLines(world, sighted),
    "",
    ...traceLines(world, rows, onset, toMinute),
  ];
}

/** Rules that fire where the monitoring is well and stay silent in the world. */
function blindRuleLines(world: Simulation, sighted: Simulation | undefined): string[] {
  if (sighted === undefined) return [];
  const heard = new Set(world.rules.transitions.map(({ rule }) => rule));
  const missed = sighted.rules.transitions.filter(({ rule, state }) => state === "firing" && !heard.has(rule));
  const lines = missed.map(({ atMs, rule }) => {
    const minute = (atMs * MICROS_PER_MS - world.scenario.startsAt) / MICROS_PER_MINUTE;
    return `  went blind: ${rule}, which fires at ${minuteText(minute)} where the monitoring is well`;
  });
  return lines.length === 0 ? ["  no rule went blind"] : lines;
}

function onsetMinute({ scenario }: Simulation): number {
  const causes = scenario.faults.filter(({ id }) => scenario.grading.causes.includes(id));
  return (Math.min(...causes.map(({ onset }) => onset)) - scenario.startsAt) / MICROS_PER_MINUTE;
}

function alertLines(title: string, { rules, scenario }: Simulation): string[] {
  const lines = rules.transitions.map(({ atMs, rule, state, labels }) => {
    const minute = (atMs * MICROS_PER_MS - scenario.startsAt) / MICROS_PER_MINUTE;
    const subject = labels["instance"] ?? labels["job"] ?? labels["service"] ?? "";
    const page = rule === scenario.page.alert && state === "firing" ? "  (the page)" : "";
    return `  ${minuteText(minute).padStart(8)}  ${state.padEnd(8)}  ${rule} ${subject}${page}`;
  });
  return [title, ...(lines.length === 0 ? ["  none"] : lines)];
}

interface JourneyRow {
  readonly journey: JourneySpec;
  readonly text: string;
  /** How much worse p99 or the failures are than in the twin. */
  readonly harm: number;
}

function compareJourney(
  journey: JourneySpec,
  world: Simulation,
  twin: Simulation,
  from: number,
  to: number,
): JourneyRow {
  const mine = world.customers(journey.service, journey.operation, from, to);
  const healthy = twin.customers(journey.service, journey.operation, from, to);
  const pair = (name: string, show: (figures: LatencyFigures) => string): string =>
    `${name} ${show(mine)} [${show(healthy)}]`;
  const cells = [
    pair("failed", ({ failedRatio }) => `${(failedRatio * 100).toFixed(1)} %`),
    pair("p50", ({ latencyMsP50 }) => `${latencyMsP50.toFixed(0)} ms`),
    pair("p99", ({ latencyMsP99 }) => `${latencyMsP99.toFixed(0)} ms`),
  ];
  return {
    journey,
    text: `  ${journey.id.padEnd(14)} ${grouped(mine.count).padStart(7)} requests   ${cells.join("   ")}`,
    harm: mine.latencyMsP99 / healthy.latencyMsP99 + 100 * (mine.failedRatio - healthy.failedRatio),
  };
}

function monitoringLines({ engine, scrapes, scrapesLost }: Simulation): string[] {
  const { ran } = engine.ruleIterations;
  const missed = ran.filter((value) => value === 0).length;
  return [
    "monitoring",
    `  series in memory ${grouped(engine.plant.headSeries)}, speed ${(engine.plant.speed * 100).toFixed(0)} %, ` +
      `rule evaluations missed ${String(missed)} of ${String(ran.length)}`,
    `  scrapes lost ${grouped(scrapesLost)} of ${grouped(scrapes)}`,
  ];
}

/** The request at the 99th percentile of the journey that was hurt most, as a tree of spans. */
function traceLines(world: Simulation, rows: readonly JourneyRow[], from: number, to: number): string[] {
  const worst = rows.reduce((a, b) => (b.harm > a.harm ? b : a));
  const { service, operation } = worst.journey;
  const isRoot = ({ component, kind, name }: SpanView["site"]): boolean =>
    component === service && kind === "server" && name === operation;
  const roots = [...world.spans(from, to, isRoot)].sort((a, b) => a.durationMs - b.durationMs);
  const root = roots[Math.max(0, Math.ceil(roots.length * 0.99) - 1)];
  if (root === undefined) return [];
  const start = (root.startUs - world.scenario.startsAt) / MICROS_PER_MINUTE;
  const spans = world.spans(start, start + TRACE_MINUTES, () => true).filter(({ request }) => request === root.request);
  return [
    `a ${worst.journey.id} at p99, ${minuteText(start)}; offset and duration in ms`,
    ...treeLines(root, root, spans, 0),
  ];
}

function treeLines(span: SpanView, root: SpanView, spans: readonly SpanView[], depth: number): string[] {
  const offset = ((span.startUs - root.startUs) / MICROS_PER_MS).toFixed(0).padStart(7);
  const notes = [span.attempt > 0 ? `try ${String(span.attempt + 1)}` : "", span.status === "ok" ? "" : span.status];
  const name = `${"  ".repeat(depth)}${span.site.kind} ${span.instance} ${span.site.name}`;
  const line = [offset, span.durationMs.toFixed(1).padStart(9), name, ...notes.filter((note) => note !== "")].join(
    "  ",
  );
  const children = spans.filter(({ parent }) => parent === span.row);
  const shown = children.length > CHILDREN_SHOWN ? [...children.slice(0, 3), ...children.slice(-2)] : children;
  const rest = children.length - shown.length;
  return [
    line,
    ...shown.flatMap((child) => treeLines(child, root, spans, depth + 1)),
    ...(rest > 0 ? [`${" ".repeat(20)}${"  ".repeat(depth + 1)}and ${String(rest)} more beside these`] : []),
  ];
}

/** `-2m30s`, `+4m`. */
function minuteText(minute: number): string {
  const seconds = Math.round(Math.abs(minute) * 60);
  const sign = minute < 0 ? "-" : "+";
  const rest = seconds % 60;
  return `${sign}${String(Math.floor(seconds / 60))}m${rest === 0 ? "" : `${String(rest)}s`}`;
}

const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ",");
