import { describe, expect, it } from "vitest";
import { matchesText, parseTextQuery } from "../../server/telemetry/text-query.js";

describe("free text of a log search", () => {
  it.each([
    ["timeout cart", ["timeout", "cart"], []],
    ['"Two Words" -ok', ["two words"], ["ok"]],
    ['-"not this"', [], ["not this"]],
    ['"open quote', ["open quote"], []],
    ["  ", [], []],
  ])("%j", (text, required, forbidden) => {
    expect(parseTextQuery(text)).toEqual({ required, forbidden });
  });

  it("looks into the message and every value, whatever the case", () => {
    const query = parseTextQuery("FAILED u-7 -retry");
    expect(matchesText(query, "Cart failed", { user: "u-7" })).toBe(true);
    expect(matchesText(query, "Cart failed", { user: "u-7", kind: "Retry" })).toBe(false);
    expect(matchesText(query, "Cart failed", {})).toBe(false);
    expect(matchesText(parseTextQuery("failedu-7"), "Cart failed", { user: "u-7" })).toBe(false);
  });
});
