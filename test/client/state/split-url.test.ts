import { describe, expect, test } from "vitest";
import { openSplitUrl, readSplit, swapSides, withOwnTime } from "../../../client/state/split-url.js";
import { sharedAddress } from "../../../client/panels/shell/share.js";
import { formatUrl, parseUrl, UrlState } from "../../../client/state/url-state.js";

/** The page's address; every step that it wrote to the history. */
function pageAt(address: string): { readonly outer: UrlState; readonly steps: string[] } {
  const steps: string[] = [];
  const [pathname = "", search = ""] = address.split("?");
  const outer = new UrlState({
    location: { pathname, search },
    history: {
      pushState: (_data, _unused, url) => steps.push(decodeURIComponent(url)),
      replaceState: (_data, _unused, url) => steps.push(`replaced ${decodeURIComponent(url)}`),
    },
    addEventListener: () => undefined,
  });
  return { outer, steps };
}

const SPLIT = "/run/1/metrics?query=up&from=now-1h&to=now&split=logs%3Flevel%3Derror";

describe("the right side", () => {
  test("has a view and a search of its own and the page's time", () => {
    const { url } = openSplitUrl(pageAt(SPLIT).outer);
    expect([url.view, url.get("level"), url.get("query"), url.get("from")]).toEqual([
      "logs",
      "error",
      undefined,
      "now-1h",
    ]);
    expect(url.href("trace", { trace: "ab" })).toBe("/run/1/trace?from=now-1h&to=now&trace=ab");
  });

  test("writes what it does into the page's address and leaves the left side alone", () => {
    const { outer, steps } = pageAt(SPLIT);
    const { url } = openSplitUrl(outer);
    url.set({ level: "warn" }, { replace: true });
    url.open("traces");
    expect(steps).toEqual([
      "replaced /run/1/metrics?query=up&from=now-1h&to=now&split=logs?level=warn",
      "/run/1/metrics?query=up&from=now-1h&to=now&split=traces",
    ]);
    expect(outer.view).toBe("metrics");
  });

  test("in step, its time is the page's in both directions", () => {
    const { outer } = pageAt(SPLIT);
    const { url } = openSplitUrl(outer);
    url.set({ from: "1000", to: "2000" });
    expect([outer.get("from"), outer.get("to")]).toEqual(["1000", "2000"]);
    outer.set({ from: "3000" });
    expect(url.get("from")).toBe("3000");
  });

  test("apart, it begins with the same window and keeps it", () => {
    const { outer } = pageAt(SPLIT);
    outer.openAddress(withOwnTime(outer.address, { from: "now-1h", to: "now" }));
    const { url } = openSplitUrl(outer);
    outer.set({ from: "5", to: "6" });
    url.set({ from: "now-5m" });
    expect([outer.get("from"), url.get("from")]).toEqual(["5", "now-5m"]);
    outer.openAddress(withOwnTime(outer.address, undefined));
    expect(url.get("from")).toBe("5");
  });

  test("follows the browser's way back, and no longer once it is closed", () => {
    const { outer } = pageAt(SPLIT);
    const split = openSplitUrl(outer);
    const { url } = split;
    let changes = 0;
    url.addEventListener("changed", () => (changes += 1));
    outer.set({ split: "map" });
    expect([url.view, changes]).toEqual(["map", 1]);
    split.close();
    outer.set({ split: "slo" });
    expect(changes).toBe(1);
  });
});

test("sides are exchanged, and exchanged again they are as they were", () => {
  const parts = parseUrl("/run/1/metrics", "query=up&from=1&to=2&split=logs%3Flevel%3Derror");
  const swapped = swapSides(parts);
  expect(decodeURIComponent(formatUrl(swapped))).toBe("/run/1/logs?from=1&to=2&level=error&split=metrics?query=up");
  expect(new Map(swapSides(swapped).parameters)).toEqual(parts.parameters);
});

test("a shared link fixes what moves with the clock, on both sides", () => {
  const now = 1_000_000_000_000_000;
  const parts = parseUrl("/run/1/logs", "level=error&split=map%3Ffrom%3Dnow-5m%26to%3Dnow&apart=1");
  expect(decodeURIComponent(sharedAddress(parts, now))).toBe(
    "/run/1/logs?level=error&split=map?from=999999700000000&to=1000000000000000&apart=1&from=999999100000000&to=1000000000000000",
  );
});

test.each([undefined, "", "?level=error", "Bad View"])("%j splits nothing", (text) => {
  expect(readSplit(text)).toBeUndefined();
});
