/** Every action by name: the areas' own lists, joined. A new action is a row in the list of its area. */
import type { ActionDefinition } from "./action-definition.js";
import { CACHE_ACTIONS } from "./caches.js";
import { CALL_ACTIONS } from "./calls.js";
import { LOAD_ACTIONS } from "./load.js";
import { OBSERVABILITY_ACTIONS } from "./observability.js";
import { STORE_ACTIONS } from "./stores.js";

const ALL: readonly ActionDefinition[] = [
  // One line for each area.
  ...CACHE_ACTIONS,
  ...CALL_ACTIONS,
  ...LOAD_ACTIONS,
  ...STORE_ACTIONS,
  ...OBSERVABILITY_ACTIONS,
];

export const ACTIONS: ReadonlyMap<string, ActionDefinition> = new Map(
  ALL.map((definition) => [definition.name, definition]),
);
