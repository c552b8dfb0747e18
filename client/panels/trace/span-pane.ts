/** `<fd-span-pane>`: one span in full: times, its other half, attributes and events with their pivots. */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { SpanEvent } from "../../../server/wire/telemetry.js";
import { formatClock, formatDurationUs, formatRatio } from "../../charts/format.js";
import type { CriticalPath } from "../../charts/critical-path.js";
import type { ClockSkew } from "../../charts/waterfall-findings.js";
import type { TraceNode, TraceTree } from "../../charts/waterfall-tree.js";
import { icon } from "../../elements/icons.js";
import "../../elements/pin-button.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { isMultiLine, multiLineStyles, multiLineValue } from "../../elements/multi-line-value.js";
import "../../elements/pivot-menu.js";
import { pivotValue, serviceValue } from "../../elements/pivot-value.js";
import { sharedStyles } from "../../elements/shared.styles.js";

/** A way to what another signal says at the time of a span. */
export interface SpanLink {
  readonly title: string;
  /** Name in `elements/icons.ts`. */
  readonly icon: string;
  readonly href: string;
}

/** Attributes that stand above the others already. */
const SHOWN_FIRST: ReadonlySet<string> = new Set(["service.name", "service.instance.id", "service.version"]);

/** Dispatches `span-select` {spanId} to go to the other half or the parent. */
@customElement("fd-span-pane")
export class SpanPane extends LitElement {
  @property({ attribute: false }) tree!: TraceTree;
  @property({ attribute: false }) path!: CriticalPath;
  @property({ attribute: false }) node!: TraceNode;
  /** How much later than its own clock says the span is drawn; undefined where it stands as written. */
  @property({ type: Number }) movedUs: number | undefined;
  /** Of the process that wrote the span. */
  @property({ attribute: false }) skew: ClockSkew | undefined;
  /** Other signals of the service at that time. */
  @property({ attribute: false }) elsewhere: readonly SpanLink[] = [];

  override render(): TemplateResult {
    const { span } = this.node;
    return html`
      <h2>
        ${serviceValue(span.service, { atUs: span.startUs })}
        ${pivotValue("name", span.name, { service: span.service, atUs: span.startUs })}
      </h2>
      ${
        span.status === "error"
          ? html`<p class="critical">
              ${icon("critical", 14)} Failed${span.statusMessage === undefined ? "" : `: ${span.statusMessage}`}
            </p>`
          : nothing
      }
      ${this.node.orphan ? html`<p class="warning">${icon("warning", 14)} Its parent span is missing: not ended yet, or not kept.</p>` : nothing}
      ${factTable(this.facts())} ${this.relatives()} ${this.renderElsewhere()}
      <h3>Attributes</h3>
      <table aria-label="Attributes">
        <tbody>
          ${this.fields().map(([name, value]) => this.attribute(name, value))}
        </tbody>
      </table>
      ${span.events.length === 0 ? nothing : html`<h3>Events</h3>`} ${span.events.map((event) => this.event(event))}
      <fd-pin-button label="Pin span" .exhibit=${() => this.exhibit()}></fd-pin-button>
    `;
  }

  private exhibit(): ExhibitParts {
    const { span } = this.node;
    const facts = [...this.facts(), ...this.fields()].map(([name, value]) => ({ name, value }));
    return {
      title: `${span.service} ${span.name}, ${formatDurationUs(span.durationUs)}`,
      frozen: { kind: "facts", facts },
    };
  }

  private facts(): readonly (readonly [string, string])[] {
    const { span, selfUs, waitUs, children } = this.node;
    const criticalUs = (this.path.bySpan.get(span.spanId) ?? []).reduce(
      (sum, part) => sum + part.toUs - part.fromUs,
      0,
    );
    const pairGap = this.pairGap();
    return [
      ["kind", span.kind],
      ["starts", `${formatClock(span.startUs, 6)} (+${formatDurationUs(span.startUs - this.tree.startUs)})`],
      ["duration", formatDurationUs(span.durationUs)],
      ...this.clockFacts(),
      ...(children.length === 0 ? [] : [["self time", formatDurationUs(selfUs)] as const]),
      ...(waitUs === 0 ? [] : [["waited first", formatDurationUs(waitUs)] as const]),
      ...(pairGap === undefined ? [] : [["network and waiting", formatDurationUs(pairGap)] as const]),
      [
        "on the critical path",
        `${formatDurationUs(criticalUs)} (${formatRatio(this.path.totalUs === 0 ? 0 : criticalUs / this.path.totalUs)} of the trace)`,
      ],
    ];
  }

