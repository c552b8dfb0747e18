/**
 * Says why a question has no answer, with buttons that change what is in the way (state/empty-reason.ts):
 * `<fd-empty-answer heading="No trace matches" .filters=${["q", "service"]}>more to say</fd-empty-answer>`, with the names
 * of the address that filter.
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { runContext, timeContext, urlContext } from "../state/contexts.js";
import type { RunContext, TimeModel } from "../state/contexts.js";
import { emptyReason } from "../state/empty-reason.js";
import type { EmptyStep } from "../state/empty-reason.js";
import type { UrlState } from "../state/url-state.js";
import "./empty-state.js";
import { sharedStyles } from "./shared.styles.js";

@customElement("fd-empty-answer")
export class EmptyAnswer extends LitElement {
  @property() heading = "Nothing here";
  /** Parameters of the address that let less through. */
  @property({ attribute: false }) filters: readonly string[] = [];
  @consume({ context: runContext, subscribe: true }) @state() private run: RunContext | undefined;
  @consume({ context: urlContext, subscribe: true }) @state() private url: UrlState | undefined;
  @consume({ context: timeContext, subscribe: true }) @state() private time: TimeModel | undefined;

  override render(): TemplateResult | typeof nothing {
    const { run, url, time } = this;
    if (run === undefined || url === undefined || time === undefined) return nothing;
    const { text, steps, isOutside } = emptyReason({
      window: time.window(),
      nowUs: run.store.nowUs(),
      dataFromUs: run.store.snapshot.historyFromUs,
      filters: [...url.parameters].filter(([name]) => this.filters.includes(name)),
    });
    return html`<fd-empty-state heading=${this.heading}>
      <p>${text} ${isOutside ? nothing : html`<slot></slot>`}</p>
      <p class="row">${steps.map((step) => this.step(step))}</p>
    </fd-empty-state>`;
  }

  private step({ title, values, window }: EmptyStep): TemplateResult {
    return html`<button
      type="button"
      @click=${() => {
        if (values !== undefined) this.url?.set(values);
        if (window !== undefined) this.time?.setWindow(window);
      }}
    >
      ${title}
    </button>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      .row {
        justify-content: center;
        margin-block-start: var(--space-3);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-empty-answer": EmptyAnswer;
  }
}
