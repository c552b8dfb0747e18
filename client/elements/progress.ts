/** How far something is: a thin bar with its words. Without a fraction it only says that it is going on. */
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { sharedStyles } from "./shared.styles.js";

@customElement("fd-progress")
export class ProgressBar extends LitElement {
  /** 0 to 1; undefined is unknown. */
  @property({ type: Number }) fraction: number | undefined;
  @property() label = "Loading";

  override render(): TemplateResult {
    const percent = this.fraction === undefined ? undefined : Math.round(Math.min(1, Math.max(0, this.fraction)) * 100);
    const text = percent === undefined ? `${this.label} …` : `${this.label} ${String(percent)} %`;
    return html`<span class="small soft">${text}</span> ${
        percent === undefined
          ? html`<progress aria-label=${this.label}></progress>`
          : html`<progress aria-label=${this.label} max="100" .value=${percent}></progress>`
      }`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: inline-flex;
        flex-direction: column;
        gap: 2px;
        min-width: 120px;
      }
      progress {
        appearance: none;
        width: 100%;
        height: 3px;
        border: 0;
        background: var(--surface-2);
        accent-color: var(--accent);
      }
      progress::-webkit-progress-bar {
        background: var(--surface-2);
      }
      progress::-webkit-progress-value {
        background: var(--accent);
      }
      progress::-moz-progress-bar {
        background: var(--accent);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-progress": ProgressBar;
  }
}
