import { describe, expect, it } from "vitest";
import { checkRuleGroups } from "../../server/alerting/rule-check.js";
import { RuleEvaluator } from "../../server/alerting/rule-evaluator.js";
import { burnRateRules, checkSlos, SloMeter } from "../../server/alerting/slo.js";
import { duration } from "../../server/base/time.js";
import type { SloSpec } from "../../server/topology/types.js";
import { memoryOf } from "../fixtures/metric-memory.js";

const slo: SloSpec = {
  id: "checkout-availability",
  title: "Checkouts succeed",
  objective: 0.99,
  window: duration(30 * 86_400_000_000),
  errorQuery: 'sum(rate(requests_total{code="500"}[$window])) or vector(0)',
  totalQuery: "sum(rate(requests_total[$window]))",
  budgetUsedBefore: 0.4,
};

const HOUR = 3_600_000;
const healthy = 'requests_total{code="200"} 0+60x120';

describe("SloMeter", () => {
  it("tells burn rates as far as the data reach", () => {
    // One request in ten fails: ten times what the objective allows.
    const reader = memoryOf(`load 1m\n requests_total{code="200"} 0+54x120\n requests_total{code="500"} 0+6x120`);
    const [status] = new SloMeter([slo], reader).statuses(HOUR, 0);
    const rates = Object.fromEntries(status?.burnRates.map(({ window, rate }) => [window, rate]) ?? []);
    expect(rates["5m"]).toBeCloseTo(10);
    expect(rates["1h"]).toBeCloseTo(10);
    expect(rates["6h"]).toBeUndefined();
    // An hour at ten is 10 of the 720 hours of the window.
    expect(status?.budgetLeft).toBeCloseTo(0.6 - 10 / 720);
    expect((status?.exhaustedAtUs ?? 0) / 1000).toBeCloseTo(HOUR + (0.6 - 10 / 720) * 72 * HOUR, -3);
  });

  it("does not run out while nothing fails", () => {
    const [status] = new SloMeter([slo], memoryOf(`load 1m\n ${healthy}`)).statuses(HOUR, 0);
    expect(status).toMatchObject({ budgetLeft: 0.6, windowDays: 30, objective: 0.99 });
    expect(status?.exhaustedAtUs).toBeUndefined();
    expect(status?.burnRates[0]).toEqual({ window: "5m", rate: 0 });
  });

  it("has no rate where nothing was asked", () => {
    const [status] = new SloMeter([slo], memoryOf("load 1m\n other 1x60")).statuses(HOUR, 0);
    expect(status?.burnRates.every(({ rate }) => rate === undefined)).toBe(true);
  });
});

describe("burnRateRules", () => {
  const rules = burnRateRules(slo);

  it("are rules that check", () => {
    expect(checkRuleGroups([rules])).toEqual([]);
    expect(checkSlos([slo])).toEqual([]);
    expect(checkSlos([{ ...slo, errorQuery: "sum(" }])[0]).toMatchObject({ path: "slos[0].errorQuery" });
  });

  it("page when both windows burn, and not while only the short one does", () => {
    const fired = (series: string): string[] => {
      const memory = memoryOf(`load 1m\n${series}`);
      const evaluator = new RuleEvaluator({
        groups: [rules],
        reader: memory,
        append: (labels, timeMs, value) => {
          memory.append(labels, timeMs, value);
        },
      });
      evaluator.iterate(2 * HOUR, true);
      return evaluator
        .alerts()
        .rules.filter(({ state }) => state === "firing")
        .map(({ name }) => name);
    };
    expect(fired(` ${healthy}`)).toEqual([]);
    expect(fired(` ${healthy}\n requests_total{code="500"} 0+20x120`)).toEqual([
      "CheckoutAvailabilityBudgetBurnsFast",
      "CheckoutAvailabilityBudgetBurns",
    ]);
    // Three minutes of total failure: the hour as a whole is at 5 %.
    expect(fired(` ${healthy}\n requests_total{code="500"} 0x116 60 120 180 180`)).toEqual([]);
  });
});
