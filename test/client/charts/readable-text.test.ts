import fc from "fast-check";
import { expect, test } from "vitest";
import { beginningOf, shortened, withMarksShown } from "../../../client/charts/readable-text.js";

const FAMILY = "👩‍👩‍👧‍👦";

test.each([
  ["short", 10, "short"],
  ["checkout-service", 8, "checkou…"],
  [`ab${FAMILY}cd`, 6, "ab…"],
  [`ab${FAMILY}cd`, 2 + FAMILY.length + 1, `ab${FAMILY}…`],
  ["e\u0301e\u0301e\u0301e\u0301", 4, "e\u0301…"],
  ["🇨🇭🇩🇪", 5, "🇨🇭…"],
  ["שירות-התשלומים", 6, "שירות…"],
])("%s in %i is %s", (text, lengthMax, wanted) => {
  expect(shortened(text, lengthMax)).toBe(wanted);
});

test("the beginning of any text is one, fits, and ends where a character does", () => {
  const pieces = fc.array(fc.constantFrom("a", FAMILY, "e\u0301", "ש", "🇨🇭", " "), { maxLength: 40 });
  fc.assert(
    fc.property(pieces, fc.integer({ min: 0, max: 80 }), (parts, lengthMax) => {
      const text = parts.join("");
      const beginning = beginningOf(text, lengthMax);
      expect(text.startsWith(beginning)).toBe(true);
      expect(beginning.length).toBeLessThanOrEqual(lengthMax);
      const ends = [...new Intl.Segmenter().segment(text)].map(({ index, segment }) => index + segment.length);
      expect([0, ...ends]).toContain(beginning.length);
    }),
    { numRuns: 60 },
  );
});

test("marks that turn text around are written out, letters of any script stay", () => {
  expect(withMarksShown("a\u202eb\u2066c\u0007")).toBe("a⟨U+202E⟩b⟨U+2066⟩c⟨U+0007⟩");
  expect(withMarksShown(`שלום\t${FAMILY}\n`)).toBe(`שלום\t${FAMILY}\n`);
});
