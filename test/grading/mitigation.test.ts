import { describe, expect, it } from "vitest";
import { gradeMitigation, type MitigationInput } from "../../server/grading/mitigation.js";

const base: MitigationInput = {
  unit: "hurt requests",
  mine: 400,
  untouched: 1_000,
  par: 200,
  withoutAction: [{ title: "roll back", impact: 1_000 }],
  verified: [true],
};

function share(overrides: Partial<MitigationInput>): Record<string, number> {
  return Object.fromEntries(
    gradeMitigation({ ...base, ...overrides }).map((part) => [part.id, part.points / part.pointsMax]),
  );
}

describe("mitigation", () => {
  it("measures relief between the untouched world and the reference", () => {
    expect(share({}).impact).toBeCloseTo(0.75, 9);
    expect(share({ mine: 100 }).impact).toBe(1);
    expect(share({ mine: 1_300 }).impact).toBe(0);
  });

  it("takes points for each action without which fewer people had been hurt", () => {
    expect(share({}).harm).toBe(1);
    expect(share({ withoutAction: [{ title: "restart all", impact: 320 }] }).harm).toBeCloseTo(Math.exp(-1), 9);
  });

  it("gives nothing to those who did nothing", () => {
    expect(share({ mine: 1_000, withoutAction: [], verified: [] })).toEqual({ impact: 0, harm: 0, verification: 0 });
  });

  it("gives no relief where there was none to be had", () => {
    expect(share({ untouched: 0.4, par: 0, mine: 0 }).impact).toBe(0);
  });

  it("counts the actions that were looked after", () => {
    expect(share({ verified: [true, false, true, true] }).verification).toBe(0.75);
  });
});
