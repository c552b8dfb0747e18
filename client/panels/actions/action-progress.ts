/** How far an action is at a simulated instant, and which cards the view shows in which order. */
import type { LoggedAction } from "../../../server/wire/run.js";

export interface ActionProgress {
  readonly state: "running" | "done" | "undone";
  /** 0 to 1. */
  readonly fraction: number;
  readonly remainingUs: number;
}

/** An action without a duration is done at once; one that was undone says so, whatever the clock. */
export function actionProgress(action: LoggedAction, nowUs: number): ActionProgress {
  const durationUs = action.completesAtUs - action.atUs;
  const remainingUs = Math.max(0, action.completesAtUs - nowUs);
  const fraction = durationUs <= 0 ? 1 : Math.min(1, Math.max(0, (nowUs - action.atUs) / durationUs));
  if (action.undoneBy !== undefined) return { state: "undone", fraction: 1, remainingUs: 0 };
  return { state: remainingUs > 0 ? "running" : "done", fraction, remainingUs };
}

/** Newest first. */
export function newestFirst(actions: readonly LoggedAction[]): readonly LoggedAction[] {
  return [...actions].sort((left, right) => right.atUs - left.atUs || right.id.localeCompare(left.id));
}

/** The action that this one takes back, where it is an undo. */
export function undoneAction(actions: readonly LoggedAction[], undo: LoggedAction): LoggedAction | undefined {
  return actions.find(({ undoneBy }) => undoneBy === undo.id);
}

/** Window of the watch chart: from a little before the action to now, at least `minimumUs` long. */
export function watchWindow(action: LoggedAction, nowUs: number): { readonly fromUs: number; readonly toUs: number } {
  const leadUs = 5 * 60 * 1_000_000;
  const minimumUs = 10 * 60 * 1_000_000;
  const maximumUs = 30 * 60 * 1_000_000;
  const fromUs = action.atUs - leadUs;
  const toUs = Math.min(Math.max(nowUs, fromUs + minimumUs), fromUs + maximumUs);
  return { fromUs, toUs };
}
