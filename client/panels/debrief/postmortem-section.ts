/** The postmortem draft: read, copied or saved as Markdown. */
import { css, html, LitElement } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { icon } from "../../elements/icons.js";
import "../../elements/markdown.js";
import { sharedStyles } from "../../elements/shared.styles.js";

/** How long the copy button says that it worked, ms. */
const CONFIRM_MS = 1_500;

@customElement("fd-postmortem-section")
export class PostmortemSection extends LitElement {
  /** Markdown. */
  @property() text = "";
  /** Address of the same text as a file. */
  @property() href = "";
  @property() fileName = "postmortem.md";
  @state() private source = false;
  @state() private outcome = "";

  override render(): TemplateResult {
    return html`
      <div class="row">
        <span class="row" role="group" aria-label="Form">
          ${this.renderForm("Preview", false)} ${this.renderForm("Markdown", true)}
        </span>
        <button type="button" @click=${() => void this.copy()}>${icon("copy", 14)}Copy</button>
        <a download=${this.fileName} href=${this.href}>Download</a>
        <span class="soft" role="status">${this.outcome}</span>
      </div>
      ${
        this.source
          ? html`<pre tabindex="0">${this.text}</pre>`
          : html`<fd-markdown heading-level="3" .text=${this.text}></fd-markdown>`
      }
    `;
  }

  private renderForm(label: string, source: boolean): TemplateResult {
    return html`<button
      type="button"
      aria-pressed=${this.source === source ? "true" : "false"}
      @click=${() => {
        this.source = source;
      }}
    >
      ${label}
    </button>`;
  }

  private async copy(): Promise<void> {
    const copied = await navigator.clipboard.writeText(this.text).then(
      () => true,
      () => false,
    );
    this.outcome = copied
      ? "Copied."
      : "The browser does not let this page write to the clipboard: download it instead.";
    if (!copied) return;
    setTimeout(() => {
      this.outcome = "";
    }, CONFIRM_MS);
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: var(--space-3);
        min-width: 0;
      }
      pre {
        margin: 0;
        padding: var(--space-3);
        background: var(--surface-2);
        overflow: auto;
        white-space: pre-wrap;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-postmortem-section": PostmortemSection;
  }
}
