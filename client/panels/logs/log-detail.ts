/**
 * An opened log line: the whole message and every field, each with its pivots; and what can be done with the line. Dispatches
 * `context-toggle` {id} and `column-toggle` {field}, bubbling and composed.
 */
import { consume } from "@lit/context";
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { LogLine } from "../../../server/wire/telemetry.js";
import { formatClock } from "../../charts/format.js";
import { icon } from "../../elements/icons.js";
import "../../elements/pin-button.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { isMultiLine, multiLineStyles, multiLineValue } from "../../elements/multi-line-value.js";
import "../../elements/pivot-menu.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import "./log-context.js";
import "./log-message.js";
import { isoOf, lineAsJson } from "./logs-query.js";

@customElement("fd-log-detail")
export class LogDetail extends LitElement {
  @property({ attribute: false }) line: LogLine | undefined;
  /** Address of the line's trace, for a plain link. */
  @property({ attribute: false }) traceHref: ((traceId: string) => string) | undefined;
  /** Whether the lines around it are shown. */
  @property({ type: Boolean }) context = false;
  /** Fields that have a column. */
  @property({ attribute: false }) columns: readonly string[] = [];
  @consume({ context: runContext, subscribe: true }) @state() private run: RunContext | undefined;
  @state() private copied: "line" | "json" | undefined;
  /** The line with its whole message, once somebody wanted it. */
  @state() private whole: LogLine | undefined;

  override render(): TemplateResult {
    const line = this.whole?.id === this.line?.id ? this.whole : this.line;
    if (line === undefined) return html``;
    const { traceId } = line;
    return html`<fd-log-message
        .text=${line.message}
        .characters=${line.messageCharacters}
        @whole-wanted=${() => void this.fetchWhole(line)}
      ></fd-log-message>
      ${line.repeats === undefined ? "" : html`<p class="soft small">${repeatsText(line, line.repeats)}</p>`}
      <table aria-label="Fields of the line">
        <tbody>
          ${fieldsOf(line).map(
            ([name, value]) =>
              html`<tr>
                <th scope="row">
                  ${
                    ALWAYS_SHOWN.has(name)
                      ? name
                      : html`<button
                          class="link"
                          aria-pressed=${this.columns.includes(name) ? "true" : "false"}
                          title="${this.columns.includes(name) ? "Take the column away" : "Show as a column"}"
                          @click=${() => {
                            this.tell("column-toggle", { field: name });
                          }}
                        >
                          ${name}
                        </button>`
                  }
                </th>
                <td class="data">
                  ${
                    isMultiLine(value)
                      ? multiLineValue(name, value)
                      : html`<fd-pivot-menu
                          filterable
                          .subject=${{ field: name, value, service: line.service, atUs: line.timeUs, traceId }}
                        ></fd-pivot-menu>`
                  }
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
        <button
          class="quiet"
          aria-expanded=${this.context ? "true" : "false"}
          @click=${() => {
            this.tell("context-toggle", { id: line.id });
          }}
        >
          ${icon("lines", 14)} ${this.context ? "Hide context" : "Show context"}
        </button>
        ${this.copyButton("line", "Copy line", line.message)}
        ${this.copyButton("json", "Copy as JSON", lineAsJson(line))}
        <fd-pin-button label="Pin this line" .exhibit=${() => exhibitOf(line)}></fd-pin-button>
      </div>
      ${this.context ? html`<fd-log-context .line=${line}></fd-log-context>` : ""}`;
  }

  private copyButton(what: "line" | "json", title: string, text: string): TemplateResult {
    const done = this.copied === what;
    return html`<button class="quiet" @click=${() => void this.copy(what, text)}>
      ${icon(done ? "check" : "copy", 14)} ${done ? "Copied" : title}
    </button>`;
  }

  private tell(name: string, detail: Readonly<Record<string, string>>): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  private async fetchWhole({ id }: LogLine): Promise<void> {
    const context = await this.run?.queries.logContext({ id, before: 0, after: 0 });
    this.whole = context?.lines[context.index];
  }

  private async copy(what: "line" | "json", text: string): Promise<void> {
    await navigator.clipboard.writeText(text);
    this.copied = what;
    setTimeout(() => {
      this.copied = undefined;
    }, 1_500);
  }

  static override styles = [
    sharedStyles,
    multiLineStyles,
    css`
      :host {
        display: block;
        padding: var(--space-2) var(--space-3) var(--space-2) 28px;
      }
      th .link {
        font-size: var(--text-s);
        color: var(--ink-soft);
      }
      th .link[aria-pressed="true"] {
        color: var(--accent);
        font-weight: 600;
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

/** Fields of the row itself. */
const ALWAYS_SHOWN: ReadonlySet<string> = new Set(["timestamp", "message", "level", "service"]);

function repeatsText({ timeUs, repeatsToUs = timeUs }: LogLine, repeats: number): string {
  const [from, to] = [Math.min(timeUs, repeatsToUs), Math.max(timeUs, repeatsToUs)];
  return `One of ${String(repeats)} equal lines of this process, ${formatClock(from, 3)} – ${formatClock(to, 3)}.`;
}

function exhibitOf(line: LogLine): ExhibitParts {
  return {
    title: `${line.service}: ${line.message.slice(0, 80)}`,
    frozen: {
      kind: "facts",
      facts: [["message", line.message.slice(0, 2_000)] as const, ...fieldsOf(line)].map(([name, value]) => ({
        name,
        value,
      })),
    },
  };
}

/** Every field by name, those of all lines first. */
export function fieldsOf(line: LogLine): readonly (readonly [string, string])[] {
  return [
    ["timestamp", isoOf(line.timeUs)],
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
