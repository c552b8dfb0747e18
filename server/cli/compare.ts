/**
 * `compare`: a scenario beside another course of itself, request by request. The other course is the healthy twin, the
 * same world without one of the reference's orders, or the same world with one more fault.
 */
import { isMap, isSeq, parse, parseDocument } from "yaml";
import { formatDiagnostic } from "../base/diagnostic.js";
import { addTime, MICROS_PER_MINUTE, simTime } from "../base/time.js";
import { FAULT_PARAMETERS } from "../faults/parameters.js";
import { readScenario, type ScenarioReading, type SourceFiles } from "../scenario/read-scenario.js";
import type { Scenario } from "../scenario/types.js";
import type { Engine } from "../sim/engine.js";
import type { FaultSpec, TimedAction } from "../sim/timeline.js";
import { compareWorlds } from "../telemetry/paired-comparison.js";
import { recentFrom } from "../world/history.js";
import type { WhatIf } from "../world/what-if.js";
import { World } from "../world/world.js";
import type { Command, CommandContext, ExitCode } from "./command.js";
import { reportComparison } from "./comparison-report.js";
import { QUERY_CHECKS } from "./expressions.js";
import { loadWithIncludes } from "./files.js";

/** Minutes after the page, or after the last order of the reference, to which the world is played. */
const MINUTES = 10;
const RIVAL = "rival";
const RIVAL_ONSET = "-5m";

const USAGE = "compare FILE [--without ORDER | --fault CLASS:TARGET[:NAME=VALUE,…]]";

export const COMPARE: Command = {
  usage: USAGE,
  description:
    "a scenario beside its healthy twin, request by request; or beside itself without one of the orders of its reference (by number), or with one more fault",
  run: compare,
};

type Question =
  | { readonly kind: "twin" }
  | { readonly kind: "without"; readonly order: string }
  | { readonly kind: "fault"; readonly text: string };

/** What is compared with what. */
interface Courses {
  readonly title: string;
  readonly world: Engine;
  readonly other: Engine;
}

async function compare(parameters: readonly string[], context: CommandContext): Promise<ExitCode> {
  const [file, option, value] = parameters;
  const question = questionOf(option, value);
  if (file === undefined || parameters.length > 3 || question === undefined) return wrongUse(context);
  const files = await loadWithIncludes(file);
  const scenario = told(readScenario(files, file, QUERY_CHECKS), context);
  if (scenario === undefined) return 1;
  const rival = question.kind === "fault" ? rivalOf(files, file, question.text, context) : undefined;
  if (question.kind === "fault" && rival === undefined) return 1;
  const courses = play(scenario, question, rival);
  if (courses === undefined) {
    context.error(`the reference has no order ${question.kind === "without" ? question.order : ""}`);
    orderLines(scenario).forEach(context.error);
    return 2;
  }
  const { world, other, title } = courses;
  const window = { fromUs: recentFrom(scenario), toUs: world.now };
  const comparison = compareWorlds(world.model, world.spans, other.spans, window);
  reportComparison(scenario, title, comparison, window).forEach(context.out);
  return 0;
}

function wrongUse(context: CommandContext): ExitCode {
  context.error(`usage: npm run scenario -- ${USAGE}`);
  return 2;
}

function questionOf(option: string | undefined, value: string | undefined): Question | undefined {
  if (option === undefined) return { kind: "twin" };
  if (value === undefined) return undefined;
  if (option === "--without") return { kind: "without", order: value };
  return option === "--fault" ? { kind: "fault", text: value } : undefined;
}

/** The scenario, or nothing and what is wrong with it. */
function told({ scenario, diagnostics }: ScenarioReading, context: CommandContext): Scenario | undefined {
  if (scenario === undefined) for (const diagnostic of diagnostics) context.error(formatDiagnostic(diagnostic));
  return scenario;
}

// The other course.

/** Orders of the reference, numbered from 1. */
const ordersOf = (scenario: Scenario): readonly TimedAction[] =>
  scenario.grading.reference.map(({ after, action }, index) => ({
    id: String(index + 1),
    at: addTime(scenario.startsAt, after),
    action,
  }));

const orderLines = (scenario: Scenario): readonly string[] =>
  ordersOf(scenario).map(({ id, action }) => `  ${id}  ${JSON.stringify(action)}`);

function play(scenario: Scenario, question: Question, rival: FaultSpec | undefined): Courses | undefined {
  // Without an order there must be orders; elsewhere nobody does anything.
  const actions = question.kind === "without" ? ordersOf(scenario) : [];
  if (question.kind === "without" && !actions.some(({ id }) => id === question.order)) return undefined;
  const from = Math.max(scenario.startsAt, ...actions.map(({ at }) => at));
  const world = World.create(scenario, { seed: scenario.seed, actions, faults: true });
  world.advance(simTime(from + MINUTES * MICROS_PER_MINUTE));
  const { whatIf } = world;
  return { world: whatIf.engine, ...otherCourse(whatIf, question, rival) };
}

function otherCourse(
  whatIf: WhatIf,
  question: Question,
  rival: FaultSpec | undefined,
): { readonly title: string; readonly other: Engine } {
  if (question.kind === "without") {
    return { title: `the same without order ${question.order}`, other: whatIf.without(question.order) };
  }
  if (rival === undefined) return { title: "its healthy twin", other: whatIf.twin() };
  return { title: `the same with ${rival.class} at ${rival.target}`, other: whatIf.with(rival) };
}

// One more fault.

/** Reads the fault as if the file had it, so that it is checked as one of the file is. */
function rivalOf(files: SourceFiles, file: string, text: string, context: CommandContext): FaultSpec | undefined {
  const document = parseDocument(files.get(file) ?? "");
  const fault = { id: RIVAL, onset: firstOnset(document.get("faults")), ...writtenFault(text) };
  const trigger =
    FAULT_PARAMETERS.get(fault.class)?.livesIn === "version" ? deployOf(document, fault.target) : undefined;
  document.addIn(["faults"], document.createNode(trigger === undefined ? fault : { ...fault, trigger }));
  const edited = new Map([...files, [file, String(document)]]);
  return told(readScenario(edited, file, QUERY_CHECKS), context)?.faults.find(({ id }) => id === RIVAL);
}

/** `dependency/slow:db:latency=250ms`. */
function writtenFault(text: string): { readonly class: string; readonly target: string; readonly parameters: object } {
  const [name = "", target = "", ...rest] = text.split(":");
  const pairs = rest
    .join(":")
    .split(",")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const [key = "", ...value] = pair.split("=");
      return [key, parse(value.join("=")) as unknown] as const;
    });
  return { class: name, target, parameters: Object.fromEntries(pairs) };
}

/** A rival begins when the first fault of the file does. */
function firstOnset(faults: unknown): string {
  const first = itemsOf(faults).at(0);
  return isMap(first) ? String(first.get("onset")) : RIVAL_ONSET;
}

/** The deploy of the target in the file; undefined where there is none. */
function deployOf(document: ReturnType<typeof parseDocument>, target: string): string | undefined {
  const deploy = itemsOf(document.get("changes")).find(
    (item) => isMap(item) && item.get("kind") === "deploy" && item.get("target") === target,
  );
  return isMap(deploy) ? String(deploy.get("id")) : undefined;
}

const itemsOf = (node: unknown): readonly unknown[] => (isSeq(node) ? node.items : []);
