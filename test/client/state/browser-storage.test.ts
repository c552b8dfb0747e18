import { expect, test, vi } from "vitest";
import { saveDraft } from "../../../client/panels/submit/draft-store.js";
import { storageWarnings, storeText } from "../../../client/state/browser-storage.js";
import { DEFAULT_PREFERENCES, readPreferences, writePreferences } from "../../../client/state/preferences.js";

const FULL = {
  getItem: () => null,
  removeItem: () => undefined,
  setItem: () => {
    throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
  },
};

test("a full storage stops nothing and is told", () => {
  const told = vi.fn();
  storageWarnings.addEventListener("full", told);
  expect(storeText(FULL, "key", "text")).toBe(false);
  writePreferences(FULL, { ...DEFAULT_PREFERENCES, theme: "dark" });
  saveDraft(FULL, "run", {} as Parameters<typeof saveDraft>[2]);
  storageWarnings.removeEventListener("full", told);
  expect(told).toHaveBeenCalledTimes(3);
});

test("what was stored is read back; widths that no screen has are the defaults", () => {
  let kept = "";
  const storage = { getItem: () => kept, setItem: (_: string, text: string) => void (kept = text) };
  writePreferences(storage, { ...DEFAULT_PREFERENCES, splitShare: 35, dockShare: 20 });
  expect(readPreferences(storage)).toMatchObject({ splitShare: 35, dockShare: 20 });
  kept = '{"splitShare":99,"dockShare":"wide"}';
  expect(readPreferences(storage)).toEqual(DEFAULT_PREFERENCES);
});
