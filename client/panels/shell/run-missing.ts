/**
 * The page of a run that cannot be opened: gone, of another server, or somebody else's. It tells these apart nowhere, for
 * whoever may not see a run must not learn that there is one.
 */
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";

@customElement("fd-run-missing")
export class RunMissing extends LitElement {
  /** As the address has it. */
  @property({ attribute: "run-id" }) runId = "";

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = "Run not found · Firedrill";
  }

  override render(): TemplateResult {
    return html`<main>
      <h1>${icon("warning", 18)} This run cannot be opened</h1>
      <p>
        There is no run <code dir="auto">${this.runId}</code> that you can open on <code>${location.host}</code>. It may
        have been removed, the link may be cut short, it may belong to another server, or it may not be yours. Which of
        these is not said, so that nobody learns of runs that are not theirs.
      </p>
      <h2>What you can do</h2>
      <ul>
        <li>
          Ask whoever sent you the link: a run opens on the server where it was taken, under that server's address, for
          those who can reach it.
        </li>
        <li>
          Ask them for what they saw: the export of any view (Markdown, CSV, PNG) and the postmortem need no run to be
          read.
        </li>
        <li>Look whether the link is whole: after <code>/run/</code> come twenty letters and figures.</li>
      </ul>
      <p class="row">
        <a class="primary" href="/">All scenarios and your runs</a>
        <button @click=${() => location.reload()}>Try again</button>
      </p>
    </main>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      main {
        max-width: 68ch;
        margin: 10vh auto 0;
        padding: var(--space-4);
        line-height: 1.5;
        overflow-wrap: anywhere;
      }
      h1 {
        font-size: var(--text-l);
      }
      h2 {
        margin-block-start: var(--space-4);
      }
      .primary {
        padding: var(--space-1) var(--space-2);
        border-radius: var(--radius);
        background: var(--accent);
        color: var(--accent-ink);
        font-weight: 600;
        text-decoration: none;
      }
      li {
        margin-block-end: var(--space-2);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-run-missing": RunMissing;
  }
}
