/** The table as lines of text, row by row, for `npm run faults`. */
import { FAULT_MECHANISMS } from "../../../server/faults/mechanisms.js";
import { Courses } from "./courses.js";
import { type MeasuredSign, type Outcome, playRow, type RunOptions } from "./runner.js";
import type { Signature } from "./signature.js";
import { SIGNATURES } from "./table.js";

/** What the script does, and what the tests have time for: shorter windows, every other row, at one of two seeds in turn. */
const SIZES = {
  whole: { longer: 2, cures: true, seeds: ["first", "second"], seedsARow: 2, every: 1 },
  quick: { longer: 1, cures: true, seeds: ["one", "two"], seedsARow: 1, every: 2 },
} as const;

export interface ReportOptions {
  /** Only classes that contain this. */
  readonly only: string;
  readonly size: keyof typeof SIZES;
  readonly out: (line: string) => void;
}

/** Plays the rows at their seeds and prints what they measured; the number of rows with a problem. */
export function reportFaults({ only, size, out }: ReportOptions): number {
  const { seeds, seedsARow, every, ...options } = SIZES[size];
  const plays = seeds.map((seed) => ({ seed, courses: new Courses(seed) }));
  const rows = SIGNATURES.filter((row) => row.class.includes(only)).filter((_, place) => place % every === 0);
  let failed = 0;
  for (const [index, row] of rows.entries()) {
    const outcomes = plays
      .filter((_, play) => seedsARow === seeds.length || play === index % seeds.length)
      .map(({ seed, courses }) => ({ seed, ...playSafely(row, courses, options) }));
    linesOf(row, outcomes).forEach(out);
    if (outcomes.some(({ problems }) => problems.length > 0)) failed++;
  }
  const covered = new Set(SIGNATURES.map((row) => row.class));
  const missing = [...FAULT_MECHANISMS.keys()].filter((name) => !covered.has(name));
  if (missing.length > 0) out(`without a row: ${missing.join(", ")}`);
  out(
    `${String(rows.length)} rows, ${String(failed)} failed; ${String(covered.size)} classes, a row at ${String(seedsARow)} of ${String(seeds.length)} seeds`,
  );
  return failed + missing.length;
}

function playSafely(row: Signature, courses: Courses, options: RunOptions): Outcome {
  try {
    return playRow(row, courses, options);
  } catch (error) {
    return {
      signs: [],
      sameAfterCure: undefined,
      problems: [error instanceof Error ? error.message : String(error)],
    };
  }
}

function linesOf(row: Signature, outcomes: readonly (Outcome & { readonly seed: string })[]): readonly string[] {
  const [first] = outcomes;
  const brought = typeof row.trigger === "string" ? row.trigger : `flag ${row.trigger.flag}`;
  const title = [row.class, row.target, row.variant ?? "", JSON.stringify(row.parameters ?? {}), `by ${brought}`];
  return [
    title.filter((part) => part !== "").join("  "),
    `  ${"".padEnd(64)} ${["with it", "cured", "wrong cure"].map((text) => text.padStart(17)).join("")}`,
    ...(first?.signs ?? []).map((sign, index) =>
      signLine(
        sign,
        outcomes.map(({ signs }) => signs[index]),
      ),
    ),
    `  cure: ${cureText(row)}; wrong: ${row.wrongCure.length === 0 ? "-" : row.wrongCure.map(orderText).join(", ")}`,
    `  unhurt: ${row.unhurt.join(", ") || "-"}; ${flatText(row)}; requests as in the twin after the cure: ${outcomes.map(({ sameAfterCure }) => shown(sameAfterCure, "points")).join(" ")}`,
    ...outcomes.flatMap(({ seed, problems }) => problems.map((text) => `  FAILED ${row.class} at ${seed}: ${text}`)),
    "",
  ];
}

function signLine(sign: MeasuredSign, bySeed: readonly (MeasuredSign | undefined)[]): string {
  const cell = (value: (one: MeasuredSign) => number | undefined): string =>
    bySeed
      .map((one) => (one === undefined ? "" : shown(value(one), sign.unit)))
      .join(" ")
      .padStart(17);
  const cells = [cell(({ hurt }) => hurt), cell(({ cured }) => cured), cell(({ wrong }) => wrong)];
  return `  ${`${sign.text}  ${sign.bound}`.padEnd(64)} ${cells.join("")}`;
}

function shown(value: number | undefined, unit: MeasuredSign["unit"]): string {
  if (value === undefined) return "-";
  if (unit === "points") return percent(value);
  return `${unit === "times" ? "x" : ""}${value.toFixed(Math.abs(value) >= 100 ? 0 : 2)}`;
}

const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)}%`;

const orderText = (action: Readonly<Record<string, unknown>>): string =>
  Object.values(action)
    .map((value) => (typeof value === "string" ? value : JSON.stringify(value)))
    .join(" ");

const flatText = ({ same = [], flat = {} }: Signature): string =>
  same.length > 0 ? `the same to the bit: ${same.join(", ")}` : `flat: ${Object.keys(flat).join(", ") || "-"}`;

function cureText({ cure }: Signature): string {
  if (typeof cure !== "string") return cure.map(orderText).join(", ");
  return cure === "rollback" ? "rollback of the change" : "it ends by itself";
}
