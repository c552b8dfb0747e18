/**
 * `npm run agreement`: random worlds whose logs, traces and metrics are asked about the same things; all must say the
 * same. `-- --worlds N` plays the first N (200), `-- --seed N` world N. Exit 1 where they disagree.
 */
import { bundle } from "./bench/bundle.mjs";

const WORLDS = 200;
/** Sentences that are printed of one world. */
const SHOWN = 10;
const PROGRESS_MS = 10_000;

function valueOf(name, fallback) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
}

const { agreementOf } = await import(await bundle("test/fixtures/agreement.ts"));
const one = valueOf("seed", undefined);
const numbers = one === undefined ? Array.from({ length: valueOf("worlds", WORLDS) }, (_, number) => number) : [one];
const begun = Date.now();
let told = begun;
let failed = 0;
const figures = new Map();
for (const [played, number] of numbers.entries()) {
  const { problems, compared } = agreementOf(number);
  for (const [what, count] of compared) figures.set(what, (figures.get(what) ?? 0) + count);
  if (problems.length > 0) {
    failed++;
    console.error(`world ${number}: ${problems.length} disagreements; npm run agreement -- --seed ${number}`);
    for (const problem of problems.slice(0, SHOWN)) console.error(`  ${problem}`);
  }
  if (Date.now() - told < PROGRESS_MS) continue;
  told = Date.now();
  console.log(`${played + 1} worlds, ${failed} disagree …`);
}
console.log(`${numbers.length} worlds, ${failed} disagree, ${((Date.now() - begun) / 1_000).toFixed(1)} s`);
console.log(`compared ${[...figures].map(([what, count]) => `${what} ${count}`).join(", ")}`);
process.exitCode = failed === 0 ? 0 : 1;
