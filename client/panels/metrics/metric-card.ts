/** One metric of the grid: what it is, its course over the window, and what changed. Dispatches `metric-chosen` {metric}. */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { MetricChange, MetricMeasure, MetricSummary } from "../../../server/wire/metrics.js";
import { formatCount, formatUnit } from "../../charts/format.js";
import { shortened } from "../../charts/readable-text.js";
import { sparkPath } from "../../charts/sparkline.js";
import { sharedStyles } from "../../elements/shared.styles.js";

const BOX = { width: 220, height: 36 };

/** Below this a change is what always goes on. */
const CHANGE_SHOWN_MIN = 1.5;

@customElement("fd-metric-card")
export class MetricCard extends LitElement {
  @property({ attribute: false }) metric!: MetricSummary;
  /** Whether Tab stops here: of all cards it does so on one. */
  @property({ attribute: false }) tabStop = true;

  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector("button")?.focus(options);
  }

  override render(): TemplateResult {
    const { metric } = this;
    const { name, type, unit, help, series, jobs, values, change } = metric;
    const last = values.filter((value) => value !== null).at(-1);
    const measured = measureUnit(metric.measure, metric);
    return html`<button
      class="card"
      tabindex=${this.tabStop ? nothing : "-1"}
      aria-label=${[`${name}, ${type}, ${String(series)} series`, last === undefined ? "no value" : `${formatUnit(last, measured)} ${MEASURES[metric.measure]}`].join(", ").trim()}
      title="${help}${help === "" ? "" : " "}${series} series of ${jobs.join(", ")}"
      @click=${() => {
        this.dispatchEvent(new CustomEvent("metric-chosen", { detail: { metric }, bubbles: true, composed: true }));
      }}
    >
      <span class="name data">${breakable(name)}</span>
      <span class="small soft what"
        >${type}${unit === "" ? nothing : ` · ${UNIT_WORDS[unit] ?? unit}`} · ${formatCount(series)} series</span
      >
      ${
        values.length === 0
          ? html`<span class="small soft unread">not read: too many series</span>`
          : html`<svg viewBox="0 0 ${BOX.width} ${BOX.height}" preserveAspectRatio="none" aria-hidden="true">
              <path d=${sparkPath(values, BOX)}></path>
            </svg>`
      }
      <span class="foot small">
        <span class="data"
          >${last === undefined ? "no value" : formatUnit(last, measured)}
          <span class="soft">${MEASURES[metric.measure]}</span></span
        >
        ${change === undefined || change.score < CHANGE_SHOWN_MIN ? nothing : changeText(change, metric)}
      </span>
    </button>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      .card {
        display: grid;
        grid-template: auto auto 36px auto / minmax(0, 1fr);
        place-content: start stretch;
        gap: 2px;
        width: 100%;
        height: 100%;
        padding: var(--space-2);
        text-align: start;
        white-space: normal;
        line-height: 1.35;
        background: var(--surface-1);
        border-color: var(--line);
      }
      .card:hover:not(:disabled) {
        border-color: var(--accent);
        background: var(--surface-1);
      }
      .name {
        overflow-wrap: anywhere;
        align-self: start;
      }
      svg {
        width: 100%;
        height: 36px;
        overflow: visible;
      }
      path {
        fill: none;
        stroke: var(--series-1);
        stroke-width: 1.5;
        stroke-linecap: round;
        vector-effect: non-scaling-stroke;
      }
      .unread {
        align-self: center;
      }
      .foot {
        display: flex;
        justify-content: space-between;
        gap: var(--space-2);
        flex-wrap: wrap;
        min-height: 18px;
      }
      .change {
        text-align: end;
      }
    `,
  ];
}

/** Units of OpenMetrics and UCUM in words. */
const UNIT_WORDS: Readonly<Record<string, string>> = { s: "seconds", By: "bytes" };

/** Of a job's name: a card is narrow. */
const JOB_CHARACTERS = 40;

/** What changed, where it is not what the figure of the card measures: of a histogram, how many there were. */
const COUNTED: Readonly<Record<MetricMeasure, string>> = { rate: "counted", value: "", mean: "on average" };

const MEASURES: Readonly<Record<MetricMeasure, string>> = { rate: "", value: "", mean: "on average" };

/** Of the figures, from the metric's own unit. The rate of a histogram counts its events. */
function measureUnit(measure: MetricMeasure, { name, type, unit }: MetricSummary): string {
  if (measure !== "rate") return unit;
  if (type === "histogram") return "/s";
  if (unit === "s") return name.includes("cpu") ? "cores" : "s/s";
  return unit === "By" ? "By/s" : "/s";
}

function changeText({ job, measure, before, now }: MetricChange, metric: MetricSummary): TemplateResult {
  const figure = measureUnit(measure, metric);
  return html`<span class="change"
    ><span aria-hidden="true">${now >= before ? "▲" : "▼"}</span>
    <bdi title=${job}>${shortened(job, JOB_CHARACTERS)}</bdi>
    <span class="data">${fromTo(formatUnit(before, figure), formatUnit(now, figure))}</span
    >${measure === metric.measure ? nothing : html` <span class="soft">${COUNTED[measure]}</span>`}</span
  >`;
}

/** A unit that both figures have is written once. */
function fromTo(before: string, now: string): string {
  const [figure = before, ...unit] = before.split(" ");
  return unit.length > 0 && now.endsWith(` ${unit.join(" ")}`) ? `${figure} → ${now}` : `${before} → ${now}`;
}

/** May break behind each underscore. */
const breakable = (name: string): readonly TemplateResult[] =>
  name.split(/(?<=[_:])/).map((part) => html`${part}<wbr />`);

declare global {
  interface HTMLElementTagNameMap {
    "fd-metric-card": MetricCard;
  }
}
