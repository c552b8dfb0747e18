/** Keys of the trace view for the help sheet; the waterfall handles them while it has the focus (charts/waterfall-keys). */
import type { ViewCommand } from "../shell/command.js";

const row = (id: string, keys: readonly string[], title: string, help: string): ViewCommand => ({
  id: `trace.${id}`,
  keys,
  title,
  help,
  local: true,
});

export const TRACE_COMMANDS: readonly ViewCommand[] = [
  row("rows", ["j", "k"], "Next or previous row", "In the waterfall; so do the arrows, Page Up and Down, Home and End"),
  row("zoom", ["w", "s"], "Zoom in or out", "Shift for more; 0 for the whole trace; Ctrl and the wheel at the pointer"),
  row("pan", ["a", "d"], "Pan left or right", "Shift for more; Shift and the wheel"),
  row("visible", ["f", "b"], "Next or previous span in view", "The next row whose bar lies in the zoomed time"),
  row("toggle", ["Enter"], "Open or close a row", "So do the arrows right and left"),
  row("level", ["o", "c"], "One level more or less", "With Shift all levels, or the roots alone"),
  row("found", ["n", "N"], "Next or previous found", "Of the spans that the search has found"),
];
