/** Says when the history has come: it comes in one piece, minutes after the world, and answers that lacked it are asked anew. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { RunStore } from "../state/run-store.js";

/** What may say that the history has come. */
const STORE_EVENTS = ["changed", "progress"] as const;

export interface HistoryOptions {
  /** Asked when the host is connected. */
  readonly store: () => RunStore;
  readonly arrived: () => void;
}

export class HistoryController implements ReactiveController {
  private store: RunStore | undefined;
  private hadHistory = true;

  constructor(
    host: ReactiveControllerHost,
    private readonly options: HistoryOptions,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.store = this.options.store();
    this.hadHistory = this.hasHistory;
    for (const name of STORE_EVENTS) this.store.addEventListener(name, this.changed);
  }

  hostDisconnected(): void {
    for (const name of STORE_EVENTS) this.store?.removeEventListener(name, this.changed);
    this.store = undefined;
  }

  private get hasHistory(): boolean {
    return (this.store?.snapshot.historyProgress ?? 0) >= 1;
  }

  private readonly changed = (): void => {
    const { hasHistory } = this;
    if (hasHistory && !this.hadHistory) this.options.arrived();
    this.hadHistory = hasHistory;
  };
}
