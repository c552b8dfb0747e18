/**
 * The commands of views: each view's rows stand in `commands.ts` of its folder and are entered here by the view's id.
 * The key `everywhere` holds rows that apply in any view (pivots, for example).
 */
import { VALUE_COMMANDS } from "../elements/value-commands.js";
import { addressCommands } from "./address-commands.js";
import { LOG_COMMANDS } from "./logs/commands.js";
import type { ViewCommand } from "./shell/command.js";
import { TRACE_COMMANDS } from "./trace/commands.js";

const VIEW_COMMANDS: ReadonlyMap<string, readonly ViewCommand[]> = new Map<string, readonly ViewCommand[]>([
  ["trace", TRACE_COMMANDS],
  ["everywhere", VALUE_COMMANDS],
  ["logs", LOG_COMMANDS],
]);

export const viewCommands = (view: string): readonly ViewCommand[] => [
  ...(VIEW_COMMANDS.get(view) ?? []),
  ...addressCommands(view),
];
