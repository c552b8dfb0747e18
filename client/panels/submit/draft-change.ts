/** How parts of the diagnosis say that the draft of it is another one: `draft-change` {parts}, bubbling and composed. */
import type { SubmissionDraft } from "./submission-draft.js";

export type DraftParts = Partial<SubmissionDraft>;
export type DraftChange = CustomEvent<DraftParts>;

export const draftChange = (parts: DraftParts): DraftChange =>
  new CustomEvent("draft-change", { detail: parts, bubbles: true, composed: true });
