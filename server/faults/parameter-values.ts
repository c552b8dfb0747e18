/** Reads parameters of a fault that the scenario reader has checked; a wrong kind is refused by name. */
import type { FaultSpec } from "../sim/timeline.js";
import { FaultRefused } from "../topology/effects.js";

export function optionalNumber(fault: FaultSpec, key: string): number | undefined {
  if (!(key in fault.parameters)) return undefined;
  const value = fault.parameters[key];
  if (typeof value === "number") return value;
  throw new FaultRefused(fault.id, `parameter ${key} is ${JSON.stringify(value)}`, "It must be a number.");
}

export function numberParameter(fault: FaultSpec, key: string): number {
  const value = optionalNumber(fault, key);
  if (value === undefined) throw new FaultRefused(fault.id, `parameter ${key} is missing`, "It must be a number.");
  return value;
}

export function optionalText(fault: FaultSpec, key: string): string | undefined {
  if (!(key in fault.parameters)) return undefined;
  const value = fault.parameters[key];
  if (typeof value === "string") return value;
  throw new FaultRefused(fault.id, `parameter ${key} is ${JSON.stringify(value)}`, "It must be a name.");
}

export function textParameter(fault: FaultSpec, key: string): string {
  const value = optionalText(fault, key);
  if (value === undefined) throw new FaultRefused(fault.id, `parameter ${key} is missing`, "It must be a name.");
  return value;
}
