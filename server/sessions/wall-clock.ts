/** Wall time as an argument, so that tests can hold it still. The only door through which it enters the sessions. */
export interface WallClock {
  /** Epoch ms. */
  nowMs(): number;
  /** Runs `task` every `periodMs` until the returned function is called. */
  every(periodMs: number, task: () => void): () => void;
}

/** The process's own clock. Its timers do not keep the process alive. */
export const systemClock: WallClock = {
  nowMs: () => Date.now(),
  every(periodMs, task) {
    const timer = setInterval(task, periodMs);
    timer.unref();
    return () => {
      clearInterval(timer);
    };
  },
};
