/** What the learner must know about the run itself: the server is gone, the world has stopped, the run has ended. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { formatClock } from "../../charts/format.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/error-notice.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { storageWarnings } from "../../state/browser-storage.js";
import { runContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";

@customElement("fd-run-banner")
export class RunBanner extends LitElement {
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @state() private storageFull = false;

  constructor() {
    super();
    new StoreController(this, { target: () => this.run.store, events: ["changed", "connection", "failed"] });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    storageWarnings.addEventListener("full", this.full);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    storageWarnings.removeEventListener("full", this.full);
  }

  override render(): TemplateResult {
    return html`${this.failure()}${this.lost()}${this.ended()}${this.storage()}`;
  }

  private failure(): TemplateResult | typeof nothing {
    const { failure, snapshot } = this.run.store;
    if (failure === undefined) return nothing;
    const { run, seed, sequence, clock } = snapshot;
    return html`<div class="banner failed">
      <fd-error-notice .error=${failure}></fd-error-notice>
      <span
        >The notebook and all that was done are safe on the server. It stopped at ${formatClock(clock.atUs)} of the
        simulated day; to report it: run <code>${run.id}</code>, scenario <code>${run.scenarioId}</code>, seed
        <code>${seed}</code>, event ${sequence}.</span
      >
      <button @click=${() => location.reload()}>Build the world again</button>
      <a href="/">Start page</a>
    </div>`;
  }

  private lost(): TemplateResult | typeof nothing {
    const { store } = this.run;
    if (store.connection !== "lost" || store.failure !== undefined) return nothing;
    const waiting = store.waitingCommands;
    const kept =
      waiting === 0
        ? "What you do now waits and is sent once it is back."
        : `${String(waiting)} ${waiting === 1 ? "command waits" : "commands wait"} and will be sent once it is back.`;
    return html`<div class="banner" role="status">
      ${icon("warning", 14)}<span
        >The server does not answer; trying again. The clock stands still, nothing is lost. ${kept}</span
      >
      <button class="link" @click=${() => store.reconnect()}>Try now</button>
    </div>`;
  }

  private ended(): TemplateResult | typeof nothing {
    if (this.run.store.snapshot.run.state !== "abandoned") return nothing;
    return html`<div class="banner" role="status">
      ${icon("flag", 14)}<span
        >This run has ended: its time was up, or it was ended in another tab. It can still be read, and nothing can be
        done in it any more.</span
      >
      <a href="/">Take another</a>
    </div>`;
  }

  private storage(): TemplateResult | typeof nothing {
    if (!this.storageFull) return nothing;
    return html`<div class="banner" role="status">
      ${icon("warning", 14)}<span
        >This browser's storage is full: settings, recent queries and an unfinished diagnosis last only as long as this
        page. The run itself is kept by the server.</span
      >
      <button
        class="link"
        @click=${() => {
          this.storageFull = false;
        }}
      >
        Dismiss
      </button>
    </div>`;
  }

  private readonly full = (): void => {
    this.storageFull = true;
  };

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      .banner {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: var(--space-1) var(--space-2);
        padding: var(--space-1) var(--space-3);
        border-block-end: 1px solid var(--line);
        background: var(--severity-warning-soft);
      }
      .banner span {
        flex: 0 1 auto;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .failed {
        background: var(--severity-critical-soft);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-run-banner": RunBanner;
  }
}
