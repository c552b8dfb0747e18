/**
 * `npm run joint`: healthy hours of every scenario, and which series let one see where the history ends and the recent
 * part begins. `-- NAME` takes one scenario, `-- --seeds N` plays N seeds (6). Exit 1 where a series steps.
 */
import { pathToFileURL } from "node:url";
import { bundle } from "./bench/bundle.mjs";

const { jointOf, shippedScenarios } = await import(pathToFileURL(await bundle("test/fixtures/joint.ts")).href);

const option = process.argv.indexOf("--seeds");
const seeds = Array.from({ length: option < 0 ? 6 : Number(process.argv[option + 1]) }, (_, at) => `joint-${at}`);
const wanted = process.argv.slice(2).filter((word, at, words) => !word.startsWith("--") && words[at - 1] !== "--seeds");
const figure = (value) => Number(value.toPrecision(4));

for (const [name, scenario] of shippedScenarios()) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const { compared, steps } = jointOf(scenario, seeds);
  const metrics = byMetric(steps);
  console.log(`${name}: ${compared} comparisons over ${seeds.length} seeds, ${steps.length} step at the joint`);
  for (const [metric, group] of [...metrics].sort(([, a], [, b]) => b.length - a.length)) {
    console.log(`  ${metric}: ${group.length}`);
    for (const { series, window, before, after, score } of group.slice(0, 3)) {
      const levels = `${figure(before)} before, ${figure(after)} after`;
      console.log(
        `    ${series.slice(metric.length)} ${levels} (${window === 0 ? "presence" : `${window} scrapes`}, score ${figure(score)})`,
      );
    }
  }
  if (steps.length > 0) process.exitCode = 1;
}

function byMetric(steps) {
  const groups = new Map();
  for (const step of steps) groups.set(step.metric, [...(groups.get(step.metric) ?? []), step]);
  return groups;
}
