/** A unified diff: line numbers, a sign in front, and colour only on top of the sign. */
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { readDiff } from "./diff-lines.js";
import type { DiffLine } from "./diff-lines.js";
import { sharedStyles } from "./shared.styles.js";

const SIGNS: Readonly<Record<DiffLine["kind"], string>> = {
  added: "+",
  removed: "−",
  context: " ",
  hunk: " ",
  file: " ",
};
const SPOKEN: Readonly<Record<DiffLine["kind"], string>> = {
  added: "added",
  removed: "removed",
  context: "",
  hunk: "",
  file: "",
};

@customElement("fd-diff")
export class DiffView extends LitElement {
  @property() text = "";

  override render(): TemplateResult {
    return html`<div class="scroll" tabindex="0" role="group" aria-label="Difference">
      <table>
        <tbody>
          ${readDiff(this.text).map(
            (line) =>
              html`<tr class=${line.kind}>
                <td class="at">${line.oldNumber}</td>
                <td class="at">${line.newNumber}</td>
                <td class="sign">
                  <span aria-hidden="true">${SIGNS[line.kind]}</span
                  ><span class="visually-hidden">${SPOKEN[line.kind]}</span>
                </td>
                <td class="text">${line.text}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        border: 1px solid var(--line);
        background: var(--surface-1);
      }
      td {
        border: 0;
        padding: 0 var(--space-2);
        font-family: var(--font-data);
        font-size: var(--text-s);
        line-height: 1.6;
      }
      .at {
        text-align: end;
        color: var(--ink-soft);
        width: 1%;
        user-select: none;
      }
      .sign {
        width: 1%;
        padding: 0 2px;
      }
      .text {
        white-space: pre;
        width: 100%;
      }
      .added td {
        background: color-mix(in srgb, var(--series-1) 14%, transparent);
      }
      .removed td {
        background: color-mix(in srgb, var(--series-2) 16%, transparent);
      }
      .hunk td,
      .file td {
        color: var(--ink-soft);
        background: var(--surface-2);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-diff": DiffView;
  }
}
