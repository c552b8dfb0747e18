/**
 * `<fd-trace-logs>`: all lines of a trace in one list, oldest first, as a trace is read as a story. Lines of the chosen
 * span are marked and scrolled to; a press on a line chooses its span. Dispatches `span-select` {spanId}.
 */
import { LitElement, css, html, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { LogLine, LogPage } from "../../../server/wire/telemetry.js";
import { formatClock, formatDurationUs } from "../../charts/format.js";
import { shortened, withMarksShown } from "../../charts/readable-text.js";
import { icon } from "../../elements/icons.js";
import { pivotValue, serviceValue } from "../../elements/pivot-value.js";
import { sharedStyles } from "../../elements/shared.styles.js";

/** Of a line in the list; the logs view has all of it. */
const MESSAGE_CHARACTERS = 600;

@customElement("fd-trace-logs")
export class TraceLogs extends LitElement {
  @property({ attribute: false }) page: LogPage | undefined;
  @property() selected = "";
  @property() href = "";
  @property({ type: Number }) startUs = 0;

  override render(): TemplateResult {
    const { page } = this;
    const lines = page?.lines.toReversed() ?? [];
    return html`<p class="row">
        <a href=${this.href}>${icon("lines", 14)} Open in logs</a>
        ${
          page !== undefined && page.total > page.lines.length
            ? html`<span class="warning small">The last ${page.lines.length} of ${page.total} lines.</span>`
            : html`<span class="soft small">Lines of the chosen span are marked.</span>`
        }
      </p>
      ${page?.total === 0 ? html`<p class="soft">No line was logged with this trace id.</p>` : nothing}
      <ol>
        ${lines.map((line) => this.line(line))}
      </ol>`;
  }

  private line(line: LogLine): TemplateResult {
    const isOwn = line.spanId !== undefined && line.spanId === this.selected;
    const place = { service: line.service, atUs: line.timeUs, traceId: line.traceId };
    return html`<li class=${isOwn ? "own" : ""} aria-current=${isOwn ? "true" : nothing}>
      <span class="data soft" title=${formatClock(line.timeUs, 6)}
        >${pivotValue("time", formatClock(line.timeUs, 6), place, `+${formatDurationUs(line.timeUs - this.startUs)}`)}</span
      >
      <span class="data ${line.level === "error" ? "critical" : line.level === "warn" ? "warning" : "soft"}"
        >${pivotValue("level", line.level, place)}</span
      >
      ${serviceValue(line.service, place)}
      <button
        class="link"
        ?disabled=${line.spanId === undefined}
        @click=${() => {
          this.dispatchEvent(new CustomEvent("span-select", { detail: { spanId: line.spanId } }));
        }}
      >
        span
      </button>
      <bdi class="data" title=${shortened(line.message, 2_000)}
        >${withMarksShown(shortened(line.message, MESSAGE_CHARACTERS))}</bdi
      >
    </li>`;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has("selected")) this.renderRoot.querySelector(".own")?.scrollIntoView({ block: "nearest" });
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      ol {
        list-style: none;
        margin: var(--space-2) 0 0;
        padding: 0;
      }
      li {
        padding: 2px var(--space-1);
        border-block-end: 1px solid var(--line);
        overflow-wrap: anywhere;
      }
      li.own {
        background: var(--accent-soft);
        box-shadow: inset 3px 0 0 var(--accent);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-trace-logs": TraceLogs;
  }
}
