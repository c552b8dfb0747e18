/** Keeps the unfinished diagnosis of a run in this browser, so that a reload loses nothing. Gone when it was sent. */
import { storeText } from "../../state/browser-storage.js";
import { readStoredDraft } from "./submission-draft.js";
import type { SubmissionDraft } from "./submission-draft.js";

/** The part of `localStorage` that is used; it may throw where a browser forbids storage. */
export type DraftStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const keyOf = (runId: string): string => `firedrill.diagnosis.${runId}`;

export function loadDraft(storage: DraftStorage, runId: string): SubmissionDraft | undefined {
  const json = attempt(() => storage.getItem(keyOf(runId)));
  return json === undefined || json === null ? undefined : readStoredDraft(json);
}

/** Without storage the draft lives as long as the page; the shell says that the storage is full. */
export function saveDraft(storage: DraftStorage, runId: string, draft: SubmissionDraft): void {
  storeText(storage, keyOf(runId), JSON.stringify(draft));
}

export function dropDraft(storage: DraftStorage, runId: string): void {
  attempt(() => {
    storage.removeItem(keyOf(runId));
  });
}

function attempt<Value>(access: () => Value): Value | undefined {
  try {
    return access();
  } catch {
    return undefined;
  }
}
