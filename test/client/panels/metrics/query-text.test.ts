import { expect, test } from "vitest";
import { tidyQuery } from "../../../../client/panels/metrics/query-text.js";

test.each([
  ["up", "up"],
  ["  sum (\n  rate(x[5m])\n)\n", "sum (rate(x[5m]))"],
  ["(\n  a\n  / b\n) > 14.4 * 0.005 and (\n c ) > 1", "(a / b) > 14.4 * 0.005\nand (c) > 1"],
  ["a unless on (job) b\n\nor c", "a\nunless on (job) b\nor c"],
  ["sum(a and b)", "sum(a and b)"],
  ['x{y="a  ( \\" b"}', 'x{y="a  ( \\" b"}'],
  ["orders android", "orders android"],
])("%j is read as %j", (written, read) => {
  expect(tidyQuery(written)).toBe(read);
});

test("tidying twice changes nothing more", () => {
  const once = tidyQuery("( a  /\n b ) > 1   and ( c )");
  expect(tidyQuery(once)).toBe(once);
});
