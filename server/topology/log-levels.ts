/** Levels of log lines, from the least to the gravest; columns keep a level by its place here. */
import type { LogLevel } from "./types.js";

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const satisfies readonly LogLevel[];

/** The place of each template's level, by template. */
export const levelPlaces = (templates: readonly { readonly level: LogLevel }[]): Uint8Array =>
  Uint8Array.from(templates, ({ level }) => LOG_LEVELS.indexOf(level));
