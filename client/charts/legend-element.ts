/** What legends of a chart have in common: the series with their colours, and figures that follow the crosshair. */
import { consume } from "@lit/context";
import { LitElement } from "lit";
import { property, state } from "lit/decorators.js";
import { CrosshairController } from "../controllers/crosshair-controller.js";
import { elementMarks, PivotController } from "../controllers/pivot-controller.js";
import { crosshairContext } from "../state/contexts.js";
import type { CrosshairModel } from "../state/crosshair.js";
import type { ChartSeries } from "./chart-data.js";
import { labelsSubject } from "./mark-subject.js";

/** Whatever names a series carries it in `data-series`. Dispatches `series-toggled` {name, alone}. */
export abstract class LegendElement extends LitElement {
  @property({ attribute: false }) series: readonly ChartSeries[] = [];
  @property({ attribute: false }) colors: ReadonlyMap<string, string> = new Map();
  /** Names that are not drawn. */
  @property({ attribute: false }) concealed: ReadonlySet<string> = new Set();
  /** As `formatUnit` takes it. */
  @property() unit = "";
  /** How old a value may be that stands for the crosshair's instant, µs. */
  @property({ type: Number }) reachUs = 60_000_000;
  @consume({ context: crosshairContext, subscribe: true }) @state() private crosshair: CrosshairModel | undefined;

  constructor() {
    super();
    new CrosshairController(this, {
      model: () => this.crosshair,
      container: () => null,
      place: () => 0,
      moved: (atUs) => {
        this.showValues(atUs);
      },
    });
    new PivotController(
      this,
      elementMarks(this, "[data-series]", ({ dataset }) => {
        const labels = this.series.find(({ name }) => name === dataset["series"])?.labels;
        return labels === undefined ? undefined : labelsSubject(labels);
      }),
    );
  }

  /** Written past Lit, for they change with every frame; undefined where no crosshair stands. */
  protected abstract showValues(atUs: number | undefined): void;

  protected toggle(name: string, alone: boolean): void {
    this.dispatchEvent(new CustomEvent("series-toggled", { detail: { name, alone }, bubbles: true, composed: true }));
  }
}
