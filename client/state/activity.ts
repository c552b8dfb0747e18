/**
 * Counts what the page is waiting for. The shell shows it as `data-idle` on the document, so that a test (or a screen
 * reader's `aria-busy`) can tell when everything that was asked for is on the screen.
 */

/** Dispatches `changed` whenever it turns idle or busy. One per page, made by `main.ts` and handed out by context. */
export class Activity extends EventTarget {
  private running = 0;

  get idle(): boolean {
    return this.running === 0;
  }

  begin(): void {
    this.running += 1;
    if (this.running === 1) this.dispatchEvent(new Event("changed"));
  }

  end(): void {
    this.running -= 1;
    if (this.running === 0) this.dispatchEvent(new Event("changed"));
  }
}

/** The page's own counter: the page is the one thing that there is exactly one of. */
export const pageActivity = new Activity();

export const beginActivity = (): void => pageActivity.begin();
export const endActivity = (): void => pageActivity.end();
