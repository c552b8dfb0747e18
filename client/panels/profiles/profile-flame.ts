/** `<fd-profile-flame>`: the whole profile as a flame graph, the heaviest left or by time, and the chosen frame below it. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { FlameLayout } from "../../charts/flame-layout.js";
import type { StackFrame } from "../../charts/stack-frames.js";
import { StoreController } from "../../controllers/store-controller.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { urlContext } from "../../state/contexts.js";
import { Remembered } from "../../state/remembered.js";
import type { UrlState } from "../../state/url-state.js";
import { graphStyles } from "./graph.styles.js";
import { frameText, functionOf, heaviestLeft, inOrderOfTime, kindOfReading } from "./profile-reading.js";
import type { ProfileReading } from "./profile-reading.js";
import "./stack-flame.js";

@customElement("fd-profile-flame")
export class ProfileFlame extends LitElement {
  @property({ attribute: false }) reading!: ProfileReading;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  private readonly remembered = new Remembered();

  constructor() {
    super();
    new StoreController(this, { target: () => this.url, events: ["changed"] });
  }

  override render(): TemplateResult {
    const { reading } = this;
    const layout = this.layout();
    return html`<fd-stack-flame
        main
        .reading=${reading}
        .tree=${reading.tree}
        .layout=${layout}
        caption="Flame graph of ${kindOfReading(reading).title} of ${reading.request.service}, callers above their callees"
      ></fd-stack-flame>
      ${this.renderFigures(layout)}`;
  }

  private layout(): FlameLayout {
    const { reading } = this;
    const byTime = this.url.get("order") === "time";
    return this.remembered.once("layout", [reading.key, byTime], () =>
      byTime ? inOrderOfTime(reading) : heaviestLeft(reading, reading.tree, "down"),
    );
  }

  private renderFigures(layout: FlameLayout): TemplateResult {
    const id = this.url.get("frame");
    if (id === undefined)
      return html`<p class="figures soft small">
        Click a frame to fill the width with it; 0 shows all again. Ctrl and wheel zoom.
      </p>`;
    const name = functionOf(id);
    const frame = layout.byId.get(id) as StackFrame | undefined;
    const { service } = this.reading.request;
    return html`<div class="figures row">
      <span class="data"
        >${frame === undefined ? `${name} is not in this profile` : frameText(this.reading, this.reading.tree, frame)}</span
      >
      <button
        @click=${() => {
          this.url.set({ form: "sandwich", fn: name });
        }}
      >
        Callers and callees
      </button>
      <button
        @click=${() => {
          this.url.set({ find: name });
        }}
      >
        Find everywhere
      </button>
      ${
        this.url.get("zoom") === undefined
          ? nothing
          : html`<button
              @click=${() => {
                this.url.set({ zoom: undefined, frame: undefined });
              }}
            >
              Show all
            </button>`
      }
      <a href=${this.url.href("traces", { service, order: "slowest" })}>Slowest traces of ${service}</a>
    </div>`;
  }

  static override styles = [
    sharedStyles,
    graphStyles,
    css`
      .figures {
        min-height: 44px;
        padding-block: var(--space-1);
        border-block-start: 1px solid var(--line);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-profile-flame": ProfileFlame;
  }
}
