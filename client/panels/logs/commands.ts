/** Keys of the logs view. */
import type { ViewCommand } from "../shell/command.js";

export const LOG_COMMANDS: readonly ViewCommand[] = [
  { id: "logs.tail", keys: ["f"], title: "Live tail", help: "New lines as they are written; held while you read" },
  {
    id: "logs.patterns",
    keys: ["P"],
    title: "Patterns",
    help: "What kinds of lines there are, against a baseline",
  },
  { id: "logs.newest", keys: ["N"], title: "To the newest line", help: "The list up to simulated now" },
  { id: "logs.wrap", keys: ["w"], title: "Wrap lines", help: "Long messages over two lines" },
  { id: "logs.move", keys: ["ArrowDown", "ArrowUp"], title: "Next, previous line", help: "In the list", local: true },
  { id: "logs.open", keys: ["Enter"], title: "Open or close a line", help: "All its fields, its context", local: true },
];
