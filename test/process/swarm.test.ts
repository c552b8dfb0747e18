/**
 * Random worlds over every mechanism: the same bytes in one step, in a thousand, over a checkpoint and in a thread; books
 * that balance as they run. `npm run swarm` plays two hundred; `-- --seed N` repeats the one that a failure names.
 */
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

const swarm = (...options: readonly string[]): string =>
  execFileSync(process.execPath, ["test/swarm.mjs", ...options], { encoding: "utf8" });

test("random worlds give the same bytes however they are played", () => {
  expect(swarm("--worlds", "50")).toMatch(/^50 worlds, 0 failed, \d+ spans/m);
});

test("one world is repeated by its number and can be shown", () => {
  expect(swarm("--seed", "3")).toMatch(/^1 worlds, 0 failed/m);
  expect(swarm("--seed", "3", "--show")).toContain('"name": "random"');
});
