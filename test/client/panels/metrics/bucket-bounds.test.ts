import { expect, test } from "vitest";
import { askBounds, bucketText, quantileSelector } from "../../../../client/panels/metrics/bucket-bounds.js";

test.each([
  [
    'histogram_quantile(0.99, sum by (le) (rate(latency_seconds_bucket{job="a"}[5m])))',
    'latency_seconds_bucket{job="a"}',
  ],
  ["sum by (le) (rate(latency_seconds_bucket[5m]))", undefined],
  ["histogram_quantile(0.9, rate(native_seconds[5m]))", undefined],
])("buckets behind the quantile %s: %s", (query, selector) => {
  expect(quantileSelector(query)).toBe(selector);
});

test.each([
  [2.048, "between 1 s and 2.5 s"],
  [1, "between 500 ms and 1 s"],
  [0.2, "below 500 ms"],
  [2.5, "at 2.5 s or more"],
  [3, undefined],
  [Number.NaN, undefined],
])("a quantile of %d s lies %s", (value, text) => {
  expect(bucketText([0.5, 1, 2.5, Infinity], value, "s")).toBe(text);
});

test("without bounds nothing is known", () => {
  expect(bucketText([], 1, "s")).toBeUndefined();
});

test("bounds are asked for at an instant and come in order", async () => {
  const asked: unknown[] = [];
  const prometheus = (_: string, parameters: unknown) => {
    asked.push(parameters);
    const result = ["+Inf", "10", "2.5"].map((le) => ({ metric: { le }, value: [7, "1"] }));
    return Promise.resolve({ status: "success", data: { resultType: "vector", result } });
  };
  const bounds = await askBounds({ prometheus } as never, "a_bucket", 7_000_000, new AbortController().signal);
  expect(bounds).toEqual([2.5, 10, Infinity]);
  expect(asked).toEqual([{ query: "group by (le) (a_bucket)", time: 7 }]);
});
