import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileMatcher } from "../../server/telemetry/matcher.js";

const matches = (pattern: string, value: string): boolean =>
  compileMatcher({ name: "x", operator: "=~", value: pattern })(value);

describe("label matchers", () => {
  it.each([
    ["5..", "503", true],
    ["5..", "5033", false],
    ["a|b", "ab", false],
    ["(?:cart|order)", "order", true],
    ["cart|", "", true],
    ["cart.*", "cart-1\n2", true],
    ["cart.+", "cart", false],
    [".*-1", "cart-1", true],
    [".+a.+", "aaa", true],
    [".+a.+", "ab", false],
    [".+", "", false],
    ["[a-c]+", "abc", true],
    ["(?i)CART", "cart", true],
    ["a\\.b", "a.b", true],
    ["a\\.b", "axb", false],
  ])("%s on %j is %s", (pattern, value, expected) => {
    expect(matches(pattern, value)).toBe(expected);
  });

  it("negates", () => {
    expect(compileMatcher({ name: "x", operator: "!~", value: "a|b" })("a")).toBe(false);
    expect(compileMatcher({ name: "x", operator: "!=", value: "" })("")).toBe(false);
  });

  it("agrees with anchored regular expressions on the shapes that both know", () => {
    const piece = fc.constantFrom("a", "b", "ab", ".*", ".+", "|", "(", ")", "-");
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 6 }),
        fc.string({ unit: fc.constantFrom("a", "b", "-", "\n"), maxLength: 5 }),
        (pieces, value) => {
          const pattern = pieces.join("");
          let expected: RegExp;
          try {
            // What stands between the anchors must be an expression of its own: `)(` is none.
            new RegExp(pattern);
            expected = new RegExp(`^(?:${pattern})$`, "s");
          } catch {
            return;
          }
          expect(matches(pattern, value), `${pattern} on ${value}`).toBe(expected.test(value));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("names what is wrong with a malformed expression", () => {
    expect(() => compileMatcher({ name: "x", operator: "=~", value: "a(" })).toThrow(/missing closing \)/);
  });
});
