/** Every action by name: the areas' own lists, joined. A new action is a row in the list of its area. */
import type { ActionDefinition } from "./action-definition.js";
import { CACHE_ACTIONS } from "./caches.js";
import { CALL_ACTIONS } from "./calls.js";
import { COMPUTE_ACTIONS } from "./compute.js";
import { CONTROL_ACTIONS } from "./control.js";
import { LOAD_ACTIONS } from "./load.js";
import { MESSAGE_ACTIONS } from "./messages.js";
import { OBSERVABILITY_ACTIONS } from "./observability.js";
import { STORE_ACTIONS } from "./stores.js";

/** Actions of one area, under the title that forms show. */
export interface ActionGroup {
  readonly title: string;
  readonly actions: readonly ActionDefinition[];
}

export const ACTION_GROUPS: readonly ActionGroup[] = [
  { title: "Calls", actions: CALL_ACTIONS },
  { title: "Processes", actions: CONTROL_ACTIONS },
  { title: "Machines", actions: COMPUTE_ACTIONS },
  { title: "Stores", actions: STORE_ACTIONS },
  { title: "Caches", actions: CACHE_ACTIONS },
  { title: "Queues and providers", actions: MESSAGE_ACTIONS },
  { title: "Load", actions: LOAD_ACTIONS },
  { title: "Observability", actions: OBSERVABILITY_ACTIONS },
];

export const ACTIONS: ReadonlyMap<string, ActionDefinition> = new Map(
  ACTION_GROUPS.flatMap(({ actions }) => actions.map((definition) => [definition.name, definition] as const)),
);
