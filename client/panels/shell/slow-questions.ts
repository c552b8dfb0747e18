/**
 * Questions to the server that take long, with the way to stop them and to ask them again. It floats at the foot of the
 * page: what is being read does not move for it.
 */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { StoreController } from "../../controllers/store-controller.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { pageQuestions } from "../../state/question-watch.js";

const countOf = (count: number): string => (count === 1 ? "One question" : `${String(count)} questions`);

@customElement("fd-slow-questions")
export class SlowQuestions extends LitElement {
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    new StoreController(this, { target: () => pageQuestions, events: ["changed"] });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** The seconds go on only while something is slow. */
  override willUpdate(): void {
    const ticks = pageQuestions.slowCount > 0;
    if (ticks === (this.timer !== undefined)) return;
    clearInterval(this.timer);
    this.timer = ticks
      ? setInterval(() => {
          this.requestUpdate();
        }, 1_000)
      : undefined;
  }

  override render(): TemplateResult {
    return html`${this.slow()}${this.stopped()}`;
  }

  private slow(): TemplateResult | typeof nothing {
    const since = pageQuestions.slowSinceMs;
    if (since === undefined) return nothing;
    const seconds = Math.max(1, Math.round((performance.now() - since) / 1_000));
    return html`<div class="strip">
      <progress aria-label="Waiting for an answer"></progress>
      <span role="status">${countOf(pageQuestions.slowCount)} to the server takes long.</span>
      <span class="soft data" role="timer">${seconds} s</span>
      <button
        @click=${() => {
          pageQuestions.stopSlow();
        }}
      >
        Stop
      </button>
      <span class="soft small">A shorter range or a narrower query answers sooner.</span>
    </div>`;
  }

  private stopped(): TemplateResult | typeof nothing {
    const { stoppedCount } = pageQuestions;
    if (stoppedCount === 0) return nothing;
    return html`<div class="strip">
      ${icon("pause", 12)}
      <span role="status">${countOf(stoppedCount)} stopped before the answer came; what is shown is the last one.</span>
      <button
        @click=${() => {
          pageQuestions.askStoppedAgain();
        }}
      >
        Ask again
      </button>
    </div>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        position: fixed;
        inset-block-end: 60px;
        inset-inline-start: 50%;
        transform: translateX(-50%);
        z-index: 5;
        display: grid;
        gap: var(--space-1);
        width: max-content;
        max-width: calc(100vw - 2 * var(--space-4));
      }
      .strip {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-1) var(--space-2);
        padding: var(--space-1) var(--space-3);
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        background: var(--surface-1);
      }
      progress {
        width: 96px;
        height: 4px;
        accent-color: var(--accent);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-slow-questions": SlowQuestions;
  }
}
