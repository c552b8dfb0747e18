import fc from "fast-check";
import { expect, test } from "vitest";
import { readScenario } from "../../server/scenario/read-scenario.js";
import { RULES_FILE, SCENARIO_FILE, TOPOLOGY_FILE, smallFiles } from "./small-files.js";

/** One careless edit of a text: a line lost, doubled, moved in, or a value replaced. */
const edit = fc.record({
  file: fc.constantFrom(SCENARIO_FILE, TOPOLOGY_FILE, RULES_FILE),
  line: fc.nat({ max: 200 }),
  how: fc.constantFrom("lose", "double", "indent", "outdent", "replace", "cut"),
  value: fc.oneof(
    fc.constantFrom(
      "",
      "0",
      "-1",
      "[]",
      "{}",
      "null",
      "true",
      "1e99",
      ".inf",
      "*a",
      "&a",
      "!!js/function x",
      '"',
      "x: y: z",
      "- ",
      "__proto__",
    ),
    fc.string({ maxLength: 12 }),
  ),
});

type Edit = { readonly file: string; readonly line: number; readonly how: string; readonly value: string };

function applied(text: string, { line, how, value }: Edit): string {
  const lines = text.split("\n");
  const at = line % lines.length;
  const old = lines[at] ?? "";
  const changed: Readonly<Record<string, readonly string[]>> = {
    lose: [],
    double: [old, old],
    indent: [`  ${old}`],
    outdent: [old.replace(/^ {2}/, "")],
    replace: [old.replace(/: .*$/, () => `: ${value}`)],
    cut: [old.slice(0, Math.floor(old.length / 2)) + value],
  };
  return lines.toSpliced(at, 1, ...(changed[how] ?? [])).join("\n");
}

test("whatever is done to the files, each complaint stands at a place that is there, and a scenario comes out only without errors", () => {
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      const files = new Map(smallFiles());
      for (const one of edits) files.set(one.file, applied(files.get(one.file) ?? "", one));
      const { scenario, diagnostics } = readScenario(files, SCENARIO_FILE);
      for (const { file, from, to, line, column, message } of diagnostics) {
        const text = files.get(file ?? "") ?? "";
        expect(message).not.toBe("");
        expect(from).toBeGreaterThanOrEqual(0);
        expect(to).toBeGreaterThanOrEqual(from);
        expect(to).toBeLessThanOrEqual(text.length);
        expect(line).toBeLessThanOrEqual(text.split("\n").length);
        expect(column).toBeLessThanOrEqual((text.split("\n")[line - 1] ?? "").length + 1);
      }
      expect(scenario === undefined).toBe(diagnostics.some(({ severity }) => severity === "error"));
    }),
    { numRuns: 300 },
  );
});
