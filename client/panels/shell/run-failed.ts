/** What failed, where, and what to hand on: for a world that has stopped, and for a run that could not be opened. */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { ApiError } from "../../../server/wire/errors.js";
import type { RunSnapshot } from "../../../server/wire/run.js";
import { formatClock } from "../../charts/format.js";
import "../../elements/error-notice.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { failureReport } from "./failure-report.js";

/** How long it is said that the report was copied, ms. */
const COPIED_MS = 3_000;

@customElement("fd-run-failed")
export class RunFailed extends LitElement {
  @property({ attribute: false }) facts:
    { readonly runId: string; readonly failure: ApiError; readonly snapshot?: RunSnapshot } | undefined;
  @state() private copied = false;
  /** The report as text to take by hand, where the clipboard is refused. */
  @state() private shown: string | undefined;

  override render(): TemplateResult | typeof nothing {
    const { facts } = this;
    if (facts === undefined) return nothing;
    const { runId, failure, snapshot } = facts;
    return html`<fd-error-notice .error=${failure}></fd-error-notice>
      <p>
        ${
          snapshot === undefined
            ? html`The world of run <code>${runId}</code> could not be opened.`
            : html`The notebook and all that was done are safe on the server. It stopped at
                ${formatClock(snapshot.clock.atUs)} of the simulated day; to report it: run <code>${runId}</code>,
                scenario <code>${snapshot.run.scenarioId}</code>, seed <code>${snapshot.seed}</code>, event
                ${snapshot.sequence}.`
        }
      </p>
      <div class="row">
        <button @click=${() => location.reload()}>Build the world again</button>
        <button title="Run, seed, time and message; nothing of the answer" @click=${() => void this.copy()}>
          ${icon(this.copied ? "check" : "copy", 14)} ${this.copied ? "Copied" : "Copy for a report"}
        </button>
        <a href="/">All scenarios and your runs</a>
      </div>
      ${this.shown === undefined ? nothing : html`<pre tabindex="0" aria-label="Report">${this.shown}</pre>`}`;
  }

  private async copy(): Promise<void> {
    const { facts } = this;
    if (facts === undefined) return;
    const report = failureReport({
      ...facts,
      snapshot: facts.snapshot,
      address: location.pathname + location.search,
    });
    this.copied = await navigator.clipboard.writeText(report).then(
      () => true,
      () => false,
    );
    if (!this.copied) this.shown = report;
    setTimeout(() => {
      this.copied = false;
    }, COPIED_MS);
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: grid;
        gap: var(--space-2);
        overflow-wrap: anywhere;
      }
      pre {
        margin: 0;
        padding: var(--space-2);
        overflow: auto;
        border: 1px solid var(--line);
        user-select: all;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-run-failed": RunFailed;
  }
}
