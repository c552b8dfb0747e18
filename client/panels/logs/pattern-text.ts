/** How a pattern stands to its baseline, in a word with a sign; never by colour alone. */
import type { LogPattern } from "../../../server/wire/logs.js";

export function changeText({ change, factor }: Pick<LogPattern, "change" | "factor">): string {
  switch (change) {
    case "new":
      return "✱ new";
    case "gone":
      return "○ gone";
    case "up":
      return factor === undefined ? "▲ up" : `▲ up ×${timesText(factor)}`;
    case "down":
      return factor === undefined || factor === 0 ? "▼ down" : `▼ down ÷${timesText(1 / factor)}`;
    case "same":
      return "same";
  }
}

const timesText = (times: number): string => (times >= 10 ? String(Math.round(times)) : times.toFixed(1));
