/** The scenarios that this server offers, and the files that could not be read. What leaves it holds no spoiler. */
import type { Diagnostic } from "../base/diagnostic.js";
import type { Scenario } from "../scenario/types.js";
import type { BrokenScenario, ScenarioList, ScenarioSummary } from "../wire/scenario.js";

/** One scenario file after reading. Without a scenario it is broken and `diagnostics` say why. */
export interface ReadScenarioFile {
  readonly file: string;
  readonly scenario: Scenario | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** What the sessions need of a scenario: no faults, no grading. */
export interface PlayableScenario {
  readonly summary: ScenarioSummary;
  readonly digest: string;
  readonly seed: string;
  readonly startsAtUs: number;
  readonly historyFromUs: number;
  readonly recentFromUs: number;
  readonly endsAtUs: number;
}

export class ScenarioLibrary {
  readonly #playable: ReadonlyMap<string, PlayableScenario>;
  readonly #broken: readonly BrokenScenario[];

  constructor(playable: readonly PlayableScenario[], broken: readonly BrokenScenario[]) {
    this.#playable = new Map(playable.map((one) => [one.summary.id, one]));
    this.#broken = broken;
  }

  find(scenarioId: string): PlayableScenario | undefined {
    return this.#playable.get(scenarioId);
  }

  /** Easiest first, then by title. */
  list(): ScenarioList {
    const scenarios = [...this.#playable.values()].map(({ summary }) => summary);
    return { scenarios: scenarios.sort(byDifficulty), broken: this.#broken };
  }
}

const difficulties = ["introductory", "intermediate", "advanced"] as const;

const byDifficulty = (one: ScenarioSummary, other: ScenarioSummary): number =>
  difficulties.indexOf(one.difficulty) - difficulties.indexOf(other.difficulty) ||
  one.title.localeCompare(other.title, "en");

/** Two files with one id are both listed: the first is played, the other is broken. */
export function buildLibrary(files: readonly ReadScenarioFile[]): ScenarioLibrary {
  const playable = new Map<string, PlayableScenario>();
  const broken: BrokenScenario[] = [];
  for (const { file, scenario, diagnostics } of files) {
    if (scenario === undefined) broken.push({ file, diagnostics });
    else if (playable.has(scenario.id)) broken.push({ file, diagnostics: [sameId(file, scenario.id)] });
    else playable.set(scenario.id, playableOf(scenario));
  }
  return new ScenarioLibrary([...playable.values()], broken);
}

const sameId = (file: string, id: string): Diagnostic => ({
  severity: "error",
  message: `another file has the id ${JSON.stringify(id)} already`,
  hint: "give each scenario an id of its own",
  from: 0,
  to: 0,
  line: 1,
  column: 1,
  file,
  path: "id",
});

/** Copied field by field, so that a field which is added to Scenario does not leave the server by accident. */
const playableOf = (scenario: Scenario): PlayableScenario => ({
  summary: {
    id: scenario.id,
    title: scenario.title,
    summary: scenario.summary,
    difficulty: scenario.difficulty,
    minutes: scenario.minutes,
    skills: scenario.skills,
  },
  digest: scenario.digest,
  seed: scenario.seed,
  startsAtUs: scenario.startsAt,
  historyFromUs: scenario.startsAt - scenario.history,
  recentFromUs: scenario.startsAt - scenario.recent,
  endsAtUs: scenario.startsAt + scenario.runLimit,
});
