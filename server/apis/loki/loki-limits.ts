/** What a query over HTTP may cost, by the clock of the machine. */
import { DEFAULT_LOGQL_LIMITS, type LogqlLimits } from "../../query/logql/limits.js";
import type { ApiWorld } from "../api-world.js";

export function limitsOf({ clockMs }: ApiWorld): LogqlLimits {
  return clockMs === undefined ? DEFAULT_LOGQL_LIMITS : { ...DEFAULT_LOGQL_LIMITS, clockMs };
}
