/** What a silence that is posted or ended would do. Nobody but receivers of messages notices either. */
import { success } from "../base/result.js";
import { refuse } from "./action-refusal.js";
import type { Plan } from "./action-plan.js";
import type { Engine } from "./engine.js";
import type { WorldAction } from "./timeline.js";

type ActionOf<Kind extends WorldAction["kind"]> = Extract<WorldAction, { readonly kind: Kind }>;

const WATCH = { watchQuery: "ALERTS", watchTitle: "Alerts" };

export function planSilence(engine: Engine, action: ActionOf<"post-silence">): Plan {
  const { id, matchers, startsAt, endsAt, replaces } = action;
  const { silences } = engine.observability;
  if (endsAt <= engine.now) return refuse("end time can't be in the past", "Choose an end after now.");
  if (endsAt <= startsAt) return refuse("start time must be before end time", "Choose an end after the start.");
  const before = silences.find(id);
  if (before !== undefined && before.untilUs <= engine.now)
    return refuse(`the silence ${id} is over`, "Post a new one.");
  if (replaces !== undefined && silences.find(replaces) === undefined)
    return refuse(`there is no silence ${replaces}`, "Choose one that is listed.");
  return success({
    summary: `Silence alerts with ${matchers.map(({ name }) => name).join(", ")} as given`,
    touches: ["alertmanager"],
    durationUs: 0,
    sideEffects: ["Nobody is told of alerts that match, whatever makes them fire"],
    undo: { kind: "expire-silence", silence: id },
    destructive: false,
    ...WATCH,
  });
}

export function planExpiry(engine: Engine, { silence: id }: ActionOf<"expire-silence">): Plan {
  const silence = engine.observability.silences.find(id);
  if (silence === undefined) return refuse(`there is no silence ${id}`, "Choose one that is listed.");
  if (silence.untilUs <= engine.now) return refuse(`silence ${id} already expired`, "Choose one that is in force.");
  return success({
    summary: `End the silence ${id}`,
    touches: ["alertmanager"],
    durationUs: 0,
    sideEffects: ["Alerts that match are told of again at the next turn of their group"],
    destructive: false,
    ...WATCH,
  });
}
