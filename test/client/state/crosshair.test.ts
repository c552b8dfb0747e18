import { expect, test, vi } from "vitest";
import { CrosshairModel } from "../../../client/state/crosshair.js";
import { UrlState } from "../../../client/state/url-state.js";

/** A model over an address, and the address as the browser would show it. */
function modelAt(search: string): { readonly model: CrosshairModel; readonly url: UrlState } {
  const url = new UrlState({
    location: { pathname: "/run/1/metrics", search },
    history: { pushState: () => undefined, replaceState: () => undefined },
    addEventListener: () => undefined,
  });
  return { model: new CrosshairModel(url), url };
}

test("all axes point at the instant under the pointer until it leaves that element", () => {
  const { model } = modelAt("");
  const [one, other] = [{}, {}];
  const changed = vi.fn();
  model.addEventListener("changed", changed);
  model.point(5, one);
  model.point(6, other);
  model.leave(one);
  expect(model.atUs).toBe(6);
  model.leave(other);
  expect(model.atUs).toBeUndefined();
  expect(changed).toHaveBeenCalledTimes(3);
});

test("a locked instant stays, stands in the URL, and lets go to where the pointer is", () => {
  const { model, url } = modelAt("");
  model.point(1_000, model);
  model.toggleLock();
  model.point(2_000, model);
  expect([model.atUs, model.locked, url.get("crosshair")]).toEqual([1_000, true, "1000"]);
  model.toggleLock();
  expect([model.atUs, model.locked, url.get("crosshair")]).toEqual([2_000, false, undefined]);
});

test("a link brings its locked instant, and the way back takes it away", () => {
  const { model, url } = modelAt("?crosshair=7000000");
  expect([model.atUs, model.locked]).toEqual([7_000_000, true]);
  url.set({ crosshair: undefined });
  expect(model.atUs).toBeUndefined();
  expect(modelAt("?crosshair=soon").model.atUs).toBeUndefined();
});

test("the ribbon learns of the widest axis while it is there", () => {
  const { model } = modelAt("");
  const [one, other] = [{}, {}];
  model.setSpan(one, { left: 60, right: 400 });
  model.setSpan(other, { left: 40, right: 900 });
  expect(model.widestSpan).toEqual({ left: 40, right: 900 });
  model.setSpan(other, undefined);
  expect(model.widestSpan).toEqual({ left: 60, right: 400 });
});
