/** Panels of single figures: stat, gauge, bar gauge and table. Functions of series to templates. */
import { html, nothing, svg } from "lit";
import type { TemplateResult } from "lit";
import { formatUnit } from "../../charts/format.js";
import { sparkPath } from "../../charts/sparkline.js";
import type { DashboardPanelModel } from "./model.js";
import { changesFor } from "./overrides.js";
import type { PanelSeries } from "./panel-answer.js";
import { reduceValues } from "./reduce.js";
import { stepOf } from "./thresholds.js";
import type { ThresholdStep } from "./thresholds.js";
import { unitOf } from "./units.js";

interface Figure {
  readonly name: string;
  readonly value: number | undefined;
  readonly text: string;
  readonly step: ThresholdStep | undefined;
  readonly series: PanelSeries;
}

const FIGURES_MAX = 40;

export function figuresOf(panel: DashboardPanelModel, series: readonly PanelSeries[]): readonly Figure[] {
  return series.slice(0, FIGURES_MAX).map((one) => {
    const value = reduceValues(one.values, panel.calculation);
    const unit = unitOf(one.unit ?? panel.unit);
    return {
      name: one.name,
      value,
      text: value === undefined ? (panel.noValue ?? "no value") : formatUnit(value, unit),
      step: value === undefined ? undefined : stepOf(panel.thresholds, value),
      series: one,
    };
  });
}

/** A severity is told by a word too, never by colour alone. */
const WORDS: Readonly<Record<ThresholdStep["level"], string>> = {
  ok: "",
  plain: "",
  warning: "high",
  critical: "critical",
};

const level = (step: ThresholdStep | undefined): TemplateResult | typeof nothing => {
  const word = step === undefined ? "" : WORDS[step.level];
  return word === "" ? nothing : html`<span class="small level" style="color:${step?.color ?? ""}">${word}</span>`;
};

export function statBody(panel: DashboardPanelModel, series: readonly PanelSeries[]): TemplateResult {
  const figures = figuresOf(panel, series);
  return html`<div class="stats">
    ${figures.map(
      ({ name, text, step, series: one }) =>
        html`<div class="stat">
          <span class="figure data" style="color:${step?.color ?? "inherit"}">${text}</span>${level(step)}
          ${figures.length > 1 ? html`<span class="small soft">${name}</span>` : nothing}
          <svg viewBox="0 0 160 28" preserveAspectRatio="none" aria-hidden="true">
            <path d=${sparkPath(numbersOf(one.values), { width: 160, height: 28 })}></path>
          </svg>
        </div>`,
    )}
  </div>`;
}

const numbersOf = (values: Float64Array): readonly (number | null)[] =>
  Array.from(values, (value) => (Number.isFinite(value) ? value : null));

/** Where the value lies from the least to the most, 0 to 1. */
function shareOf({ min, max }: DashboardPanelModel, value: number | undefined, most: number): number {
  const low = min ?? 0;
  const high = max ?? Math.max(most, low + 1e-9);
  return value === undefined ? 0 : Math.min(1, Math.max(0, (value - low) / (high - low)));
}

const mostOf = (figures: readonly Figure[]): number => Math.max(0, ...figures.map(({ value }) => value ?? 0));

export function barGaugeBody(panel: DashboardPanelModel, series: readonly PanelSeries[]): TemplateResult {
  const figures = figuresOf(panel, series);
  const most = mostOf(figures);
  return html`<div class="bars">
    ${figures.map(
      ({ name, value, text, step }) =>
        html`<span class="small name" title=${name}>${name}</span
          ><span class="track"
            ><i
              style="width:${(shareOf(panel, value, most) * 100).toFixed(1)}%;background:${step?.color ?? "var(--series-1)"}"
            ></i></span
          ><span class="small data">${text} ${level(step)}</span>`,
    )}
  </div>`;
}

const ARC = { radius: 44, width: 10, x: 60, y: 56 };

/** Half a ring; its outer edge shows the thresholds. */
export function gaugeBody(panel: DashboardPanelModel, series: readonly PanelSeries[]): TemplateResult {
  const figures = figuresOf(panel, series);
  const most = mostOf(figures);
  return html`<div class="gauges">
    ${figures.map(
      ({ name, value, text, step }) =>
        html`<div class="gauge">
          <svg viewBox="0 0 120 64" role="img" aria-label="${name}: ${text}">
            ${arc(0, 1, "var(--surface-2)", ARC.radius, ARC.width)}
            ${arc(0, shareOf(panel, value, most), step?.color ?? "var(--series-1)", ARC.radius, ARC.width)}
            ${panel.thresholds.map((one, index) => {
              const from = one.from === -Infinity ? 0 : shareOf(panel, one.from, most);
              const next = panel.thresholds[index + 1];
              const to = next === undefined ? 1 : shareOf(panel, next.from, most);
              return to > from ? arc(from, to, one.color, ARC.radius + 8, 2) : nothing;
            })}
          </svg>
          <span class="figure data" style="color:${step?.color ?? "inherit"}">${text}</span>${level(step)}
          ${figures.length > 1 ? html`<span class="small soft">${name}</span>` : nothing}
        </div>`,
    )}
  </div>`;
}

function arc(from: number, to: number, color: string, radius: number, width: number): TemplateResult {
  const point = (share: number): string => {
    const angle = Math.PI * (1 - share);
    return `${(ARC.x + radius * Math.cos(angle)).toFixed(2)} ${(ARC.y - radius * Math.sin(angle)).toFixed(2)}`;
  };
  const path = `M${point(from)} A${String(radius)} ${String(radius)} 0 0 1 ${point(Math.max(from, to))}`;
  return svg`<path d=${path} fill="none" style="stroke:${color};stroke-width:${width}"></path>`;
}

export interface TableCells {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly labels: readonly string[]; readonly value: string }[];
}

/** One row a series: its labels under the names that the dashboard gives them, and its value. */
export function tableCells(panel: DashboardPanelModel, series: readonly PanelSeries[]): TableCells {
  const names = [...new Set(series.flatMap(({ labels }) => Object.keys(labels)))].filter((name) => name !== "__name__");
  const shown = names.filter((name) => changesFor(panel.overrides, name, "").hidden !== true);
  const figures = [...figuresOf(panel, series)].sort(
    (one, other) => (other.value ?? -Infinity) - (one.value ?? -Infinity),
  );
  return {
    columns: [...shown.map((name) => changesFor(panel.overrides, name, "").displayName ?? name), "Value"],
    rows: figures.map(({ series: { labels }, text }) => ({
      labels: shown.map((name) => labels[name] ?? ""),
      value: text,
    })),
  };
}

export function tableBody(panel: DashboardPanelModel, series: readonly PanelSeries[]): TemplateResult {
  const { columns, rows } = tableCells(panel, series);
  return html`<div class="scroll" tabindex="0" role="group" aria-label=${panel.title}>
    <table>
      <thead>
        <tr>
          ${columns.map((name, index) => html`<th class=${index === columns.length - 1 ? "number" : ""}>${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ labels, value }) =>
            html`<tr>
              ${labels.map((label) => html`<td class="data">${label}</td>`)}
              <td class="number">${value}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
