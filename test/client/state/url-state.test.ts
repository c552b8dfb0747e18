import { describe, expect, test, vi } from "vitest";
import { UrlState, formatUrl, parseUrl } from "../../../client/state/url-state.js";
import type { UrlHost } from "../../../client/state/url-state.js";

interface FakeHost extends UrlHost {
  readonly entries: string[];
  back(): void;
}

function host(address: string): FakeHost {
  const entries = [address];
  const location = { pathname: "", search: "" };
  const show = (): void => {
    const url = new URL(entries.at(-1) ?? "/", "http://x");
    Object.assign(location, { pathname: url.pathname, search: url.search });
  };
  const listeners: (() => void)[] = [];
  show();
  return {
    entries,
    location,
    history: {
      pushState: (_data, _unused, url) => void entries.push(url),
      replaceState: (_data, _unused, url) => void entries.splice(-1, 1, url),
    },
    addEventListener: (_type, listener) => void listeners.push(listener),
    back: () => {
      entries.pop();
      show();
      for (const listener of listeners) listener();
    },
  };
}

test("a URL is read and written back the same", () => {
  const parts = parseUrl("/run/r%2F1/logs", "?from=now-5m&text=a%20b");
  expect(parts).toEqual({
    runId: "r/1",
    view: "logs",
    parameters: new Map([
      ["from", "now-5m"],
      ["text", "a b"],
    ]),
  });
  expect(parseUrl("/run/r%2F1/logs", formatUrl(parts).split("?")[1] ?? "")).toEqual(parts);
});

test.each(["/", "/elsewhere", "/run"])("%s is the start page", (path) => {
  expect(parseUrl(path, "").view).toBe("start");
});

describe("UrlState", () => {
  test("another view keeps the time range and drops the rest", () => {
    const fake = host("/run/a/logs?from=now-5m&to=now&levels=error");
    const url = new UrlState(fake);
    url.open("traces", { service: "order" });
    expect(fake.entries.at(-1)).toBe("/run/a/traces?from=now-5m&to=now&service=order");
  });

  test("undefined removes a parameter and replacing leaves no step to go back to", () => {
    const fake = host("/run/a/logs?text=x&levels=error");
    const url = new UrlState(fake);
    url.set({ text: undefined, levels: "warn" }, { replace: true });
    expect(fake.entries).toEqual(["/run/a/logs?levels=warn"]);
  });

  test("says that it changed by the page and by the browser's back, and not when nothing changes", () => {
    const fake = host("/run/a/logs");
    const url = new UrlState(fake);
    const changed = vi.fn();
    url.addEventListener("changed", changed);
    url.open("map");
    url.open("map");
    fake.back();
    expect(changed).toHaveBeenCalledTimes(2);
    expect(url.view).toBe("logs");
  });
});
