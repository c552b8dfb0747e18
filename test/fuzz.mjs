/**
 * `npm run fuzz -- LANGUAGE`: 100,000 random and mutated queries in a language. `--count N` for another number, `--seed N`
 * to ask the same again; the seed is printed. Exit 1 at the first crash, hang, or error without a place.
 */
import { bundle } from "./bench/bundle.mjs";

/** A module of `test/fuzz` and what it exports: a function from a clock to the subject. */
const LANGUAGES = {
  promql: { entry: "test/fuzz/promql.ts", subject: "promqlSubject" },
  logql: { entry: "test/fuzz/logql.ts", subject: "logqlSubject" },
  traceql: { entry: "test/fuzz/traceql.ts", subject: "traceqlSubject" },
};

const COUNT = 100_000;
const HANG_MS = 10_000;

function option(name, otherwise) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
}

async function main() {
  const name = process.argv[2];
  const language = LANGUAGES[name];
  if (language === undefined) {
    console.error(`usage: npm run fuzz -- ${Object.keys(LANGUAGES).join(" | ")} [--count N] [--seed N]`);
    process.exit(2);
  }
  const seed = option("seed", (Date.now() % 1_000_000) + 1);
  const count = option("count", COUNT);
  console.log(`${name}: ${count} queries, seed ${seed}`);
  const { fuzz } = await import(await bundle("test/fuzz/fuzz.ts"));
  const subjectOf = (await import(await bundle(language.entry)))[language.subject];
  const clockMs = () => performance.now();
  const report = fuzz(subjectOf(clockMs), { count, seed, clockMs, hangMs: HANG_MS });
  const { answered, refused, failed, slowestMs, slowest } = report;
  console.log(
    `${answered} answered, ${refused} refused, ${failed} failed; slowest ${slowestMs.toFixed(0)} ms: ${slowest}`,
  );
}

await main();
