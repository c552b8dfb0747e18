import { expect, test } from "vitest";
import { FAULT_PARAMETERS } from "../../server/faults/parameters.js";
import { FAULT_CLASSES, faultClass, taxonomySimilarity } from "../../server/faults/taxonomy.js";

test("ids are unique paths of family and name", () => {
  const ids = FAULT_CLASSES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { id, family } of FAULT_CLASSES) expect(id).toMatch(new RegExp(`^${family}/[a-z0-9]+(-[a-z0-9]+)*$`));
});

test("every class that can be injected is in the table", () => {
  for (const id of FAULT_PARAMETERS.keys()) expect(faultClass(id), id).toBeDefined();
});

test("likeness falls from class over group and family to none", () => {
  expect(taxonomySimilarity("database/n-plus-one", "database/n-plus-one")).toBe(1);
  expect(taxonomySimilarity("database/n-plus-one", "database/missing-index")).toBeCloseTo(2 / 3);
  expect(taxonomySimilarity("database/n-plus-one", "database/pool-exhaustion")).toBeCloseTo(1 / 3);
  expect(taxonomySimilarity("database/n-plus-one", "dependency/slow")).toBe(0);
  expect(taxonomySimilarity("database/n-plus-one", "no/such")).toBe(0);
  expect(taxonomySimilarity("no/such", "no/such")).toBe(0);
});

test("likeness is symmetric", () => {
  for (const a of FAULT_CLASSES) {
    for (const b of FAULT_CLASSES) expect(taxonomySimilarity(a.id, b.id)).toBe(taxonomySimilarity(b.id, a.id));
  }
});
