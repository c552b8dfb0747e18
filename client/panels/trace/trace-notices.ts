/**
 * `<fd-trace-notices>`: what a reader of the trace has to know: what is not here, which clock is wrong, and which time no
 * span explains. Dispatches `span-go` {spanId} and `align-change` {on}.
 */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { formatDurationUs } from "../../charts/format.js";
import { missingHalves } from "../../charts/waterfall-findings.js";
import type { ClockSkew } from "../../charts/waterfall-findings.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import type { TraceReading } from "./trace-reading.js";

/** Gaps that are named. */
const GAPS_NAMED = 3;

@customElement("fd-trace-notices")
export class TraceNotices extends LitElement {
  @property({ attribute: false }) reading!: TraceReading;
  /** Services that write spans: a call of another has no server side anywhere. */
  @property({ attribute: false }) services: ReadonlySet<string> = new Set();

  override render(): TemplateResult {
    const { tree, skews } = this.reading;
    return html`${
      tree.complete
        ? nothing
        : notice("pending", "Spans of this trace are still open. Their rows appear when they end.")
    }${
      tree.orphanCount === 0
        ? nothing
        : notice(
            "warning",
            `${String(tree.orphanCount)} ${tree.orphanCount === 1 ? "span has" : "spans have"} no parent here; such rows stand at the left with a dashed border.`,
          )
    }${this.renderLost()}${skews.map((skew) => notice("clock", this.skewText(skew)))}${
      skews.length === 0 ? nothing : this.renderAlign()
    }${this.renderGaps()}`;
  }

  private renderLost(): TemplateResult | typeof nothing {
    const lost = missingHalves(this.reading.tree, this.services);
    if (lost.length === 0) return nothing;
    return notice(
      "warning",
      `${String(lost.length)} ${lost.length === 1 ? "call has" : "calls have"} no server side here: it was sampled out, lost or has not ended.`,
      this.goButton(lost[0]?.span.spanId, "Go to the first"),
    );
  }

  private skewText({ instance, aheadUs, calls }: ClockSkew): string {
    return `The clock of ${instance} seems ${formatDurationUs(Math.abs(aheadUs))} ${aheadUs > 0 ? "ahead of" : "behind"} its callers’ (${String(calls)} ${calls === 1 ? "call" : "calls"}): its spans ${this.reading.aligned ? "are drawn where they should be" : "stand in the wrong place"}, their lengths are right.`;
  }

  /** Off by default: what the clocks said is evidence too. */
  private renderAlign(): TemplateResult {
    const { aligned, movedUs, tree } = this.reading;
    return html`<p class="notice">
      <button
        aria-pressed=${aligned ? "true" : "false"}
        @click=${() => {
          this.dispatchEvent(new CustomEvent("align-change", { detail: { on: !aligned } }));
        }}
      >
        ${icon("clock", 14)} Align the clocks
      </button>
      <span class="soft small"
        >${aligned ? `${String(movedUs.size)} of ${String(tree.spanCount)} spans are drawn elsewhere than their own clock says; each says by how much.` : "Draws each span within the call that it answers."}</span
      >
    </p>`;
  }

  private renderGaps(): TemplateResult | typeof nothing {
    const { tree } = this.reading;
    const gaps = [...this.reading.gaps.values()].flat();
    if (gaps.length === 0) return nothing;
    return html`<p class="soft small notice">
      ${gaps.length} ${gaps.length === 1 ? "stretch" : "stretches"} that no span below explains (dotted):
      ${gaps
        .slice(0, GAPS_NAMED)
        .map(
          (gap, index) =>
            html`${index === 0 ? "" : ", "}${this.goButton(gap.spanId, `${formatDurationUs(gap.toUs - gap.fromUs)} in ${tree.byId.get(gap.spanId)?.span.service ?? ""}`)}`,
        )}${gaps.length > GAPS_NAMED ? ` and ${String(gaps.length - GAPS_NAMED)} more` : ""}
    </p>`;
  }

  private goButton(spanId: string | undefined, text: string): TemplateResult {
    return html`<button
      class="link"
      @click=${() => {
        this.dispatchEvent(new CustomEvent("span-go", { detail: { spanId } }));
      }}
    >
      ${text}
    </button>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: contents;
      }
      .notice {
        font-size: var(--text-s);
      }
    `,
  ];
}

function notice(name: string, text: string, more: TemplateResult | typeof nothing = nothing): TemplateResult {
  return html`<p class="notice warning">${icon(name, 14)} ${text} ${more}</p>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-trace-notices": TraceNotices;
  }
}
