/** Keeps the unfinished diagnosis of a run in this browser, so that a reload loses nothing. Gone when it was sent. */
import { readStoredDraft } from "./submission-draft.js";
import type { SubmissionDraft } from "./submission-draft.js";

const keyOf = (runId: string): string => `firedrill.diagnosis.${runId}`;

export function loadDraft(storage: Pick<Storage, "getItem">, runId: string): SubmissionDraft | undefined {
  const json = storage.getItem(keyOf(runId));
  return json === null ? undefined : readStoredDraft(json);
}

export function saveDraft(storage: Pick<Storage, "setItem">, runId: string, draft: SubmissionDraft): void {
  storage.setItem(keyOf(runId), JSON.stringify(draft));
}

export function dropDraft(storage: Pick<Storage, "removeItem">, runId: string): void {
  storage.removeItem(keyOf(runId));
}
