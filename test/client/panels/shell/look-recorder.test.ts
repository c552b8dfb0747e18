import type { ReactiveController } from "lit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LookRecorder } from "../../../../client/panels/shell/look-recorder.js";
import type { Looking } from "../../../../client/panels/shell/look-recorder.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Shows addresses one after the other, each for two seconds and with so many actions taken; which views were reported. */
function looksAt(shown: readonly { readonly address: string; readonly actions: number }[]): readonly string[] {
  const reported: string[] = [];
  let now = shown[0];
  const controllers: ReactiveController[] = [];
  const host = {
    addController: (controller: ReactiveController) => controllers.push(controller),
    removeController: () => undefined,
    requestUpdate: () => undefined,
    updateComplete: Promise.resolve(true),
  };
  const looking = (): Looking => {
    const [view = "", search = ""] = (now?.address ?? "").split("?");
    const send = ({ reference }: { reference: { view: string } }) => {
      reported.push(reference.view);
      return Promise.resolve();
    };
    const snapshot = { run: { state: "investigating" }, actions: new Array<unknown>(now?.actions ?? 0).fill({}) };
    return {
      url: { view, search, get: (name: string) => new URLSearchParams(search).get(name) ?? undefined },
      run: { store: { loaded: true, snapshot, send } },
      time: { window: () => ({ fromUs: 0, toUs: 1 }) },
    } as unknown as Looking;
  };
  new LookRecorder(host, looking);
  for (const one of shown) {
    now = one;
    for (const controller of controllers) controller.hostUpdated?.();
    vi.advanceTimersByTime(2_000);
  }
  return reported;
}

test("a view of evidence is reported once until its address changes", () => {
  const map = { address: "map", actions: 0 };
  expect(looksAt([map, map, { address: "map?at=1", actions: 0 }, { address: "brief", actions: 0 }])).toEqual([
    "map",
    "map",
  ]);
});

test("actions are looked at where a card shows what they move, not where a form is filled in", () => {
  expect(looksAt([{ address: "actions", actions: 0 }])).toEqual([]);
  expect(looksAt([{ address: "actions?act=scale", actions: 1 }])).toEqual([]);
  expect(
    looksAt([
      { address: "actions", actions: 0 },
      { address: "actions", actions: 1 },
      { address: "actions", actions: 1 },
    ]),
  ).toEqual(["actions"]);
});
