/**
 * The table of faults: every other row, over windows half as long as those of `npm run faults` and at one of two seeds in
 * turn; the script plays all rows at both. Bundled, because the engine is twice as fast that way.
 */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { FAULT_MECHANISMS } from "../../server/faults/mechanisms.js";
import { SIGNATURES } from "./signatures/table.js";

test("every class that can be injected has a row, and every row such a class", () => {
  const rows = new Set(SIGNATURES.map((row) => row.class));
  expect([...rows].filter((name) => !FAULT_MECHANISMS.has(name))).toEqual([]);
  expect([...FAULT_MECHANISMS.keys()].filter((name) => !rows.has(name))).toEqual([]);
});

test("every other row shows what it says", { timeout: 300_000 }, () => {
  const { stdout, stderr } = spawnSync(process.execPath, ["test/faults.mjs", "--quick"], { encoding: "utf8" });
  const lines = stdout.split("\n");
  expect(lines.filter((line) => line.includes("FAILED"))).toEqual([]);
  expect(
    lines.findLast((line) => line !== ""),
    stderr,
  ).toMatch(new RegExp(`^${String(Math.ceil(SIGNATURES.length / 2))} rows, 0 failed`));
});
