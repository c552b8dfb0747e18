import { describe, expect, it } from "vitest";
import { createStore } from "./promql-adapter.js";

describe("the adapter of PromQL", () => {
  const store = createStore();
  for (let minute = 0; minute <= 10; minute++) {
    store.append({ __name__: "seen_total", job: "cart" }, minute * 60_000, minute * 30);
    store.append({ __name__: "seen_total", job: "pay" }, minute * 60_000, minute * 60, { stale: minute === 10 });
  }

  it("answers an instant as Prometheus's API does", () => {
    expect(store.instant("rate(seen_total[5m])", 540_000).data).toEqual({
      resultType: "vector",
      result: [
        { metric: { job: "cart" }, value: [540, "0.5"] },
        { metric: { job: "pay" }, value: [540, "1"] },
      ],
    });
  });

  it("answers a range, in which a series ends", () => {
    expect(store.range("seen_total", 540_000, 600_000, 60_000).data).toEqual({
      resultType: "matrix",
      result: [
        {
          metric: { __name__: "seen_total", job: "cart" },
          values: [
            [540, "270"],
            [600, "300"],
          ],
        },
        { metric: { __name__: "seen_total", job: "pay" }, values: [[540, "540"]] },
      ],
    });
  });

  it("says what is doubtful, and throws what is wrong with its place", () => {
    expect(store.instant("quantile(2, seen_total)", 0).warnings).toEqual([
      "PromQL warning: quantile value should be between 0 and 1, got 2 (1:10)",
    ]);
    expect(() => store.instant("sum(", 0)).toThrow(/^1:5: parse error: unclosed left parenthesis/);
    expect(() => createStore({}).instant("limitk(1, seen_total)", 0)).toThrow("limitk() is experimental");
  });
});
