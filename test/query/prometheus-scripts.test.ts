/** Prometheus's own scripts, where they lie beside the project: every case that needs no native histogram. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runScript } from "./script.js";

const folder = new URL("../../../shared/promqltest/", import.meta.url);
const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".test")) : [];

describe.skipIf(files.length === 0)("Prometheus's scripts", () => {
  it.each(files)("%s", (file) => {
    const cases = runScript(readFileSync(new URL(file, folder), "utf8")).filter(({ native }) => !native);
    expect(cases.length).toBeGreaterThan(10);
    expect(cases.filter(({ failure }) => failure !== undefined)).toEqual([]);
  });
});
