/** What the learner must know about the run itself: the server is gone, the world has stopped, the run has ended. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { StoreController } from "../../controllers/store-controller.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { pageStorage } from "../../state/browser-storage.js";
import type { StorageTrouble } from "../../state/browser-storage.js";
import { runContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import "./run-failed.js";
import "./slow-questions.js";

/** The seconds until the next try are written this often, ms. */
const COUNT_EVERY_MS = 500;

const STORAGE_TROUBLE: Readonly<Record<StorageTrouble, string>> = {
  full: "This browser's storage is full:",
  forbidden: "This browser keeps nothing for this page:",
};

@customElement("fd-run-banner")
export class RunBanner extends LitElement {
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @state() private storageRead = false;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.run.store, events: ["changed", "connection", "failed"] },
      { target: () => pageStorage, events: ["trouble"] },
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** The countdown goes on only while the line is lost. */
  override willUpdate(): void {
    if (this.isLost === (this.timer !== undefined)) return;
    clearInterval(this.timer);
    this.timer = this.isLost
      ? setInterval(() => {
          this.requestUpdate();
        }, COUNT_EVERY_MS)
      : undefined;
  }

  override render(): TemplateResult {
    return html`${this.failure()}${this.lost()}${this.joining()}${this.ended()}${this.storage()}
      <fd-slow-questions></fd-slow-questions>`;
  }

  private failure(): TemplateResult | typeof nothing {
    const { failure, snapshot } = this.run.store;
    if (failure === undefined) return nothing;
    const facts = { runId: this.run.runId, failure, snapshot };
    return html`<div class="banner failed"><fd-run-failed .facts=${facts}></fd-run-failed></div>`;
  }

  private lost(): TemplateResult | typeof nothing {
    const { store } = this.run;
    if (!this.isLost) return nothing;
    const waiting = store.waitingCommands;
    const seconds = store.retrySeconds;
    const kept =
      waiting === 0
        ? "What you do now waits and is sent once it is back."
        : `${String(waiting)} ${waiting === 1 ? "command waits" : "commands wait"} and will be sent once it is back.`;
    return html`<div class="banner" role="status">
      ${icon("warning", 14)}<span
        >The server does not answer. The clock stands still, nothing is lost or cleared. ${kept}</span
      >
      <span class="data" role="timer">${seconds === 0 ? "Trying now …" : `Next try in ${String(seconds)} s`}</span>
      <button class="link" ?disabled=${seconds === 0} @click=${() => store.reconnect()}>Try now</button>
    </div>`;
  }

  /** Behind a line that was lost: the first time the page is not there yet. */
  private joining(): TemplateResult | typeof nothing {
    if (this.run.store.connection !== "joining") return nothing;
    return html`<div class="banner" role="status">
      ${icon("pending", 14)}<span
        >The server is back and opens the world again. The clock goes on from where it stood; nothing is lost.</span
      >
    </div>`;
  }

  private get isLost(): boolean {
    return this.run.store.connection === "lost" && this.run.store.failure === undefined;
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
    const { trouble } = pageStorage;
    if (trouble === undefined || this.storageRead) return nothing;
    return html`<div class="banner" role="status">
      ${icon("warning", 14)}<span
        >${STORAGE_TROUBLE[trouble]} settings, recent queries and an unfinished diagnosis last only as long as this
        page. The run itself is kept by the server.</span
      >
      <button
        class="link"
        @click=${() => {
          this.storageRead = true;
        }}
      >
        Dismiss
      </button>
    </div>`;
  }

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
