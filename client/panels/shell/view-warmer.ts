/**
 * Fetches what was not opened yet while there is nothing else to do, a part at a time, so that a view opens at once and
 * not after a dozen files. The first screen loads none of it: it begins when that one is there, goes on only while the
 * page waits for nothing and nobody types or presses, and leaves it to those who asked their browser to save data.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { pageActivity } from "../../state/activity.js";
import { pageInput } from "../../state/input-frame.js";

/** From the first idle moment on, and between two looks at a page that is busy. */
const REST_MS = 500;

export class ViewWarmer implements ReactiveController {
  private readonly left: (() => Promise<unknown>)[];
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param parts what is to be fetched, in this order */
  constructor(host: ReactiveControllerHost, parts: Iterable<() => Promise<unknown>>) {
    this.left = [...parts];
    host.addController(this);
  }

  hostConnected(): void {
    if (!savesData()) this.rest();
  }

  hostDisconnected(): void {
    clearTimeout(this.timer);
  }

  private rest(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => whenIdle(() => void this.fetchNext()), REST_MS);
  }

  private async fetchNext(): Promise<void> {
    if (isBusy()) {
      this.rest();
      return;
    }
    // What does not come is said where it is opened.
    await this.left
      .shift()?.()
      .catch(() => undefined);
    if (this.left.length > 0) whenIdle(() => void this.fetchNext());
  }
}

const isBusy = (): boolean => document.hidden || !pageActivity.idle || pageInput.drawn !== undefined;

/** Not every browser tells when it is idle. */
function whenIdle(task: () => void): void {
  if ("requestIdleCallback" in window) window.requestIdleCallback(task);
  else setTimeout(task);
}

function savesData(): boolean {
  const { connection } = navigator as Navigator & { readonly connection?: { readonly saveData?: boolean } };
  return connection?.saveData === true;
}
