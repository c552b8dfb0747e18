/** What commands do, over the models of one run and the few switches that the workspace holds. */
import type { ClockSpeed } from "../../../server/wire/run.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { CrosshairModel } from "../../state/crosshair.js";
import type { Preferences } from "../../state/preferences.js";
import type { UrlState } from "../../state/url-state.js";
import type { CommandDetail, ShellActions } from "./command.js";
import { toggleTable } from "./chart-table-key.js";
import { deepActiveElement } from "../../elements/focus-order.js";
import { findDeep, focusQuery } from "./find-deep.js";
import { focusPart } from "./view-parts.js";

/** A pan by key moves the window by this part of its length. */
const PAN_SHARE = 1 / 3;

/** What the commands need of the workspace; asked when a command runs, for contexts and the open view change. */
export interface ShellHost {
  url(): UrlState;
  run(): RunContext;
  /** Undefined while the run is loading: commands of time then do nothing. */
  time(): TimeModel | undefined;
  crosshair(): CrosshairModel;
  /** The element of the view that commands go to. */
  view(): Element | null;
  toggleHelp(): void;
  togglePalette(): void;
  toggleDock(): void;
  pickTime(): void;
  toggleSplit(): void;
  focusView(): void;
  focusOtherSide(): void;
  copyLink(): void;
  prefer(change: Partial<Preferences>): void;
}

export function createShellActions(host: ShellHost): ShellActions {
  /** The field that was left last: parts are counted from it until the focus is in the view again. */
  let left: Element | null = null;
  return {
    open: (view) => host.url().open(view),
    toggleHelp: () => host.toggleHelp(),
    togglePalette: () => host.togglePalette(),
    toggleDock: () => host.toggleDock(),
    focusQuery: () => focusQuery(host.view()),
    leaveField: () => {
      left = deepActiveElement();
      host.focusView();
    },
    goToPart: (direction) => {
      const view = host.view();
      const active = deepActiveElement();
      if (view !== null) focusPart(view, direction, active !== null && holds(view, active) ? active : left);
    },
    pin: () => void findDeep(host.view()?.shadowRoot ?? null, "fd-pin-button")?.pin(),
    toggleTable: () => toggleTable(host.view()),
    exportView: () => findDeep(host.view()?.shadowRoot ?? null, "fd-export-menu")?.show(),
    togglePause: () => togglePause(host.run()),
    setSpeed: (speed: ClockSpeed) => void host.run().store.send({ kind: "set-speed", speed }),
    nextEvent: () => void host.run().store.send({ kind: "next-event" }),
    pickTime: () => host.pickTime(),
    setRange: (range) => host.time()?.setWindow(range),
    toggleSplit: () => host.toggleSplit(),
    focusOtherSide: () => host.focusOtherSide(),
    copyLink: () => host.copyLink(),
    undoZoom: () => host.time()?.undoZoom(),
    redoZoom: () => host.time()?.redoZoom(),
    zoomOut: () => host.time()?.zoomOut(),
    pan: (direction) => host.time()?.pan(direction * PAN_SHARE),
    toggleCrosshairLock: () => host.crosshair().toggleLock(),
    unlockCrosshair: () => host.crosshair().unlock(),
    prefer: (change) => host.prefer(change),
    go: (step) => {
      const url = host.url();
      const { view, values } = step((name) => url.get(name));
      if (view === undefined) url.set(values);
      else url.open(view, values);
    },
    dispatch: (id) => dispatchCommand(host.view(), id),
  };
}

function togglePause({ store }: RunContext): void {
  if (!store.loaded) return;
  const { state } = store.snapshot.run;
  if (state === "briefing") void store.send({ kind: "start" });
  if (state === "investigating") void store.send({ kind: "pause" });
  if (state === "paused") void store.send({ kind: "resume" });
}

/** On what has the focus within the view, so that a list in it can act on the row that has it; else on the view. */
function dispatchCommand(view: Element | null, id: string): void {
  if (view === null) return;
  const active = deepActiveElement();
  const target = active !== null && holds(view, active) ? active : view;
  target.dispatchEvent(new CustomEvent<CommandDetail>("fd-command", { detail: { id }, bubbles: true, composed: true }));
}

function holds(view: Element, inner: Element): boolean {
  for (let node: Node | null = inner; node !== null; node = parentOf(node)) if (node === view) return true;
  return false;
}

const parentOf = (node: Node): Node | null => (node instanceof ShadowRoot ? node.host : node.parentNode);
