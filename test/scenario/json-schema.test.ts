import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { jsonSchemaFiles } from "../../server/scenario/json-schema.js";

test.each([...jsonSchemaFiles()])(
  "scenarios/schema/%s is what the schemas say (npm run scenario -- schema)",
  async (name, text) => {
    const written = await readFile(new URL(`../../scenarios/schema/${name}`, import.meta.url), "utf8");
    expect(written).toBe(text);
  },
);

test("editors are told about required keys, patterns and descriptions", () => {
  const schema = JSON.parse(jsonSchemaFiles().get("scenario.json") ?? "{}") as {
    required: string[];
    additionalProperties: boolean;
    properties: Record<string, { pattern?: string; description?: string }>;
  };
  expect(schema.required).toContain("topology");
  expect(schema.required).not.toContain("history");
  expect(schema.additionalProperties).toBe(false);
  expect(schema.properties["starts"]?.pattern).toBeDefined();
  expect(schema.properties["summary"]?.description).toBe("What the start page says; without spoilers.");
});
