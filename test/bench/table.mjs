/**
 * Benchmarks as a table: each has a name and answers with rows { figure, value, unit, wanted?, checksum? }, where
 * `wanted` is { atMost } or { atLeast }. `--only name,name` chooses some.
 */
import { watchStolenTime } from "./stolen-time.mjs";

/** From this share on a benchmark says how much of the machine was taken away from it. */
const STOLEN_SHARE = 0.02;

/** Those that the command line names, or all; ends the process when there is no such benchmark. */
export function chosenFrom(benchmarks) {
  const at = process.argv.indexOf("--only");
  const names = at < 0 ? benchmarks.map(({ name }) => name) : (process.argv[at + 1] ?? "").split(",");
  const unknown = names.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
  if (unknown.length > 0) {
    console.error(`unknown benchmark ${unknown.join(", ")}: one of ${benchmarks.map(({ name }) => name).join(", ")}`);
    process.exit(2);
  }
  return benchmarks.filter(({ name }) => names.includes(name));
}

/** What is no number misses, too. */
const missed = ({ value, wanted }) =>
  wanted !== undefined && !(wanted.atLeast === undefined ? value <= wanted.atMost : value >= wanted.atLeast);

const grouped = (value) => value.toLocaleString("en", { maximumFractionDigits: Math.abs(value) < 10 ? 2 : 0 });

function budgetOf(wanted) {
  if (wanted === undefined) return "";
  return wanted.atLeast === undefined ? `at most ${grouped(wanted.atMost)}` : `at least ${grouped(wanted.atLeast)}`;
}

function line(name, row) {
  const { figure, value, unit, wanted, checksum = "" } = row;
  const verdict = wanted === undefined ? "" : missed(row) ? "MISSED" : "ok";
  return [
    name.padEnd(10),
    figure.padEnd(66),
    `${grouped(value)} ${unit}`.padStart(20),
    budgetOf(wanted).padStart(20),
    verdict.padEnd(7),
    checksum,
  ]
    .join(" ")
    .trimEnd();
}

/** Runs them one after another on `subject` (a size, a browser) and prints their rows; how many missed what was wanted. */
export async function printRows(benchmarks, subject) {
  let failures = 0;
  for (const { name, run } of benchmarks) {
    const stolen = watchStolenTime();
    for (const row of await run(subject)) {
      console.log(line(name, row));
      if (missed(row)) failures++;
    }
    const share = stolen();
    if (share >= STOLEN_SHARE)
      console.log(
        `${name.padEnd(10)} (${grouped(share * 100)} % of the processors' time went to other machines meanwhile)`,
      );
  }
  return failures;
}
