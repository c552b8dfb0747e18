/** JSON Schemas of the written files, for completion and checks in editors (draft 2020-12). */
import { z } from "zod";
import { scenarioSchema } from "./scenario-schema.js";
import { rulesSchema, topologySchema } from "./topology-schema.js";

const SCHEMAS = { scenario: scenarioSchema, topology: topologySchema, rules: rulesSchema } as const;

/** File name to the text of its JSON Schema, ending in a line break. */
export function jsonSchemaFiles(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(SCHEMAS).map(([name, schema]) => {
      const document = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
      return [`${name}.json`, `${JSON.stringify(document, undefined, 2)}\n`];
    }),
  );
}
