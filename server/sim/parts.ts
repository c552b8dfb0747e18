/**
 * The parts of one running world, for what acts on several of them: the control plane, effects of faults, orders of
 * learners. Made by the engine; a new mechanism adds its object here.
 */
import type { EventHeap } from "../base/event-heap.js";
import type { Effect } from "../topology/effects.js";
import type { Model } from "../topology/model-types.js";
import type { Arrivals } from "./arrivals.js";
import type { Audience } from "./audience.js";
import type { CacheContent } from "./cache-content.js";
import type { ControlPlane } from "./control-plane.js";
import type { Facts } from "./facts.js";
import type { MessageQueues } from "./message-queues.js";
import type { Observability } from "./observability/observability.js";
import type { Plant } from "./plant.js";
import type { RequestDraws } from "./request-draws.js";
import type { RequestWalk } from "./request-walk.js";
import type { WorldState } from "./world-state.js";

export interface Parts {
  readonly model: Model;
  readonly heap: EventHeap;
  readonly state: WorldState;
  readonly draws: RequestDraws;
  readonly facts: Facts;
  readonly arrivals: Arrivals;
  readonly caches: CacheContent;
  readonly queues: MessageQueues;
  readonly walk: RequestWalk;
  readonly plant: Plant;
  /** Ends the faults one of whose effects matches, because somebody has removed their cause; set by the control plane. */
  endFaults: (matches: (effect: Effect) => boolean, nowUs: number) => void;
  /** Processes, roll-outs and numbers of instances; there once the control plane is. */
  control?: Pick<
    ControlPlane,
    "processes" | "rollOuts" | "replicas" | "checks" | "autoscaler" | "serves" | "ownerPaged"
  >;
  readonly audience: Audience;
  readonly observability: Observability;
}
