/** `<fd-log-context>`: the lines of the same process around a line, which is marked; more of them on either side. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { LogLine } from "../../../server/wire/telemetry.js";
import { formatClock } from "../../charts/format.js";
import { beginningOf, withMarksShown } from "../../charts/readable-text.js";
import { QueryController } from "../../controllers/query-controller.js";
import "../../elements/error-notice.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";

const LINES_AT_FIRST = 5;
const LINES_MORE = 20;
const LINES_MAX = 200;
const MESSAGE_CHARACTERS = 400;

@customElement("fd-log-context")
export class LogContextLines extends LitElement {
  @property({ attribute: false }) line: LogLine | undefined;
  @consume({ context: runContext, subscribe: true }) @state() private run: RunContext | undefined;
  @state() private linesBefore = LINES_AT_FIRST;
  @state() private linesAfter = LINES_AT_FIRST;
  private readonly context = new QueryController(this, {
    key: () =>
      this.line === undefined || this.run === undefined ? undefined : [this.line.id, this.linesBefore, this.linesAfter],
    run: (signal) => {
      if (this.line === undefined || this.run === undefined) throw new Error("asked without a line");
      return this.run.queries.logContext(
        { id: this.line.id, before: this.linesBefore, after: this.linesAfter },
        signal,
      );
    },
  });

  override render(): TemplateResult {
    const answer = this.context.value;
    const { line } = this;
    if (answer === undefined || line === undefined) {
      return html`<fd-error-notice .error=${this.context.error}></fd-error-notice>`;
    }
    return html`<p class="soft small">Lines of ${line.service} on ${line.instance}, the oldest first</p>
      ${answer.moreBefore ? this.more("earlier", this.linesBefore) : nothing}
      <ol aria-label="Lines around this line">
        ${answer.lines.map((each, index) => lineRow(each, index === answer.index))}
      </ol>
      ${answer.moreAfter ? this.more("later", this.linesAfter) : nothing}`;
  }

  private more(which: "earlier" | "later", shown: number): TemplateResult | typeof nothing {
    if (shown >= LINES_MAX / 2) return nothing;
    return html`<button
      class="link small"
      @click=${() => {
        const next = Math.min(LINES_MAX / 2, shown + LINES_MORE);
        if (which === "earlier") this.linesBefore = next;
        else this.linesAfter = next;
      }}
    >
      ${LINES_MORE} ${which} lines
    </button>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        padding-block: var(--space-1);
      }
      ol {
        list-style: none;
        margin: 2px 0;
        padding: 0;
        border-inline-start: 2px solid var(--line);
      }
      li {
        display: grid;
        grid-template-columns: 12ch 6ch minmax(0, 1fr);
        gap: var(--space-2);
        padding: 1px var(--space-2);
        line-height: 18px;
      }
      li[aria-current] {
        background: var(--accent-soft);
        box-shadow: inset 3px 0 var(--accent);
      }
      .message {
        overflow-wrap: anywhere;
        unicode-bidi: plaintext;
      }
    `,
  ];
}

const LEVEL_CLASSES: Readonly<Record<LogLine["level"], string>> = {
  error: "critical",
  warn: "warning",
  info: "soft",
  debug: "soft",
};

const lineRow = (line: LogLine, isCurrent: boolean): TemplateResult =>
  html`<li class="data" aria-current=${isCurrent ? "true" : nothing}>
    <span class="soft">${formatClock(line.timeUs, 3)}</span>
    <span class=${LEVEL_CLASSES[line.level]}>${line.level}</span>
    <span class="message">${withMarksShown(beginningOf(line.message, MESSAGE_CHARACTERS))}</span>
  </li>`;

declare global {
  interface HTMLElementTagNameMap {
    "fd-log-context": LogContextLines;
  }
}
