/** An opened log line: the whole message and every field, each with its pivots; and what can be done with the line. */
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { LogLine } from "../../../server/wire/telemetry.js";
import { icon } from "../../elements/icons.js";
import "../../elements/pin-button.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import "../../elements/pivot-menu.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { isoOf, lineAsJson } from "./logs-query.js";

@customElement("fd-log-detail")
export class LogDetail extends LitElement {
  @property({ attribute: false }) line: LogLine | undefined;
  /** Address of the line's trace, for a plain link. */
  @property({ attribute: false }) traceHref: ((traceId: string) => string) | undefined;
  @state() private copied = false;

  override render(): TemplateResult {
    const { line } = this;
    if (line === undefined) return html``;
    const { traceId } = line;
    return html`<p class="data message">${line.message}</p>
      <table aria-label="Fields of the line">
        <tbody>
          ${fieldsOf(line).map(
            ([name, value]) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td class="data">
                  <fd-pivot-menu
                    filterable
                    .subject=${{ field: name, value, service: line.service, atUs: line.timeUs, traceId }}
                  ></fd-pivot-menu>
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
      <div class="row">
        ${
          traceId === undefined || this.traceHref === undefined
            ? ""
            : html`<a href=${this.traceHref(traceId)}>${icon("waterfall", 14)} Open the trace</a>`
        }
        <button class="quiet" @click=${() => void this.copy(line)}>
          ${icon(this.copied ? "check" : "copy", 14)} ${this.copied ? "Copied" : "Copy as JSON"}
        </button>
        <fd-pin-button label="Pin this line" .exhibit=${() => exhibitOf(line)}></fd-pin-button>
      </div>`;
  }

  private async copy(line: LogLine): Promise<void> {
    await navigator.clipboard.writeText(lineAsJson(line));
    this.copied = true;
    setTimeout(() => {
      this.copied = false;
    }, 1_500);
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        padding: var(--space-2) var(--space-3) var(--space-2) 28px;
      }
      .message {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        padding-block-end: var(--space-1);
      }
      table {
        width: auto;
      }
      th,
      td {
        border: 0;
        /* 24 px from value to value: each is a button. */
        padding: 3px var(--space-3) 3px 0;
        line-height: 18px;
      }
    `,
  ];
}

function exhibitOf(line: LogLine): ExhibitParts {
  return {
    title: `${line.service}: ${line.message.slice(0, 80)}`,
    frozen: { kind: "facts", facts: fieldsOf(line).map(([name, value]) => ({ name, value })) },
  };
}

/** Every field by name, those of all lines first. */
export function fieldsOf(line: LogLine): readonly (readonly [string, string])[] {
  return [
    ["timestamp", isoOf(line.timeUs)],
    ["message", line.message],
    ["level", line.level],
    ["service", line.service],
    ["instance", line.instance],
    ...(line.traceId === undefined ? [] : [["trace_id", line.traceId] as const]),
    ...(line.spanId === undefined ? [] : [["span_id", line.spanId] as const]),
    ...Object.entries(line.attributes).map(([name, value]) => [name, String(value)] as const),
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-log-detail": LogDetail;
  }
}