  /** What the client saw beyond what the server worked; undefined without the other half, or when the server worked on after the client had gone. */
  private pairGap(): number | undefined {
    const { span, pair } = this.node;
    if (pair === undefined) return undefined;
    const client = span.kind === "client" ? span : pair.span;
    const server = span.kind === "client" ? pair.span : span;
    const gapUs = client.durationUs - server.durationUs;
    return gapUs < 0 ? undefined : gapUs;
  }

  private relatives(): TemplateResult {
    const { pair, parent, span } = this.node;
    const other =
      pair === undefined
        ? undefined
        : { title: span.kind === "client" ? "the server's half" : "the caller's half", node: pair };
    const above = parent === undefined || parent === pair ? undefined : { title: "the parent", node: parent };
    const links = [other, above].filter((link) => link !== undefined);
    return html`<p class="row">
      ${links.map(
        ({ title, node }) =>
          html`<button
            class="link"
            @click=${() => {
              this.dispatchEvent(new CustomEvent("span-select", { detail: { spanId: node.span.spanId } }));
            }}
          >
            Go to ${title}: ${node.span.service}
          </button>`,
      )}
    </p>`;
  }

  private renderElsewhere(): TemplateResult | typeof nothing {
    if (this.elsewhere.length === 0) return nothing;
    return html`<h3>At this time</h3>
      <ul class="elsewhere">
        ${this.elsewhere.map(({ title, icon: name, href }) => html`<li><a href=${href}>${icon(name, 14)} ${title}</a></li>`)}
      </ul>`;
  }

  /** In words; both halves where the clock is known to be wrong. */
  private clockFacts(): readonly (readonly [string, string])[] {
    const { movedUs, skew } = this;
    if (movedUs !== undefined) {
      const way = movedUs < 0 ? "earlier" : "later";
      return [["drawn", `${formatDurationUs(Math.abs(movedUs))} ${way} than its own clock says`]];
    }
    if (skew === undefined) return [];
    return [["its clock", `${formatDurationUs(Math.abs(skew.aheadUs))} ${skew.aheadUs > 0 ? "ahead" : "behind"}`]];
  }

  private fields(): readonly (readonly [string, string])[] {
    const { span } = this.node;
    const own = Object.entries(span.attributes).sort(([one], [other]) => (one < other ? -1 : 1));
    return [
      ["service", span.service],
      ["service.instance.id", span.instance],
      ["service.version", span.version],
      ["span_id", span.spanId],
      ...own.filter(([name]) => !SHOWN_FIRST.has(name)).map(([name, value]) => [name, String(value)] as const),
    ];
  }

  private attribute(name: string, value: string): TemplateResult {
    const { span } = this.node;
    const subject = { field: name, value, service: span.service, atUs: span.startUs };
    return html`<tr>
      <th scope="row">${name}</th>
      <td class="data">
        ${name === "span_id" ? value : html`<fd-pivot-menu filterable .subject=${subject}></fd-pivot-menu>`}
      </td>
    </tr>`;
  }

  private event(event: SpanEvent): TemplateResult {
    const facts = Object.entries(event.attributes).map(([name, value]) => [name, String(value)] as const);
    return html`<p>
        <strong>${event.name}</strong>
        <span class="soft data">+${formatDurationUs(event.timeUs - this.node.span.startUs)}</span>
      </p>
      ${factTable(facts.filter(([, value]) => !isMultiLine(value)))}
      ${facts.filter(([, value]) => isMultiLine(value)).map(([name, value]) => multiLineValue(name, value))}`;
  }

  static override styles = [
    sharedStyles,
    multiLineStyles,
    css`
      :host {
        display: block;
      }
      h2,
      h3 {
        overflow-wrap: anywhere;
      }
      h3 {
        margin-block: var(--space-3) var(--space-1);
      }
      .elsewhere {
        list-style: none;
        margin: 0;
        padding: 0;
        line-height: 24px;
      }
      table {
        table-layout: fixed;
      }
      th {
        width: 42%;
        padding-inline-start: 0;
        white-space: normal;
        overflow-wrap: anywhere;
      }
      th,
      td {
        /* 24 px from value to value: each is a button. */
        padding-block: 3px;
        line-height: 18px;
        overflow-wrap: anywhere;
      }
    `,
  ];
}

function factTable(facts: readonly (readonly [string, string])[]): TemplateResult {
  return html`<table>
    <tbody>
      ${facts.map(
        ([name, value]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td class="data">${value}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-span-pane": SpanPane;
  }
}
