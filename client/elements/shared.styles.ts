/** Native controls, tables and text as every element of the client shows them. Adopt beside an element's own styles. */
import { css } from "lit";
import { forcedColorsStyles } from "./forced-colors.styles.js";

export const sharedStyles = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host {
    font-variant-numeric: tabular-nums;
  }
  :host([hidden]) {
    display: none !important;
  }
  :focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 1px;
  }
  h1,
  h2,
  h3,
  h4 {
    margin: 0;
    font-size: var(--text-m);
    font-weight: 600;
    line-height: 1.3;
  }
  h1 {
    font-size: var(--text-l);
  }
  p {
    margin: 0;
  }
  a {
    color: var(--accent);
    text-decoration: none;
  }
  a:hover {
    text-decoration: underline;
  }
  /* Within a sentence colour alone does not tell it from the words around it (WCAG 1.4.1). */
  fd-empty-state a,
  p a {
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  button,
  input,
  select,
  textarea {
    font: inherit;
    font-size: var(--text-m);
    color: var(--ink);
    background: var(--surface-1);
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    min-height: var(--control);
    padding: 0 var(--space-2);
  }
  select {
    max-width: min(100%, 40ch);
    text-overflow: ellipsis;
  }
  /* The longest of its options does not push it out of a narrow window. */
  label:has(> select) {
    min-width: 0;
    max-width: 100%;
  }
  label > select {
    min-width: 0;
  }
  /* What is written from right to left, or turned around, stays within its cell. */
  td,
  th,
  li,
  dd,
  a,
  button,
  code,
  .data {
    unicode-bidi: isolate;
  }
  textarea {
    padding: var(--space-1) var(--space-2);
    line-height: 1.45;
    resize: vertical;
  }
  input[type="checkbox"],
  input[type="radio"] {
    min-height: 0;
    accent-color: var(--accent);
    width: 14px;
    height: 14px;
    margin: 0;
    vertical-align: -2px;
  }
  input[type="range"] {
    padding: 0;
    border: 0;
    background: none;
    accent-color: var(--accent);
  }
  input::placeholder,
  textarea::placeholder {
    color: var(--ink-soft);
    opacity: 1;
  }
  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: var(--space-1);
    cursor: pointer;
    white-space: nowrap;
  }
  button:hover:not(:disabled) {
    background: var(--surface-2);
  }
  button:disabled {
    opacity: 0.55;
    cursor: default;
  }
  button[aria-pressed="true"],
  button[aria-selected="true"] {
    background: var(--accent-soft);
    border-color: var(--accent);
  }
  button.primary {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--accent-ink);
    font-weight: 600;
  }
  button.primary:hover:not(:disabled) {
    background: color-mix(in srgb, var(--accent) 88%, var(--ink));
  }
  button.danger {
    border-color: var(--severity-critical);
    color: var(--severity-critical);
  }
  button.quiet:where(:not([aria-pressed="true"], [aria-selected="true"])) {
    border-color: transparent;
    background: transparent;
  }
  button.quiet:where(:not([aria-pressed="true"], [aria-selected="true"])):hover:not(:disabled) {
    background: var(--surface-2);
  }
  button.link {
    border: 0;
    background: none;
    padding: 0;
    min-height: 0;
    color: var(--accent);
    white-space: normal;
    text-align: start;
  }
  button.link:hover:not(:disabled) {
    background: none;
    text-decoration: underline;
  }
  /* Choices of which one holds: parts of one control. */
  [role="tablist"]:not([aria-orientation="vertical"]),
  .segments {
    display: inline-flex;
    flex-wrap: wrap;
    gap: 0;
  }
  [role="tablist"] > button,
  .segments > button {
    border-radius: 0;
    border-color: var(--line-strong);
    margin-inline-end: -1px;
  }
  [role="tablist"] > button:first-of-type,
  .segments > button:first-of-type {
    border-start-start-radius: var(--radius);
    border-end-start-radius: var(--radius);
  }
  [role="tablist"] > button:last-of-type,
  .segments > button:last-of-type {
    border-start-end-radius: var(--radius);
    border-end-end-radius: var(--radius);
    margin-inline-end: 0;
  }
  [role="tablist"] > button[aria-selected="true"],
  .segments > button[aria-pressed="true"] {
    position: relative;
    z-index: 1;
    border-color: var(--accent);
  }
  table {
    border-collapse: collapse;
    width: 100%;
    font-size: var(--text-m);
  }
  th,
  td {
    text-align: start;
    padding: var(--space-1) var(--space-2);
    border-bottom: 1px solid var(--line);
    /* Names and figures have fonts of their own: they stand on one line. */
    vertical-align: baseline;
  }
  th {
    font-weight: 500;
    font-size: var(--text-s);
    color: var(--ink-soft);
    white-space: nowrap;
  }
  td.number,
  th.number {
    text-align: end;
    font-family: var(--font-data);
    font-size: var(--text-s);
    white-space: nowrap;
  }
  th.number {
    font-family: inherit;
  }
  code,
  pre,
  .data {
    font-family: var(--font-data);
    font-size: var(--text-s);
  }
  fieldset {
    border: 0;
    margin: 0;
    padding: 0;
    min-width: 0;
  }
  .soft {
    color: var(--ink-soft);
  }
  .small {
    font-size: var(--text-s);
  }
  .row {
    display: flex;
    align-items: center;
    gap: var(--space-2);
    flex-wrap: wrap;
  }
  /* What takes a view's content along stands at the end of its row. */
  .row > fd-export-menu {
    margin-inline-start: auto;
  }
  .row > fd-export-menu ~ fd-pin-button {
    margin-inline-start: 0;
  }
  /* A field with its name before it. */
  .inline {
    display: inline-flex;
    align-items: center;
    gap: var(--space-1);
  }
  .stack {
    display: flex;
    flex-direction: column;
    gap: var(--space-2);
  }
  .tag {
    display: inline-flex;
    align-items: center;
    gap: var(--space-1);
    font-size: var(--text-s);
    padding: 0 6px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    white-space: nowrap;
  }
  .critical {
    color: var(--severity-critical);
  }
  .warning {
    color: var(--severity-warning);
  }
  .ok {
    color: var(--severity-ok);
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .scroll {
    /* What is hidden from sight is placed in here: else what lies around would scroll for it as well. */
    position: relative;
    overflow: auto;
  }
  ${forcedColorsStyles}
`;
