/** The window of lines that is read: it stands still while the clock goes on, and moves only when it is told to. */
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import type { TimeModel } from "../../state/time-model.js";

export class ReadingWindow {
  current: TimeWindow = { fromUs: 0, toUs: 1 };
  private rangeKey = "";

  /** Takes the page's window when its range is another one, not when the clock has merely moved on. */
  take(time: Pick<TimeModel, "range" | "window">): void {
    const { from, to } = time.range;
    const key = `${from}|${to}`;
    if (key === this.rangeKey) return;
    this.rangeKey = key;
    this.current = time.window();
  }

  /** The page's window is taken next time, whatever its range. */
  forget(): void {
    this.rangeKey = "";
  }

  /** The same range as of simulated now; where the beginning is kept, no line goes away. */
  follow(nowUs: number, { keepsBeginning }: { readonly keepsBeginning: boolean }): void {
    const { fromUs, toUs } = this.current;
    this.current = { fromUs: keepsBeginning ? fromUs : fromUs + (nowUs - toUs), toUs: nowUs };
  }
}
