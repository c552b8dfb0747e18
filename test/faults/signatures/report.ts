/** The table as lines of text, row by row, for `npm run faults`. */
import { FAULT_MECHANISMS } from "../../../server/faults/mechanisms.js";
import { Courses } from "./courses.js";
import { type MeasuredSign, type Outcome, playRow } from "./runner.js";
import type { Signature } from "./signature.js";
import { SIGNATURES } from "./table.js";

const SEEDS = ["first", "second"];
/** Windows of the table against those of the unit tests. */
const LONGER = 2;

export interface ReportOptions {
  /** Only classes that contain this. */
  readonly only: string;
  readonly out: (line: string) => void;
}

/** Plays the rows at two seeds each and prints what they measured; the number of rows with a problem. */
export function reportFaults({ only, out }: ReportOptions): number {
  const courses = SEEDS.map((seed) => new Courses(seed));
  const rows = SIGNATURES.filter((row) => row.class.includes(only));
  let failed = 0;
  for (const row of rows) {
    const outcomes = courses.map((shared) => playSafely(row, shared));
    linesOf(row, outcomes).forEach(out);
    if (outcomes.some(({ problems }) => problems.length > 0)) failed++;
  }
  const covered = new Set(SIGNATURES.map((row) => row.class));
  const missing = [...FAULT_MECHANISMS.keys()].filter((name) => !covered.has(name));
  if (missing.length > 0) out(`without a row: ${missing.join(", ")}`);
  out(
    `${String(rows.length)} rows, ${String(failed)} failed; ${String(covered.size)} classes at ${String(SEEDS.length)} seeds`,
  );
  return failed + missing.length;
}

function playSafely(row: Signature, courses: Courses): Outcome {
  try {
    return playRow(row, courses, { longer: LONGER });
  } catch (error) {
    return {
      row,
      signs: [],
      sameAfterCure: Number.NaN,
      problems: [error instanceof Error ? error.message : String(error)],
    };
  }
}

function linesOf(row: Signature, outcomes: readonly Outcome[]): readonly string[] {
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
    `  unhurt: ${row.unhurt.join(", ") || "-"}; flat: ${Object.keys(row.flat ?? {}).join(", ") || "-"}; the same to the bit after the cure: ${outcomes.map(({ sameAfterCure }) => percent(sameAfterCure)).join(" ")}`,
    ...outcomes.flatMap(({ problems }, index) => problems.map((text) => `  FAILED at ${SEEDS[index] ?? ""}: ${text}`)),
    "",
  ];
}

function signLine(sign: MeasuredSign, bySeed: readonly (MeasuredSign | undefined)[]): string {
  const cell = (value: (one: MeasuredSign) => number): string =>
    bySeed
      .map((one) => (one === undefined ? "" : shown(value(one), sign.unit)))
      .join(" ")
      .padStart(17);
  const cells = [cell(({ hurt }) => hurt), cell(({ cured }) => cured), cell(({ wrong }) => wrong)];
  return `  ${`${sign.text}  ${sign.bound}`.padEnd(64)} ${cells.join("")}`;
}

function shown(value: number, unit: MeasuredSign["unit"]): string {
  if (Number.isNaN(value)) return "-";
  if (unit === "points") return percent(value);
  return `${unit === "times" ? "x" : ""}${value.toFixed(Math.abs(value) >= 100 ? 0 : 2)}`;
}

const percent = (ratio: number): string => (Number.isNaN(ratio) ? "-" : `${(ratio * 100).toFixed(1)}%`);

const orderText = (action: Readonly<Record<string, unknown>>): string =>
  Object.values(action)
    .map((value) => (typeof value === "string" ? value : JSON.stringify(value)))
    .join(" ");

function cureText({ cure }: Signature): string {
  if (typeof cure !== "string") return cure.map(orderText).join(", ");
  return cure === "rollback" ? "rollback of the change" : "it ends by itself";
}
