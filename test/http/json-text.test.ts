import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJson } from "../../server/http/json-text.js";
import { Refusal } from "../../server/sessions/refusal.js";

const placeOf = (text: string): string => {
  try {
    parseJson(text);
    return "fine";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const [diagnostic] = error.diagnostics;
    return `${String(diagnostic?.line)}:${String(diagnostic?.column)} ${String(diagnostic?.expected)}`;
  }
};

describe("where JSON breaks", () => {
  test.each([
    ['{"a": 1}', "fine"],
    ["", "1:1 a value"],
    ["{", "1:2 a property name or '}'"],
    ['{"a" 1}', "1:6 ':'"],
    ['{"a": x}', "1:7 a value"],
    ['{"a": 1,}', "1:9 a property name in double quotes"],
    ["{'a': 1}", "1:2 a property name in double quotes"],
    ["[1\n 2]", "2:2 ',' or ']'"],
    ["[1, ]", "1:5 a value"],
    ['["a\nb"]', "1:2 a complete string"],
    ['{"a": 1} x', "1:10 the end"],
    ["[".repeat(100), "1:66 at most 64 levels"],
  ])("%s: %s", (text, place) => {
    expect(placeOf(text)).toBe(place);
  });

  test("agrees with JSON.parse about what is JSON", () => {
    const damaged = fc.tuple(fc.json({ maxDepth: 5 }), fc.nat(200), fc.string({ maxLength: 2 }));
    fc.assert(
      fc.property(damaged, ([text, at, noise]) => {
        const broken = text.slice(0, at) + noise + text.slice(at);
        let valid = true;
        try {
          JSON.parse(broken);
        } catch {
          valid = false;
        }
        expect(placeOf(broken) === "fine").toBe(valid);
      }),
      { numRuns: 500 },
    );
  });
});
