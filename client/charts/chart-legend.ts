/** The names below a time chart: in a row, or as a table with figures. Nothing where there is no more than a nameless line. */
import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { ChartSeries } from "./chart-data.js";
import "./series-legend.js";
import "./series-list.js";
import type { LegendOrder } from "./series-statistics.js";
import { lineColors } from "./time-chart-plot.js";

/** None where the surroundings name the lines. */
export type LegendForm = "list" | "table" | "none";

interface ChartLegend {
  readonly form: LegendForm;
  readonly series: readonly ChartSeries[];
  /** Names that are not drawn. */
  readonly concealed: ReadonlySet<string>;
  /** Of the table. */
  readonly order: LegendOrder | undefined;
  /** How many series the row names before it is asked for the others. */
  readonly shortMax: number;
  /** How old a value may be that stands for an instant. */
  readonly reachUs: number;
  /** The simulated clock. */
  readonly nowUs: number;
  readonly unit: string;
  readonly toggled: (name: string, alone: boolean) => void;
}

export function chartLegend(legend: ChartLegend): TemplateResult | typeof nothing {
  const { form, series, concealed, reachUs, unit } = legend;
  if (form === "none" || series.length === 0 || (series.length === 1 && series[0]?.name === "")) return nothing;
  const toggled = (event: CustomEvent<{ readonly name: string; readonly alone: boolean }>): void => {
    event.stopPropagation();
    legend.toggled(event.detail.name, event.detail.alone);
  };
  if (form === "list") {
    return html`<fd-series-list
      .series=${series}
      .colors=${lineColors(series)}
      .concealed=${concealed}
      .reachUs=${reachUs}
      .nowUs=${legend.nowUs}
      .shortMax=${legend.shortMax}
      unit=${unit}
      @series-toggled=${toggled}
    ></fd-series-list>`;
  }
  return html`<fd-series-legend
    .series=${series}
    .colors=${lineColors(series)}
    .concealed=${concealed}
    .order=${legend.order}
    .reachUs=${reachUs}
    unit=${unit}
    @series-toggled=${toggled}
  ></fd-series-legend>`;
}
