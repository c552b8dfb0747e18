/** The table of faults at two seeds, over windows half as long as those of `npm run faults`. */
import { describe, expect, test } from "vitest";
import { FAULT_MECHANISMS } from "../../server/faults/mechanisms.js";
import { Courses } from "./signatures/courses.js";
import { playRow } from "./signatures/runner.js";
import { SIGNATURES } from "./signatures/table.js";

const rows = SIGNATURES.map((row) => ({ row, name: `${row.class} ${row.variant ?? ""} at ${row.target}` }));

test("every class that can be injected has a row", () => {
  expect([...new Set(SIGNATURES.map((row) => row.class))].sort()).toEqual([...FAULT_MECHANISMS.keys()].sort());
});

describe.each(["one", "two"])("seed %s", (seed) => {
  const courses = new Courses(seed);

  test.each(rows)("$name", ({ row }) => {
    expect(playRow(row, courses, { longer: 1 }).problems).toEqual([]);
  });
});
