import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runScript } from "./script.js";

const folder = new URL("scripts/", import.meta.url);

describe.each(readdirSync(folder))("%s", (file) => {
  const cases = runScript(readFileSync(new URL(file, folder), "utf8"));
  it("asks something", () => {
    expect(cases.length).toBeGreaterThan(3);
  });
  it.each(cases)("line $line: $title", ({ failure }) => {
    expect(failure).toBeUndefined();
  });
});
