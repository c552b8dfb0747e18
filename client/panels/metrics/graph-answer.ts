/**
 * The answers of queries as lines: alone, stacked, on a logarithmic axis, beside the hour before, with the requests behind
 * a histogram as diamonds. The URL holds the form (`tab`, `scale`, `before`, `usual`), the order of the legend (`order`)
 * and which series are drawn (`series`).
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { MICROS_PER_HOUR } from "../../../server/base/time.js";
import type { ChartExemplar, ChartSeries } from "../../charts/chart-data.js";
import { formatClock, formatUnit } from "../../charts/format.js";
import type { ChartMarker } from "../../charts/markers.js";
import { hiddenNames } from "../../charts/series-choice.js";
import { legendOrderText, parseLegendOrder } from "../../charts/series-statistics.js";
import type { LegendOrder } from "../../charts/series-statistics.js";
import "../../charts/time-chart.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-answer.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { urlContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { bucketText } from "./bucket-bounds.js";
import { usualBand } from "./query-answers.js";
import type { GraphAnswers, RowSeries } from "./query-answers.js";

@customElement("fd-graph-answer")
export class GraphAnswer extends LitElement {
  @property({ attribute: false }) answers: GraphAnswers = [];
  @property({ attribute: false }) exemplars: readonly ChartExemplar[] = [];
  @property({ attribute: false }) markers: readonly ChartMarker[] = [];
  /** Upper bounds of the buckets that the answers are quantiles of; none where they are none. */
  @property({ attribute: false }) bounds: readonly number[] = [];
  @property() unit = "";
  @property() caption = "";
  @consume({ context: urlContext, subscribe: true }) @state() private url!: UrlState;

  constructor() {
    super();
    new StoreController(this, { target: () => this.url, events: ["changed"] });
  }

  /** No empty chart: what one may have meant is one click away. */
  private none(): TemplateResult {
    return html`<p class="visually-hidden" data-answer>0 series</p>
      <fd-empty-answer heading="No series answers"
        >A name or a label may be another one, nothing may have been scraped, and a comparison such as
        <code>&gt; 1</code> keeps only what fulfils it.
        <a href=${this.url.href("metrics", { browse: "1" })}>Find it among all metrics</a>.</fd-empty-answer
      >`;
  }

  override render(): TemplateResult {
    const { url } = this;
    const values = this.answers.flatMap(({ value }) => (value === undefined ? [] : [value]));
    const now = values.flatMap(({ series }) => series);
    const before = url.get("before") === "1" ? values.flatMap((value) => value.before) : [];
    const wanted = url.get("usual") === "1";
    const alone = loneSeries(now, url.get("series"));
    const usual =
      wanted && alone !== undefined
        ? usualBand(
            values.flatMap((value) => value.before),
            alone,
          )
        : undefined;
    if (values.length === 0) return html``;
    if (now.length === 0) return this.none();
    const warnings = [...new Set(values.flatMap((value) => value.warnings))];
    return html`${this.options()}
      <fd-time-chart
        .series=${[...now, ...before] satisfies readonly ChartSeries[]}
        .markers=${this.markers}
        .exemplars=${this.exemplars}
        .height=${340}
        .usual=${usual}
        .threshold=${thresholdOf(url)}
        .choice=${url.get("series") ?? ""}
        .legendOrder=${parseLegendOrder(url.get("order"))}
        ?stacked=${url.get("tab") === "stacked"}
        ?logarithmic=${url.get("scale") === "log"}
        legendForm="table"
        unit=${this.unit}
        caption=${this.caption}
        @choice-changed=${(event: CustomEvent<{ choice: string | undefined }>) => {
          event.preventDefault();
          url.set({ series: event.detail.choice });
        }}
        @legend-order=${(event: CustomEvent<{ order: LegendOrder }>) => {
          url.set({ order: legendOrderText(event.detail.order) }, { replace: true });
        }}
      ></fd-time-chart>
      <p class="small soft" data-answer>
        ${now.length} series, one point every ${values[0]?.stepSeconds ?? 0} s.
        ${
          this.exemplars.length > 0
            ? html`Diamonds are single requests<span class="how">: click one to open its trace</span>.`
            : nothing
        }
        ${quantileText(now, this.bounds, this.unit) ?? nothing}
        ${url.get("before") === "1" ? beforeText(values, before.length > 0) : nothing}
        ${
          usual !== undefined
            ? "Shaded: where nine of ten values of the hour before lay."
            : wanted
              ? "What is usual can be shaded behind a single series, where an hour of data lies before it: choose one in the table."
              : nothing
        }
      </p>
      ${warnings.map((text) => html`<p class="warning">${icon("warning", 14)} ${text}</p>`)}`;
  }

  private options(): TemplateResult {
    const stacked = this.url.get("tab") === "stacked";
    return html`<div class="row options" role="group" aria-label="How it is drawn">
      ${this.option("scale", "log", "Logarithmic axis", "Log axis", stacked)}
      ${this.option("before", "1", "The same an hour earlier, dashed", "Hour before", false)}
      ${this.option("usual", "1", "Shades where nine of ten values of the hour before lay", "Usual range", false)}
    </div>`;
  }

  private option(name: string, value: string, title: string, text: string, disabled: boolean): TemplateResult {
    const chosen = this.url.get(name) === value;
    return html`<button
      class="small"
      aria-pressed=${chosen ? "true" : "false"}
      title=${title}
      ?disabled=${disabled}
      @click=${() => {
        this.url.set({ [name]: chosen ? undefined : value });
      }}
    >
      ${text}
    </button>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      .options {
        gap: var(--space-1);
        justify-content: flex-end;
      }
      .options button {
        min-height: 24px;
      }
      p {
        margin-block: var(--space-1);
      }
    `,
  ];
}

/** Of the highest of the last values, what is known of it; undefined where the answers are no quantiles. */
function quantileText(series: readonly ChartSeries[], bounds: readonly number[], unit: string): string | undefined {
  const last = Math.max(...series.flatMap(({ values }) => values.findLast(Number.isFinite) ?? []));
  const band = bucketText(bounds, last, unit);
  return band === undefined
    ? undefined
    : `A quantile is interpolated within its bucket: of ${series.length > 1 ? "the highest" : "the last"} value, ${formatUnit(last, unit)}, it is known that it lies ${band}.`;
}

/** The name of the one series that is drawn; undefined where there are more. */
function loneSeries(series: readonly ChartSeries[], choice: string | undefined): string | undefined {
  const names = series.map(({ name }) => name);
  const hidden = hiddenNames(names, choice);
  const shown = names.filter((name) => !hidden.has(name));
  return shown.length === 1 ? shown[0] : undefined;
}

/** What is dashed, and since when there is an hour before. */
function beforeText(values: readonly RowSeries[], isDrawn: boolean): string {
  const fromUs = values.flatMap(({ beforeFromUs }) => beforeFromUs ?? []).sort((one, other) => one - other)[0];
  if (!isDrawn) return "Of the hour before nothing is kept.";
  return fromUs === undefined
    ? "Dashed: the hour before."
    : `Dashed: the hour before, kept from ${formatClock(fromUs - MICROS_PER_HOUR)} on.`;
}

/** The line that a link from an alert or an objective brings along: `threshold`, and `threshold-title`. */
function thresholdOf(url: UrlState): { readonly value: number; readonly title: string } | undefined {
  const value = Number(url.get("threshold") ?? Number.NaN);
  return Number.isFinite(value) ? { value, title: url.get("threshold-title") ?? "threshold" } : undefined;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-graph-answer": GraphAnswer;
  }
}
