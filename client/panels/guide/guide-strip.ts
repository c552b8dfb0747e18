/**
 * The guided first incident: a strip with the next thing to do. It marks the place, goes on by itself when it was done,
 * and can be left and taken up again (`fd-guide-strip.resume()`). Nothing is covered or blocked by it.
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { StoreController } from "../../controllers/store-controller.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { pageStorage } from "../../state/browser-storage.js";
import { runContext, urlContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { findDeep } from "../shell/find-deep.js";
import "../shell/rail.js";
import { GUIDE_STEPS, nextStep, readGuide, writeGuide } from "./steps.js";
import type { GuideMemory, GuideStep } from "./steps.js";

@customElement("fd-guide-strip")
export class GuideStrip extends LitElement {
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @consume({ context: urlContext, subscribe: true }) @state() private url!: UrlState;
  @state() private memory: GuideMemory = readGuide(pageStorage);

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.run.store, events: ["changed"] },
      { target: () => this.url, events: ["changed"] },
    );
  }

  override willUpdate(): void {
    const { view } = this.url;
    if (this.memory.state !== "running" || this.memory.opened.includes(view)) return;
    this.remember({ ...this.memory, opened: [...this.memory.opened, view] });
  }

  override updated(): void {
    this.mark(this.memory.state === "running" ? this.next()?.step.place : undefined);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.mark(undefined);
  }

  /** The place stands out in the rail. */
  private mark(place: string | undefined): void {
    const rail = findDeep(document, "fd-rail");
    if (rail !== undefined) rail.guided = place;
  }

  /** Takes it up where it was left; from the beginning when it was done. */
  resume(): void {
    this.remember({ state: "running", opened: this.memory.state === "done" ? [] : this.memory.opened });
  }

  private next(): ReturnType<typeof nextStep> {
    return nextStep({
      snapshot: this.run.store.snapshot,
      opened: new Set(this.memory.opened),
      view: this.url.view,
    });
  }

  private remember(memory: GuideMemory): void {
    this.memory = memory;
    writeGuide(pageStorage, memory);
  }

  override render(): TemplateResult | typeof nothing {
    const { state: standing } = this.memory;
    if (standing === "new") return this.offer();
    if (standing !== "running") return nothing;
    const next = this.next();
    return next === undefined ? this.end() : this.step(next.step, next.number);
  }

  private offer(): TemplateResult | typeof nothing {
    if (this.run.store.snapshot.run.state !== "briefing") return nothing;
    return html`<section aria-label="Guided first incident">
      <p>
        <strong>First incident?</strong> A strip here can say the next thing to do, nine steps in some 90 seconds of
        reading.
      </p>
      <button
        class="primary"
        @click=${() => {
          this.resume();
        }}
      >
        Guide me
      </button>
      <button
        @click=${() => {
          this.remember({ state: "left", opened: [] });
        }}
      >
        No, thanks
      </button>
    </section>`;
  }

  private step({ text, why, place, values = {} }: GuideStep, number: number): TemplateResult {
    const isHere = place === undefined || place === this.url.view;
    return html`<section aria-label="Guided first incident">
      <span class="data soft">${String(number)}/${String(GUIDE_STEPS.length)}</span>
      <p role="status"><strong>${text}</strong> <span class="soft">${why}</span></p>
      ${isHere ? nothing : html`<a class="go" href=${this.url.href(place, values)}>Take me there</a>`}
      <button
        class="quiet"
        title="It can be taken up again from the palette"
        @click=${() => {
          this.remember({ ...this.memory, state: "left" });
        }}
      >
        ${icon("close", 12)}<span>Leave the guide</span>
      </button>
    </section>`;
  }

  private end(): TemplateResult {
    return html`<section aria-label="Guided first incident">
      <p role="status">
        <strong>That was a whole incident.</strong>
        <span class="soft">The debrief lays the truth beside your answer, as soon as it is graded.</span>
      </p>
      ${this.url.view === "debrief" ? nothing : html`<a class="go" href=${this.url.href("debrief")}>Open the debrief</a>`}
      <button
        @click=${() => {
          this.remember({ state: "done", opened: [] });
        }}
      >
        Close
      </button>
    </section>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      section {
        display: flex;
        align-items: center;
        flex-wrap: wrap;
        gap: var(--space-1) var(--space-3);
        padding: var(--space-1) var(--space-3);
        border-block-end: 1px solid var(--line);
        border-inline-start: 3px solid var(--accent);
        background: var(--accent-soft);
      }
      p {
        flex: 1 1 320px;
      }
      .go {
        font-weight: 600;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-guide-strip": GuideStrip;
  }
}
