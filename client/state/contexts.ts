/** What views take from the shell: the run, the address, the window of time and the crosshair. One context for each concern. */
import { createContext } from "@lit/context";
import type { RunQueries } from "../net/api.js";
import type { CrosshairModel } from "./crosshair.js";
import type { RunStore } from "./run-store.js";
import type { TimeModel } from "./time-model.js";
import type { UrlState } from "./url-state.js";

export { TimeModel } from "./time-model.js";

export interface RunContext {
  readonly runId: string;
  readonly store: RunStore;
  readonly queries: RunQueries;
}

export const runContext = createContext<RunContext>(Symbol("run"));
export const urlContext = createContext<UrlState>(Symbol("url"));
export const timeContext = createContext<TimeModel>(Symbol("time"));
export const crosshairContext = createContext<CrosshairModel>(Symbol("crosshair"));
