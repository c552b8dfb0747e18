/** Plays a row of the table and says what it measured and where that is not what the row says. */
import { MICROS_PER_SECOND, simTime, type SimTime } from "../../../server/base/time.js";
import type { Scenario } from "../../../server/scenario/types.js";
import { compareWorlds, type PairedComparison } from "../../../server/telemetry/paired-comparison.js";
import { branchWith, type Courses, instant } from "./courses.js";
import { type Course, handlingsDigest, isSeen, measure, type MeasureForm, MEASURES } from "./measures.js";
import { curesOf, scenarioOf } from "./shop.js";
import type { Sign, Signature } from "./signature.js";
import type { Window } from "./telemetry-eyes.js";

/** What a row leaves out. */
const SETTLE_S = 10;
const DEPLOY_SETTLE_S = 40;
const WINDOW_S = 60;
const RECOVER_S = 15;
/** Requests of a window may end this much later. */
const ENDING_US = 12 * MICROS_PER_SECOND;

/** Of requests that share processors with those that are hurt, some are slower by chance. */
const UNHURT = 0.02;
/** What may be left after a cure: a share of the excess. */
const LEFT = 0.15;
const HURT_SLACK = 0.02;
const FLAT_ERRORS = 0.005;

/** A sign as it was measured: with the fault, after the cure, after the wrong one where these were tried. */
export interface MeasuredSign {
  readonly text: string;
  readonly unit: MeasureForm["unit"];
  readonly bound: string;
  readonly hurt: number;
  readonly cured: number | undefined;
  readonly wrong: number | undefined;
}

export interface Outcome {
  readonly signs: readonly MeasuredSign[];
  readonly problems: readonly string[];
  /** Share of the requests after the cure that are the same as in the twin to the bit. */
  readonly sameAfterCure: number | undefined;
}

export interface RunOptions {
  /** Makes every window this many times as long. */
  readonly longer: number;
  /** False: only what the fault does, not what ends it. */
  readonly cures: boolean;
}

/** Plays one row over `courses`, which other rows of the same seed share. */
export function playRow(row: Signature, courses: Courses, options: RunOptions): Outcome {
  return new RowPlay(row, scenarioOf(row), courses, options).play();
}

class RowPlay {
  readonly #problems: string[] = [];
  readonly #settle: number;
  readonly #window: number;
  readonly #recover: number;

  constructor(
    readonly row: Signature,
    readonly scenario: Scenario,
    readonly courses: Courses,
    readonly options: RunOptions,
  ) {
    this.#settle = row.settle ?? (row.trigger === "deploy" ? DEPLOY_SETTLE_S : SETTLE_S);
    this.#window = (row.window ?? WINDOW_S) * options.longer;
    this.#recover = row.recover ?? RECOVER_S;
  }

