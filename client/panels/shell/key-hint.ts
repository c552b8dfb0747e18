/** A way to type a command, as key caps. */
import { html } from "lit";
import type { TemplateResult } from "lit";
import { keyCaps } from "./key-sequence.js";

/** `g a`, `mod+k`: one `<kbd>` for each cap; styled by `keyHintStyles`. */
export function keyHint(keys: string): TemplateResult {
  const mac = navigator.userAgent.includes("Mac OS X");
  const chords = keys.split(" ").map((chord) => keyCaps(chord, mac));
  return html`<span class="keys">${chords.map((caps) => caps.map((cap) => html`<kbd>${cap}</kbd>`))}</span>`;
}
