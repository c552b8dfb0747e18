/**
 * `<fd-log-patterns>`: the patterns of the matching lines with their counts over time and how they stand to a baseline, the
 * most changed first. Dispatches `include` and `exclude` {field, value}, bubbling and composed, and `baseline` {base}.
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing, svg } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { LogPattern, LogPatterns, LogPatternsRequest, PatternChange } from "../../../server/wire/logs.js";
import type { LogsRequest, TimeWindow } from "../../../server/wire/telemetry.js";
import { formatClock, formatNumber } from "../../charts/format.js";
import { QueryController } from "../../controllers/query-controller.js";
import "../../elements/empty-answer.js";
import "../../elements/error-notice.js";
import "../../elements/export-menu.js";
import type { ExportSource } from "../../elements/export-menu.js";
import { icon } from "../../elements/icons.js";
import { serviceValue } from "../../elements/pivot-value.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import { patternsTable } from "./logs-export.js";
import { changeText } from "./pattern-text.js";

const BUCKETS = 40;
const SPARK_PX = { width: 120, height: 20 };

@customElement("fd-log-patterns")
export class LogPatternList extends LitElement {
  @property({ attribute: false }) request: LogsRequest | undefined;
  @property({ attribute: false }) baseline: TimeWindow = { fromUs: 0, toUs: 1 };
  /** Changes when there is more telemetry of the same times. */
  @property({ type: Number }) revision = 0;
  /** As in the URL: undefined the hour before, `same` as long before. */
  @property({ attribute: false }) base: string | undefined;
  @consume({ context: runContext, subscribe: true }) @state() private run: RunContext | undefined;
  @state() private only: PatternChange | undefined;
  private readonly patterns = new QueryController(this, {
    key: () =>
      this.request === undefined || this.run === undefined ? undefined : [this.request, this.baseline, this.revision],
    run: (signal) => {
      const { asked, run } = this;
      if (asked === undefined || run === undefined) throw new Error("asked without a request");
      return run.queries.logPatterns(asked, signal);
    },
  });

  private get asked(): LogPatternsRequest | undefined {
    return this.request && { ...this.request, baseline: this.baseline, buckets: BUCKETS };
  }

  override render(): TemplateResult {
    const answer = this.patterns.value;
    return html`<fd-error-notice .error=${this.patterns.error}></fd-error-notice>
      ${answer === undefined ? nothing : this.table(answer)}`;
  }

  private table(answer: LogPatterns): TemplateResult {
    const shown = answer.patterns.filter(({ change }) => this.only === undefined || change === this.only);
    return html`<div class="row head small">
        <span class="soft">${summaryText(answer)}</span>
        ${this.baselineChoice()} ${this.changeChoice(answer)}
        <fd-export-menu
          label="Export patterns"
          .source=${(): ExportSource => ({
            title: "Log patterns",
            table: patternsTable(shown),
            requests: [{ own: "logs/patterns", json: this.asked }],
          })}
        ></fd-export-menu>
      </div>
      ${
        shown.length === 0
          ? html`<fd-empty-answer
              heading="No pattern"
              .filters=${["q", "level", "services", "trace", "f", "logql"]}
            ></fd-empty-answer>`
          : html`<div class="scroll" tabindex="0" role="group" aria-label="Patterns">
              <table>
                <thead>
                  <tr>
                    <th>Change</th>
                    <th class="number">Lines</th>
                    <th class="number">Before</th>
                    <th>Over time</th>
                    <th>Level</th>
                    <th>Pattern</th>
                  </tr>
                </thead>
                <tbody>
                  ${shown.map((pattern) => this.row(pattern, answer.baseline !== undefined))}
                </tbody>
              </table>
            </div>`
      }`;
  }

  private baselineChoice(): TemplateResult {
    const choices = [
      [undefined, "the hour before"],
      ["same", "as long before"],
    ] as const;
    const custom = this.base !== undefined && this.base !== "same";
    return html`<label class="soft"
      >against
      <select
        aria-label="Baseline"
        @change=${(event: Event) => {
          const { value } = event.target as HTMLSelectElement;
          this.dispatchEvent(new CustomEvent("baseline", { detail: { base: value === "" ? undefined : value } }));
        }}
      >
        ${choices.map(
          ([value, title]) => html`<option value=${value ?? ""} ?selected=${this.base === value}>${title}</option>`,
        )}
        ${custom ? html`<option value=${this.base ?? ""} selected>a chosen time</option>` : nothing}
      </select></label
    >`;
  }

  private changeChoice({ patterns }: LogPatterns): TemplateResult {
    const kinds: readonly PatternChange[] = ["new", "gone", "up", "down", "same"];
    return html`<span class="row kinds" role="group" aria-label="Kinds of change">
      ${kinds.map((kind) => {
        const count = patterns.filter(({ change }) => change === kind).length;
        if (count === 0) return nothing;
        return html`<button
          aria-pressed=${this.only === kind ? "true" : "false"}
          @click=${() => {
            this.only = this.only === kind ? undefined : kind;
          }}
        >
          ${kind} ${count}
        </button>`;
      })}
    </span>`;
  }

  private row(pattern: LogPattern, hasBaseline: boolean): TemplateResult {
    const { text, level, services, count, baselineCount } = pattern;
    const levelClass = { error: "critical", warn: "warning", info: "soft", debug: "soft" }[level];
    return html`<tr class=${pattern.change}>
      <td class="change">${hasBaseline ? changeText(pattern) : "–"}</td>
      <td class="number">${formatNumber(count, 9)}</td>
      <td class="number soft">${hasBaseline ? formatNumber(baselineCount, 9) : "–"}</td>
      <td>${sparkline(pattern)}</td>
      <td class="data ${levelClass}">${level}</td>
      <td class="text">
        <button
          class="link data"
          title="Only lines of this pattern"
          @click=${() => {
            this.filter("include", text);
          }}
        >
          ${wildcards(text)}
        </button>
        <span class="tools">
          ${services.map((name) => serviceValue(name))}
          <button
            class="quiet"
            aria-label="Without lines of this pattern: ${text}"
            title="Without lines of this pattern"
            @click=${() => {
              this.filter("exclude", text);
            }}
          >
            ${icon("exclude", 12)}
          </button>
        </span>
      </td>
    </tr>`;
  }

  private filter(what: "include" | "exclude", value: string): void {
    this.dispatchEvent(new CustomEvent(what, { detail: { field: "pattern", value }, bubbles: true, composed: true }));
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
        flex: 1;
      }
      .head {
        padding-block: var(--space-1);
      }
      .kinds {
        gap: 2px;
      }
      .scroll {
        flex: 1;
        min-height: 120px;
      }
      thead th {
        position: sticky;
        top: 0;
        background: var(--surface-0);
        z-index: 1;
      }
      td {
        vertical-align: middle;
      }
      .change {
        white-space: nowrap;
        font-weight: 600;
      }
      .same .change {
        font-weight: 400;
        color: var(--ink-soft);
      }
      .text {
        width: 99%;
      }
      .text .link {
        color: var(--ink);
        overflow-wrap: anywhere;
        unicode-bidi: plaintext;
        min-height: 24px;
      }
      .text i {
        font-style: normal;
        color: var(--accent);
      }
      .tools {
        display: inline-flex;
        align-items: center;
        gap: var(--space-1);
        margin-inline-start: var(--space-2);
        font-size: var(--text-s);
      }
      .tools button {
        min-height: 24px;
        min-width: 24px;
        padding: 0;
      }
      svg {
        display: block;
      }
      rect {
        fill: var(--series-11);
      }
      .new rect,
      .up rect {
        fill: var(--accent);
      }
    `,
  ];
}

function summaryText({ lines, baselineLines, baseline, patterns }: LogPatterns): string {
  const own = `${formatNumber(patterns.length, 9)} patterns in ${formatNumber(lines, 9)} lines`;
  if (baseline === undefined) return `${own}; there is no telemetry of the baseline`;
  const span = `${formatClock(baseline.fromUs)} – ${formatClock(baseline.toUs)}`;
  return `${own}, and ${formatNumber(baselineLines, 9)} of ${span}`;
}

/** The places where lines differ, in another colour. */
const wildcards = (text: string): readonly unknown[] =>
  text.split("<_>").flatMap((piece, index) => (index === 0 ? [piece] : [html`<i>&lt;_&gt;</i>`, piece]));

function sparkline({ counts, text }: LogPattern): TemplateResult {
  const most = Math.max(1, ...counts);
  const { width, height } = SPARK_PX;
  const step = width / Math.max(1, counts.length);
  return html`<svg
    width=${width}
    height=${height}
    role="img"
    aria-label="Lines of ${text} over time, at most ${most} in a step"
  >
    ${counts.map((count, index) => {
      const bar = count === 0 ? 0 : Math.max(1, (count / most) * height);
      return svg`<rect x=${index * step} width=${Math.max(1, step - 0.5)} y=${height - bar} height=${bar}></rect>`;
    })}
  </svg>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-log-patterns": LogPatternList;
  }
}
