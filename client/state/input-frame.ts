/**
 * What an input sets off is drawn first and asked of the server after it: requests that are begun between a key or a
 * press and the frame that answers it wait for that frame. The processors then draw instead of serving, and of a range
 * that is panned with a held key only the questions of frames that were seen are asked.
 */

/** What a person does to the page that may ask something. */
const INPUTS = ["keydown", "pointerdown", "pointerup", "click", "input", "change"] as const;

/** A page that is hidden draws nothing: its questions wait no longer than this. */
const PATIENCE_MS = 100;

/** One per page, told of inputs by `main.ts`. */
export class InputFrame {
  private drawing: Promise<void> | undefined;

  watch(page: Window): void {
    const { port1: begun, port2: handedOn } = new MessageChannel();
    const begin = (): void => {
      this.drawing ??= new Promise((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          this.drawing = undefined;
          resolve();
        };
        const timer = setTimeout(end, PATIENCE_MS);
        handedOn.onmessage = end;
        // A message comes as a task of its own, after the frame was handed on.
        page.requestAnimationFrame(() => {
          begun.postMessage(undefined);
        });
      });
    };
    for (const type of INPUTS) page.addEventListener(type, begin, { capture: true, passive: true });
  }

  /** Resolves once the frame after the newest input is drawn: undefined, if there was none since the last frame. */
  get drawn(): Promise<void> | undefined {
    return this.drawing;
  }
}

/** The page's own, as `pageActivity` is. */
export const pageInput = new InputFrame();
