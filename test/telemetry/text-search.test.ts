/** The free text search over a world whose attributes are known to it, beside reading every line. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { straddles } from "../../server/base/text-gaps.js";
import type { World } from "../../server/world/world.js";
import type { LogLine } from "../../server/wire/telemetry.js";
import { smallWorld } from "../fixtures/small-world.js";

let world: World;
let window: { readonly fromUs: number; readonly toUs: number };
let lines: readonly LogLine[];

beforeAll(() => {
  world = smallWorld(-120);
  window = { fromUs: world.nowUs - 8e6, toUs: world.nowUs };
  ({ lines } = world.queries.logs({ ...window, offset: 0, limit: 1_000 }));
});

const textsOf = ({ message, attributes }: LogLine): string[] =>
  [message, ...Object.values(attributes).map(String)].map((text) => text.toLowerCase());

describe("a search for words", () => {
  it("finds what reading every line finds, wherever the words are from", () => {
    expect(lines.length).toBeGreaterThan(100);
    const all = lines.map(textsOf);
    const piece = fc
      .tuple(fc.nat(all.length - 1), fc.nat(), fc.nat(), fc.integer({ min: 1, max: 9 }))
      .map(([line, which, at, length]) => {
        const texts = all[line] ?? [];
        const text = texts[which % texts.length] ?? "";
        const from = at % Math.max(1, text.length);
        return text.slice(from, from + length).replaceAll('"', "");
      })
      .filter((term) => term.trim() !== "");
    fc.assert(
      fc.property(fc.array(fc.tuple(piece, fc.boolean()), { minLength: 1, maxLength: 2 }), (terms) => {
        const text = terms.map(([term, isForbidden]) => `${isForbidden ? "-" : ""}"${term}"`).join(" ");
        const expected = all.filter((texts) =>
          terms.every(([term, isForbidden]) => texts.some((each) => each.includes(term)) !== isForbidden),
        );
        expect(world.queries.logs({ ...window, text, offset: 0, limit: 0 }).total).toBe(expected.length);
      }),
      { numRuns: 150 },
    );
  });
});

describe("one attribute", () => {
  it("is what all of them say, for every name", () => {
    for (const { id, attributes } of lines.slice(0, 300)) {
      const context = world.queries.logContext({ id, before: 0, after: 0 });
      expect(context?.lines[0]?.attributes).toEqual(attributes);
    }
    for (const name of [...new Set(lines.flatMap(({ attributes }) => Object.keys(attributes)))]) {
      const wanted = lines.filter(({ attributes }) => String(attributes[name]) === String(lines[0]?.attributes[name]));
      if (lines[0]?.attributes[name] === undefined) continue;
      const fields = [{ name, operator: "=" as const, value: String(lines[0].attributes[name]) }];
      const found = world.queries.logs({ ...window, fields, offset: 0, limit: 1_000 }).lines;
      expect(
        found.slice(0, wanted.length).map(({ id }) => id),
        name,
      ).toEqual(wanted.map(({ id }) => id));
    }
  });
});

describe("a term across a gap", () => {
  it.each([
    [["order of ", " items"], "of 3", true],
    [["order of ", " items"], "3 items", true],
    [["order of ", " items"], "order", false],
    [["order of ", " items"], "x y", false],
    [["a", "b", "c"], "1b2", true],
    [["a", "", "c"], "12", true],
    [["alone"], "lone", false],
  ])("%j and %s: %s", (parts, term, wanted) => {
    expect(straddles(parts, term)).toBe(wanted);
  });
});
