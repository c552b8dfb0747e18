/**
 * The table of faults at two seeds, over windows half as long as those of `npm run faults`. Wrong cures are tried at the
 * first seed only; the script tries them at both.
 */
import { describe, expect, test } from "vitest";
import { FAULT_MECHANISMS } from "../../server/faults/mechanisms.js";
import { Courses } from "./signatures/courses.js";
import { playRow } from "./signatures/runner.js";
import { SIGNATURES } from "./signatures/table.js";

const rows = SIGNATURES.map((row) => ({ row, name: `${row.class} ${row.variant ?? ""} at ${row.target}` }));

test("every row is of a class that can be injected", () => {
  expect(SIGNATURES.map((row) => row.class).filter((name) => !FAULT_MECHANISMS.has(name))).toEqual([]);
});

describe.each([
  { seed: "one", wrongCures: true },
  { seed: "two", wrongCures: false },
])("seed $seed", ({ seed, wrongCures }) => {
  const courses = new Courses(seed);

  test.each(rows)("$name", ({ row }) => {
    const played = wrongCures ? row : { ...row, wrongCure: [] };
    expect(playRow(played, courses, { longer: 1 }).problems).toEqual([]);
  });
});