  play(): Outcome {
    const { row, scenario } = this;
    const cureAt = instant(scenario, this.#settle + this.#window);
    const telemetry = row.signs.some(({ measure: kind }) => isSeen(kind));
    const world = this.courses.world(scenario, row.cure === "ends" ? cureAt : undefined, telemetry);
    const twin = this.courses.twin(scenario, telemetry);
    world.engine.run(cureAt);
    const phases = { world, twin, first: this.#windowFrom(instant(scenario, this.#settle)), ...this.#cures(world) };
    const { first, cured, wrong } = phases;
    runPast(world, first);
    runPast(twin, first);
    for (const after of [cured, wrong]) {
      if (after === undefined) continue;
      runPast(after.course, after.window);
      runPast(twin, after.window);
    }
    const signs = row.signs.map((sign) => this.#sign(sign, phases));
    const afterwards = cured === undefined ? undefined : compare(cured.course, twin, cured.window);
    const users = this.#users(phases, afterwards);
    this.#quiet(phases);
    return { signs: [...signs, ...users], problems: this.#problems, sameAfterCure: afterwards?.sameRatio };
  }

  /** What becomes of the world as it stands with the cure, and with the wrong one. */
  #cures(world: Course): Pick<Phases, "cured" | "wrong"> {
    if (!this.options.cures) return { cured: undefined, wrong: undefined };
    const checkpoint = world.engine.checkpoint();
    const orders = this.scenario.grading.reference.map(({ action }) => action);
    const count = curesOf(this.row).length;
    const [cured, wrong] = [orders.slice(0, count), orders.slice(count)].map((actions) => {
      const { course, doneAt } = branchWith(world, checkpoint, actions);
      return { course, window: this.#windowFrom(simTime(doneAt + this.#recover * MICROS_PER_SECOND)) };
    });
    return { cured, wrong: this.row.wrongCure.length === 0 ? undefined : wrong };
  }

  #windowFrom(from: SimTime): Window {
    return { fromUs: from, toUs: from + this.#window * MICROS_PER_SECOND };
  }

  #sign(sign: Sign, phases: Phases): MeasuredSign {
    const { of, measure: kind } = sign;
    const at = ({ course, window }: After): number => measure(of, kind, course, phases.twin, window);
    const hurt = at({ course: phases.world, window: phases.first });
    const cured = phases.cured && at(phases.cured);
    const wrong = phases.wrong && at(phases.wrong);
    const { neutral, unit, slack: least } = MEASURES[kind];
    const text = `${of} ${kind}`;
    if (!within(hurt, sign)) this.#wrong(`${text} is ${figure(hurt)}, ${boundText(sign)}`);
    // What stays as it is neither ends nor goes on.
    if (sign.cured !== false && !within(neutral, sign)) {
      const slack = sign.slack ?? Math.max(LEFT * Math.abs(hurt - neutral), least);
      if (cured !== undefined && !(Math.abs(cured - neutral) <= slack))
        this.#wrong(`${text} is ${figure(cured)} after the cure`);
      if (wrong !== undefined && !isHalf(wrong, sign, neutral))
        this.#wrong(`${text} is ${figure(wrong)} after the wrong cure`);
    }
    return { text, unit, bound: boundText(sign), hurt, cured, wrong };
  }

  #users(phases: Phases, afterwards: PairedComparison | undefined): readonly MeasuredSign[] {
    const { world, twin, first, wrong } = phases;
    const hurt = hurtShares(compare(world, twin, first));
    const cured = afterwards && hurtShares(afterwards);
    const isAsked = Object.keys(this.row.hurt).length > 0;
    const still = isAsked && wrong !== undefined ? hurtShares(compare(wrong.course, twin, wrong.window)) : undefined;
    for (const journey of this.row.unhurt) {
      const share = hurt.get(journey) ?? Number.NaN;
      if (!(share <= UNHURT)) this.#wrong(`${share.toFixed(3)} of ${journey} are hurt`);
    }
    return Object.entries(this.row.hurt).map(([journey, min]) => {
      const before = hurt.get(journey) ?? Number.NaN;
      const after = cured?.get(journey);
      const left = still?.get(journey);
      if (!(before >= min)) this.#wrong(`${figure(before)} of ${journey} are hurt, at least ${String(min)} wanted`);
      if (after !== undefined && !(after <= Math.max(HURT_SLACK, LEFT * before)))
        this.#wrong(`${figure(after)} of ${journey} are hurt after the cure`);
      if (left !== undefined && !(left >= min / 2))
        this.#wrong(`${figure(left)} of ${journey} are hurt after the wrong cure`);
      const text = `users of ${journey} hurt`;
      return { text, unit: "points", bound: `>= ${String(min)}`, hurt: before, cured: after, wrong: left };
    });
  }

  /** What the fault must not touch. */
  #quiet({ world, twin, first }: Phases): void {
    for (const component of this.row.same ?? []) {
      if (handlingsDigest(world.engine, component, first) !== handlingsDigest(twin.engine, component, first))
        this.#wrong(`${component} is not the same as in the twin`);
    }
    for (const [component, share] of Object.entries(this.row.flat ?? {})) {
      for (const kind of ["mean", "p99"] as const) {
        const ratio = measure(component, kind, world, twin, first);
        if (!(Math.abs(ratio - 1) <= share)) this.#wrong(`${kind} of ${component} is ${figure(ratio)} of the twin's`);
      }
      const errors = measure(component, "errors", world, twin, first);
      if (!(Math.abs(errors) <= FLAT_ERRORS)) this.#wrong(`errors of ${component} rise by ${figure(errors)}`);
    }
  }

  #wrong(text: string): void {
    this.#problems.push(text);
  }
}

interface After {
  readonly course: Course;
  readonly window: Window;
}

interface Phases {
  readonly world: Course;
  readonly twin: Course;
  readonly first: Window;
  readonly cured: After | undefined;
  readonly wrong: After | undefined;
}

function within(value: number, { min, max }: Sign): boolean {
  return !Number.isNaN(value) && value >= (min ?? -Infinity) && value <= (max ?? Infinity);
}

/** Half of what the row asks for is still the fault. */
function isHalf(value: number, { min = -Infinity, max = Infinity }: Sign, neutral: number): boolean {
  return min > neutral ? value >= (neutral + min) / 2 : value <= (neutral + max) / 2;
}

function boundText({ min, max }: Sign): string {
  return [min === undefined ? "" : `>= ${String(min)}`, max === undefined ? "" : `<= ${String(max)}`]
    .filter((text) => text !== "")
    .join(", ");
}

const figure = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(3));

function runPast({ engine }: Course, { toUs }: Window): void {
  engine.run(simTime(toUs + ENDING_US));
}

const compare = (mine: Course, twin: Course, window: Window) =>
  compareWorlds(mine.engine.model, mine.engine.spans, twin.engine.spans, window);

/** Share of requests that fail or are much slower than in the twin, by journey. */
function hurtShares({ journeys }: PairedComparison): ReadonlyMap<string, number> {
  return new Map(journeys.map(({ journey, hurt, requests }) => [journey, requests === 0 ? 0 : hurt / requests]));
}
