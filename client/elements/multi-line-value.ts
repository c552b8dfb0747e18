/** A value of several lines, such as a stack trace: as it was written, scrolled sideways where it is wide, to be selected and copied. */
import { css, html } from "lit";
import type { TemplateResult } from "lit";

export const isMultiLine = (value: string): boolean => value.includes("\n");

export const multiLineValue = (name: string, value: string): TemplateResult =>
  html`<pre class="multi-line" tabindex="0" role="region" aria-label=${name}>${value}</pre>`;

export const multiLineStyles = css`
  .multi-line {
    margin: 0;
    padding: var(--space-2);
    max-height: 240px;
    overflow: auto;
    font: var(--text-s) var(--font-data);
    white-space: pre;
    tab-size: 4;
    background: var(--surface-2);
    border-radius: var(--radius);
  }
`;
