/** The values of an order, checked against the action's parameters and completed with their defaults. */
import { failure, type Result, success } from "../../base/result.js";
import type { ActionRefusal } from "../action-plan.js";
import type { Engine } from "../engine.js";
import type { ActionDefinition, ActionParameter, ActionValues } from "./action-definition.js";

export function completeValues(
  definition: ActionDefinition,
  engine: Engine,
  target: string,
  given: ActionValues,
): Result<ActionValues, ActionRefusal> {
  const names = definition.parameters.map(({ name }) => name);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const remedy = names.length === 0 ? "It takes no values." : `It takes ${names.join(", ")}.`;
    return failure({ message: `${definition.name} takes no value ${unknown}`, remedy });
  }
  const values: Record<string, number | string | boolean> = {};
  for (const parameter of definition.parameters) {
    const value = Object.hasOwn(given, parameter.name) ? given[parameter.name] : parameter.defaultValue;
    const problem = problemOf(parameter, value, parameter.choices?.(engine, target) ?? []);
    if (problem !== undefined)
      return failure({ message: `${parameter.title}: ${problem}`, remedy: remedyOf(parameter) });
    values[parameter.name] = value;
  }
  return success(values);
}

/** The values with the defaults of those that were left out. */
export function withDefaults(definition: ActionDefinition, given: ActionValues): ActionValues {
  const defaults = definition.parameters.map(({ name, defaultValue }) => [name, defaultValue] as const);
  return { ...Object.fromEntries(defaults), ...given };
}

function problemOf(
  { kind, min, max }: ActionParameter,
  value: number | string | boolean,
  choices: readonly string[],
): string | undefined {
  const text = JSON.stringify(value);
  if (kind === "switch") return typeof value === "boolean" ? undefined : `${text} is neither true nor false`;
  if (kind === "choice")
    return typeof value === "string" && choices.includes(value)
      ? undefined
      : `${text} is none of ${choices.join(", ")}`;
  if (typeof value !== "number" || !Number.isFinite(value)) return `${text} is not a number`;
  if ((kind === "count" || kind === "duration") && !Number.isInteger(value)) return `${text} is not a whole number`;
  if (value < (min ?? -Infinity) || value > (max ?? Infinity)) return `${text} is out of range`;
  return undefined;
}

function remedyOf({ kind, min, max }: ActionParameter): string {
  if (kind === "switch") return "Give true or false.";
  if (kind === "choice") return "Choose one of the list.";
  const unit = kind === "duration" ? " µs" : "";
  return `Give a number from ${String(min ?? 0)} to ${String(max ?? "any size")}${unit}.`;
}
