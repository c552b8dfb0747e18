import { expect, test } from "vitest";
import { InputFrame } from "../../../client/state/input-frame.js";

/** A page whose frames are drawn when the test says so. */
function page(): { readonly window: Window; readonly press: () => void; readonly draw: () => void } {
  const listeners: (() => void)[] = [];
  let frames: (() => void)[] = [];
  const window = {
    addEventListener: (type: string, listener: () => void) => {
      if (type === "keydown") listeners.push(listener);
    },
    requestAnimationFrame: (callback: () => void) => frames.push(callback),
  };
  return {
    window: window as unknown as Window,
    press: () => {
      for (const listener of listeners) listener();
    },
    draw: () => {
      const due = frames;
      frames = [];
      for (const callback of due) callback();
    },
  };
}

test("nothing waits where nobody did anything", () => {
  const frame = new InputFrame();
  frame.watch(page().window);
  expect(frame.drawn).toBeUndefined();
});

test("what is asked after a key waits for the frame that answers it, once for all keys before it", async () => {
  const { window, press, draw } = page();
  const frame = new InputFrame();
  frame.watch(window);
  press();
  const first = frame.drawn;
  press();
  expect(frame.drawn).toBe(first);
  const order: string[] = [];
  void first?.then(() => order.push("asked"));
  draw();
  order.push("drawn");
  await first;
  expect(order).toEqual(["drawn", "asked"]);
  expect(frame.drawn).toBeUndefined();
});

test("a page that draws nothing asks all the same", async () => {
  const { window, press } = page();
  const frame = new InputFrame();
  frame.watch(window);
  press();
  await frame.drawn;
  expect(frame.drawn).toBeUndefined();
});
