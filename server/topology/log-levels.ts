/** Levels of log lines, from the least to the gravest; columns keep a level by its place here. */
import type { LogLevel } from "./types.js";

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const satisfies readonly LogLevel[];
