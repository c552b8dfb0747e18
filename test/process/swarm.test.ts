import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

const swarm = (...options: readonly string[]): string =>
  execFileSync(process.execPath, ["test/swarm.mjs", ...options], { encoding: "utf8" });

test("two hundred random worlds give the same bytes in a thread", () => {
  expect(swarm("--worlds", "200", "--threads-only")).toMatch(/^200 worlds, 0 failed, \d+ spans/m);
});

test("one world is repeated by its number and can be shown", () => {
  expect(swarm("--seed", "3")).toMatch(/^1 worlds, 0 failed/m);
  expect(swarm("--seed", "3", "--show")).toContain('"name": "random"');
});
