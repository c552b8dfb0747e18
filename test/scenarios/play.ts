/** Scenarios of `scenarios/`, played for tests. Minutes count from the page. */
import { readFileSync, readdirSync } from "node:fs";
import { formatDiagnostic } from "../../server/base/diagnostic.js";
import { MICROS_PER_MINUTE, MICROS_PER_MS } from "../../server/base/time.js";
import { Simulation, type LatencyFigures, type SimulationOptions, type SpanView } from "../../server/cli/simulation.js";
import { evaluateInstant, prepareQuery } from "../../server/query/promql/query.js";
import { readScenario } from "../../server/scenario/read-scenario.js";
import type { Scenario } from "../../server/scenario/types.js";

/** For hooks that play a scenario: some seconds on a free machine, many on a busy one. */
export const PLAY_TIME_LIMIT_MS = 120_000;

const FOLDER = new URL("../../scenarios/", import.meta.url);

/** All YAML files below `scenarios/`, by their path from there. */
export function scenarioTexts(): ReadonlyMap<string, string> {
  const files = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter((file) =>
    /\.yaml$|^dashboards\//.test(file),
  );
  return new Map(files.map((file) => [file, readFileSync(new URL(file, FOLDER), "utf8")]));
}

export function loadScenario(id: string): Scenario {
  const { scenario, diagnostics } = readScenario(scenarioTexts(), `${id}.yaml`);
  if (scenario === undefined) throw new Error(diagnostics.map(formatDiagnostic).join("\n"));
  return scenario;
}

export class Play extends Simulation {
  /** Names of the alerts that ever fired, in order. */
  fired(): readonly string[] {
    return this.rules.transitions.filter(({ state }) => state === "firing").map(({ rule }) => rule);
  }

  /** Minute from the page at which the alert first fired; undefined when it did not. */
  firedAt(alert: string): number | undefined {
    const found = this.rules.transitions.find(({ rule, state }) => rule === alert && state === "firing");
    return found === undefined ? undefined : (found.atMs * MICROS_PER_MS - this.scenario.startsAt) / MICROS_PER_MINUTE;
  }

  /** First value of a PromQL query now; undefined when it has none. */
  query(text: string): number | undefined {
    const prepared = prepareQuery(text);
    if (!prepared.ok) throw new Error(prepared.error.map(({ message }) => message).join("\n"));
    const result = evaluateInstant(prepared.value, this.store, Math.floor(this.engine.now / MICROS_PER_MS));
    if (result.kind === "scalar") return result.value;
    return result.kind === "vector" ? result.samples[0]?.value : undefined;
  }

  /** What customers of the shop got from an operation of its edge. */
  shop(operation: string, from: number, to: number): LatencyFigures {
    return this.customers("edge", operation, from, to);
  }

  basketOf(span: SpanView): number {
    return this.engine.draws.basketOf(span.request);
  }
}

export const play = (id: string, options: SimulationOptions): Play => new Play(loadScenario(id), options);
