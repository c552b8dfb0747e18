import { expect, test } from "vitest";
import { rovingTarget } from "../../../client/elements/roving-keys.js";

const GRID = { count: 10, columns: 4 };
const LIST = { count: 30, columns: 1 };

test.each([
  ["ArrowRight", 1, GRID, 2],
  ["ArrowLeft", 0, GRID, 0],
  ["ArrowDown", 1, GRID, 5],
  ["ArrowDown", 7, GRID, 7],
  ["ArrowUp", 5, GRID, 1],
  ["ArrowUp", 2, GRID, 2],
  ["End", 1, GRID, 9],
  ["Home", 9, GRID, 0],
  ["PageDown", 0, GRID, 9],
  ["ArrowDown", 0, LIST, 1],
  ["PageDown", 3, LIST, 13],
  ["PageDown", 25, LIST, 29],
  ["PageUp", 3, LIST, 0],
  ["ArrowRight", 3, LIST, undefined],
  ["Enter", 3, LIST, undefined],
  ["ArrowDown", 0, { count: 0, columns: 1 }, undefined],
] as const)("%s from %i", (key, at, list, target) => {
  expect(rovingTarget(key, at, list)).toBe(target);
});
