import { expect, test } from "vitest";
import { titleWithKind } from "../../../client/elements/component-words.js";

test.each([
  ["Cart service", "service", "Cart service"],
  ["Orders database", "store", "Orders database"],
  ["Payment provider", "external", "Payment provider, external"],
  ["prometheus", "plant", "prometheus, monitoring"],
] as const)("%s of kind %s is called %s", (title, kind, called) => {
  expect(titleWithKind({ title, kind })).toBe(called);
});
