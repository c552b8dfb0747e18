/** Checks a value from outside against a schema and says, field by field, what is wrong with it. */
import type { z } from "zod";
import type { Diagnostic } from "../base/diagnostic.js";
import { Refusal } from "./refusal.js";

const DIAGNOSTICS_MAX = 20;

/** The checked value. Throws Refusal `bad-request` with a diagnostic for each field that is wrong. */
export function checkInput<Schema extends z.ZodType>(schema: Schema, input: unknown, what: string): z.output<Schema> {
  const checked = schema.safeParse(input);
  if (checked.success) return checked.data;
  const diagnostics = checked.error.issues.slice(0, DIAGNOSTICS_MAX).map(diagnosticOf);
  const list = diagnostics.map(({ path, message }) => (path === undefined ? message : `${path}: ${message}`));
  throw new Refusal(
    "bad-request",
    `The ${what} is not valid: ${list.join("; ")}.`,
    "Correct the fields that are named.",
    diagnostics,
  );
}

/** A value that was parsed has no text position any more; its path says where. */
function diagnosticOf(issue: z.core.$ZodIssue): Diagnostic {
  const path = formatPath(issue.path);
  const place = { from: 0, to: 0, line: 1, column: 1 };
  return { severity: "error", message: issue.message, ...place, ...(path === "" ? {} : { path }) };
}

const formatPath = (path: readonly PropertyKey[]): string =>
  path
    .map((key, index) => (typeof key === "number" ? `[${String(key)}]` : `${index === 0 ? "" : "."}${String(key)}`))
    .join("");
