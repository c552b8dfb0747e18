/** An order that cannot be carried out: why, and what would be possible. */
import { failure } from "../base/result.js";
import type { Plan } from "./action-plan.js";

export function refuse(message: string, remedy: string): Plan {
  return failure({ message, remedy });
}
