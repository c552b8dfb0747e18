/** A text of the draft that is written in one's own words. */
import { html } from "lit";
import type { TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { draftChange } from "./draft-change.js";
import { SENTENCE_LENGTH_MAX } from "./submission-draft.js";
import type { SubmissionDraft } from "./submission-draft.js";

interface DraftText {
  readonly name: "sentence" | "scope" | "statusUpdate" | "misfit";
  readonly label: string;
  readonly rows: number;
}

export function draftText(draft: SubmissionDraft, { name, label, rows }: DraftText): TemplateResult {
  return html`<textarea
    rows=${rows}
    aria-label=${label}
    maxlength=${SENTENCE_LENGTH_MAX}
    .value=${live(draft[name])}
    @input=${(event: InputEvent) => {
      const { value } = event.target as HTMLTextAreaElement;
      event.target?.dispatchEvent(draftChange({ [name]: value }));
    }}
  ></textarea>`;
}
