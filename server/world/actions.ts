/** Actions between the wire, where durations are plain numbers, and the engine, where they are branded. */
import { duration, simTime, type SimTime } from "../base/time.js";
import type { TimedAction, WorldAction } from "../sim/timeline.js";
import type { Action } from "../wire/actions.js";

export function toWorldAction(action: Action): WorldAction {
  switch (action.kind) {
    case "set-timeout":
      return { ...action, timeout: duration(action.timeout) };
    case "set-retry":
      return { ...action, retry: { ...action.retry, backoff: duration(action.retry.backoff) } };
    case "post-silence":
      return { ...action, startsAt: simTime(action.startsAt), endsAt: simTime(action.endsAt) };
    default:
      return action;
  }
}

export function toTimedAction(id: string, action: Action, at: SimTime): TimedAction {
  return { id, at, action: toWorldAction(action) };
}
