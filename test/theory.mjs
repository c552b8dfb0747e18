/**
 * `npm run theory`: the engine against closed forms of queueing theory, as a table. Exit 1 when one does not hold.
 * `-- --times 5` simulates five times as many requests: narrower intervals.
 */
import { pathToFileURL } from "node:url";
import { bundle } from "./bench/bundle.mjs";

const { THEORY, allowed, isRight } = await import(pathToFileURL(await bundle("test/fixtures/theory-cases.ts")).href);

const option = process.argv.indexOf("--times");
const times = option < 0 ? 1 : Number(process.argv[option + 1]);
if (!(times > 0 && times <= 5)) {
  console.error("--times takes a number up to 5: a world has 9.5 hours");
  process.exit(2);
}

const line = (...cells) => [42, 24, 11, 11, 9, 9].map((width, at) => String(cells[at]).padEnd(width)).join(" ");
console.log(line("system", "figure", "simulated", "theory", "off", "allowed"));
for (const system of THEORY) {
  for (const value of system.run(times)) {
    const { found, theory, what } = value;
    const percent = (part) => `${((part / theory) * 100).toFixed(2)} %`;
    const right = isRight(value);
    if (!right) process.exitCode = 1;
    const figures = [
      found.mean.toPrecision(5),
      theory.toPrecision(5),
      percent(found.mean - theory),
      percent(allowed(value)),
    ];
    console.log(`${line(system.title, what, ...figures)} ${right ? "ok" : "WRONG"}  ${system.formula}`);
  }
}
