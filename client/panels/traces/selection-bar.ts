/** `<fd-trace-selection>`: what can be done with a box on the heatmap. Dispatches `selection-act` with one of the acts below. */
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { formatClock, formatDurationUs } from "../../charts/format.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import type { TraceBox } from "./traces-query.js";

export type SelectionAct = "compare" | "zoom" | "include" | "exclude" | "path" | "clear";

const ACTS: readonly {
  readonly act: SelectionAct;
  readonly title: string;
  readonly icon: string;
  readonly help: string;
}[] = [
  { act: "compare", title: "Compare with the rest", icon: "diff", help: "Which attributes differ most" },
  { act: "zoom", title: "Zoom in", icon: "zoom", help: "This time and these durations" },
  { act: "include", title: "Only these durations", icon: "include", help: "Over the whole time range" },
  { act: "exclude", title: "Not these durations", icon: "exclude", help: "Over the whole time range" },
  { act: "path", title: "Their critical path", icon: "waterfall", help: "Which operation carries it" },
  { act: "clear", title: "Let go", icon: "close", help: "Escape" },
];

@customElement("fd-trace-selection")
export class TraceSelection extends LitElement {
  @property({ attribute: false }) box: TraceBox | undefined;

  override render(): TemplateResult {
    const { box } = this;
    if (box === undefined) return html``;
    return html`<div class="row" role="group" aria-label="The box on the heatmap">
      <span class="data"
        >${formatDurationUs(box.minDurationUs)} – ${formatDurationUs(box.maxDurationUs)} · ${formatClock(box.fromUs)} –
        ${formatClock(box.toUs)}</span
      >
      ${ACTS.map(
        ({ act, title, icon: name, help }) =>
          html`<button
            class=${act === "compare" ? "primary" : ""}
            title=${help}
            @click=${() => {
              this.dispatchEvent(new CustomEvent("selection-act", { detail: { act } }));
            }}
          >
            ${icon(name, 14)} ${title}
          </button>`,
      )}
    </div>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      .row {
        padding: var(--space-1) var(--space-2);
        background: var(--accent-soft);
        border-inline-start: 3px solid var(--accent);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-trace-selection": TraceSelection;
  }
}
