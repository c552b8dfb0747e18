import { expect, test } from "vitest";
import { inColumns } from "../../../../client/panels/shell/help-columns.js";

const group = (title: string, rows: number): readonly [string, readonly number[]] => [
  title,
  Array.from({ length: rows }, (_, at) => at),
];

/** Titles of the groups in each column. */
const titles = (...sizes: readonly number[]): readonly (readonly string[])[] =>
  inColumns(sizes.map((size, at) => group(String(at), size))).map((column) => column.map(([title]) => title));

test.each([
  ["nothing", [], []],
  ["one group", [4], [["0"]]],
  ["two alike", [4, 4], [["0"], ["1"]]],
  ["a long first one", [20, 2, 2], [["0"], ["1", "2"]]],
  ["a long last one", [2, 2, 20], [["0", "1"], ["2"]]],
  [
    "many, in their order",
    [3, 3, 3, 3, 3, 3],
    [
      ["0", "1", "2"],
      ["3", "4", "5"],
    ],
  ],
])("%s", (_, sizes, expected) => {
  expect(titles(...sizes)).toEqual(expected);
});
