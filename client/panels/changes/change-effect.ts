/**
 * `<fd-change-effect>`: the key indicators of a change's target in small, a quarter of an hour to each side of it, with
 * what they were before and after. Neighbours in time are marked too: what came after need not come from it.
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { ChangeRecord, ComponentKind } from "../../../server/wire/telemetry.js";
import { markersOf } from "../../charts/markers.js";
import type { ChartMarker } from "../../charts/markers.js";
import "../../charts/time-chart.js";
import type { ChartSeries } from "../../charts/time-chart.js";
import { QueryController } from "../../controllers/query-controller.js";
import "../../elements/error-notice.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import { askSparks } from "../map/spark-series.js";
import { partQueries } from "../map/traffic-queries.js";
import { beforeAfter, effectText, failuresOf } from "./before-after.js";
import { windowAround } from "./change-list.js";

@customElement("fd-change-effect")
export class ChangeEffect extends LitElement {
  @property({ attribute: false }) change!: ChangeRecord;
  @property() kind: ComponentKind = "service";
  /** Everything that was changed, for the marks. */
  @property({ attribute: false }) changes: readonly ChangeRecord[] = [];
  @consume({ context: runContext, subscribe: true }) @state() private run: RunContext | undefined;
  @consume({ context: timeContext, subscribe: true }) @state() private time: TimeModel | undefined;

  private readonly answers = new QueryController<readonly (readonly ChartSeries[])[]>(this, {
    key: () => (this.run === undefined ? undefined : [this.change.target, this.kind, this.window()]),
    run: (signal) => {
      const { run, change } = this;
      if (run === undefined) return Promise.resolve([]);
      const about = { component: change.target, window: this.window() };
      return askSparks(run.queries, partQueries(change.target, this.kind), about, signal);
    },
  });

  private window(): ReturnType<typeof windowAround> {
    return windowAround(this.change, this.time?.nowUs ?? this.change.atUs);
  }

  override render(): TemplateResult {
    const queries = partQueries(this.change.target, this.kind);
    if (queries.length === 0)
      return html`<p class="soft">No metric measures ${this.change.target} by itself; look at who calls it.</p>`;
    const rate = beforeAfter(this.answers.value?.[queries.findIndex(({ unit }) => unit === "/s")] ?? [], this.change);
    return html`${this.answers.error === undefined ? nothing : html`<fd-error-notice .error=${this.answers.error}></fd-error-notice>`}
      <div class="charts">
        ${queries.map(({ title, unit }, index) => {
          const series = this.answers.value?.[index] ?? [];
          const sides = beforeAfter(series, this.change);
          const failures = unit === "ratio" ? failuresOf(rate, sides) : undefined;
          const { text, notable } = effectText(sides, unit, failures);
          return html`<figure>
            <figcaption>
              <strong>${title}</strong> <span class="data ${notable ? "notable" : "soft"}">${text}</span>
            </figcaption>
            <fd-time-chart
              legendForm="none"
              height="104"
              caption="${title} of ${this.change.target} around the change: ${text}"
              .unit=${unit}
              .series=${series}
              .window=${this.window()}
              .markers=${this.markers()}
              emptyText="Not measured around this change"
            ></fd-time-chart>
          </figure>`;
        })}
      </div>`;
  }

  private markers(): readonly ChartMarker[] {
    const { fromUs, toUs } = this.window();
    const marks = markersOf(this.changes, undefined, this.run?.store.snapshot.actions ?? []);
    return marks.filter(({ atUs }) => atUs >= fromUs && atUs <= toUs);
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      .charts {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(220px, 1fr));
        gap: var(--space-3);
        margin-block-start: var(--space-2);
      }
      figure {
        margin: 0;
        min-width: 0;
      }
      figcaption {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--space-2);
      }
      .notable {
        font-weight: 600;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-change-effect": ChangeEffect;
  }
}
