import { expect, test, vi } from "vitest";
import { loadDraft, saveDraft } from "../../../client/panels/submit/draft-store.js";
import { PageStorage } from "../../../client/state/browser-storage.js";
import { DEFAULT_PREFERENCES, readPreferences, writePreferences } from "../../../client/state/preferences.js";

/** A storage that holds `room` keys. */
function storageOf(
  room: number,
): Pick<Storage, "getItem" | "setItem" | "removeItem"> & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    removeItem: (key) => void kept.delete(key),
    setItem: (key, text) => {
      if (!kept.has(key) && kept.size >= room) throw new DOMException("No room.", "QuotaExceededError");
      kept.set(key, text);
    },
  };
}

const refused = (): never => {
  throw new DOMException("Access is denied for this document.", "SecurityError");
};

test("a full storage stops nothing: what it does not take lasts as long as the page, and that is told once", () => {
  const browser = storageOf(0);
  const page = new PageStorage(() => browser);
  const told = vi.fn();
  page.addEventListener("trouble", told);
  writePreferences(page, { ...DEFAULT_PREFERENCES, theme: "dark" });
  page.setItem("other", "text");
  expect(readPreferences(page).theme).toBe("dark");
  expect([page.trouble, told.mock.calls.length, browser.kept.size]).toEqual(["full", 1, 0]);
  page.removeItem("other");
  expect(page.getItem("other")).toBeNull();
});

test("what the browser took again is the browser's own", () => {
  const browser = storageOf(1);
  const page = new PageStorage(() => browser);
  page.setItem("one", "1");
  page.setItem("two", "2");
  browser.kept.clear();
  page.setItem("two", "3");
  expect([page.getItem("two"), browser.kept.get("two")]).toEqual(["3", "3"]);
});

test("a browser that forbids storage is told from a full one; an unfinished diagnosis is there while the page is", () => {
  const page = new PageStorage(refused);
  expect(readPreferences(page)).toEqual(DEFAULT_PREFERENCES);
  expect(page.trouble).toBe("forbidden");
  saveDraft(page, "run", { sentence: "half of a" } as Parameters<typeof saveDraft>[2]);
  expect(page.getItem("firedrill.diagnosis.run")).toContain("half of a");
  expect(loadDraft(page, "another")).toBeUndefined();
  page.removeItem("firedrill.diagnosis.run");
  expect(page.getItem("firedrill.diagnosis.run")).toBeNull();
});

test("what was stored is read back; widths that no screen has are the defaults", () => {
  let kept = "";
  const storage = { getItem: () => kept, setItem: (_: string, text: string) => void (kept = text) };
  writePreferences(storage, { ...DEFAULT_PREFERENCES, splitShare: 35, dockShare: 20 });
  expect(readPreferences(storage)).toMatchObject({ splitShare: 35, dockShare: 20 });
  kept = '{"splitShare":99,"dockShare":"wide"}';
  expect(readPreferences(storage)).toEqual(DEFAULT_PREFERENCES);
});
