/** Pasting a range of time anywhere outside of a field shows it. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { TimeModel } from "../../state/contexts.js";
import { pastedRange } from "./time-presets.js";

const FIELDS = "input, textarea, select, [contenteditable]:not([contenteditable='false'])";

export class RangeClipboard implements ReactiveController {
  constructor(
    host: ReactiveControllerHost,
    private readonly time: () => TimeModel | undefined,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    window.addEventListener("paste", this.pasted);
  }

  hostDisconnected(): void {
    window.removeEventListener("paste", this.pasted);
  }

  private readonly pasted = (event: ClipboardEvent): void => {
    const time = this.time();
    const target = event.composedPath()[0];
    if (time === undefined || (target instanceof Element && target.closest(FIELDS) !== null)) return;
    const range = pastedRange(event.clipboardData?.getData("text/plain") ?? "", time.nowUs);
    if (range === undefined) return;
    event.preventDefault();
    time.setWindow(range);
  };
}
