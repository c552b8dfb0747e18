/** Dashboards: the overview, each component's own, and the monitoring. The URL names the component (`service`). */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Catalogue } from "../../../server/wire/actions.js";
import { MarkerController } from "../../controllers/marker-controller.js";
import { QueryController } from "../../controllers/query-controller.js";
import { ResizeController } from "../../controllers/resize-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import "../../elements/service-chip.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, urlContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { dashboardsOf, panelsFor } from "./definitions.js";
import type { DashboardDefinition, PanelDefinition } from "./definitions.js";
import { GRID_COLUMNS, panelSpans, panelsARow } from "./layout.js";
import "./panel.js";

type Component = Catalogue["components"][number];

const KIND_TITLES: Readonly<Record<Component["kind"], string>> = {
  service: "Services",
  store: "Databases",
  cache: "Caches",
  queue: "Queues",
  external: "Other parties",
  plant: "Monitoring",
};

@customElement("fd-view-dashboards")
export class DashboardsView extends LitElement {
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @consume({ context: urlContext, subscribe: true }) @state() private url!: UrlState;
  private readonly markers = new MarkerController(this, () => this.run);
  private readonly catalogue = new QueryController(this, {
    key: () => this.run.runId,
    run: (signal) => this.run.queries.catalogue(signal),
  });
  /** Names of the metrics that the chosen component has: panels that can never show anything are left out. */
  private readonly metrics = new QueryController(this, {
    key: () => this.url.get("service"),
    run: async (signal) => {
      const job = this.url.get("service") ?? "";
      const selector = `{job="${job.replace(/["\\]/g, "\\$&")}"}`;
      const answer = await this.run.queries.prometheus("label/__name__/values", { "match[]": [selector] }, signal);
      return { job, names: new Set(answer.data as readonly string[]) };
    },
  });
  private readonly size = new ResizeController(this);

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.url, events: ["changed"] },
      { target: () => this.run.store, events: ["changed"] },
    );
  }

  override render(): TemplateResult {
    const components = this.catalogue.value?.components ?? [];
    const chosen = components.find(({ id }) => id === this.url.get("service"));
    const boards = dashboardsOf(chosen?.kind);
    const board = boards.find(({ id }) => id === this.url.get("board")) ?? boards[0];
    return html`<div class="head row">
        <label class="row">Component ${this.picker(components, chosen)}</label>
        ${boards.length > 1 ? this.tabs(boards, board) : nothing} ${chosen === undefined ? nothing : this.about(chosen)}
      </div>
      <fd-error-notice .error=${this.catalogue.error}></fd-error-notice>
      ${
        board === undefined
          ? html`<fd-empty-state heading="Nothing measures this component">Choose another one.</fd-empty-state>`
          : this.board(board, chosen?.id ?? "")
      }`;
  }

  private picker(components: readonly Component[], chosen: Component | undefined): TemplateResult {
    const kinds = [...new Set(components.map(({ kind }) => kind))];
    return html`<select
      @change=${(event: Event) => {
        const { value } = event.target as HTMLSelectElement;
        this.url.set({ service: value === "" ? undefined : value, board: undefined });
      }}
    >
      <option value="" ?selected=${chosen === undefined}>All: overview</option>
      ${kinds.map(
        (kind) =>
          html`<optgroup label=${KIND_TITLES[kind]}>
            ${components
              .filter((component) => component.kind === kind)
              .map(({ id }) => html`<option value=${id} ?selected=${id === chosen?.id}>${id}</option>`)}
          </optgroup>`,
      )}
    </select>`;
  }

  private tabs(boards: readonly DashboardDefinition[], board: DashboardDefinition | undefined): TemplateResult {
    return html`<span class="row" role="group" aria-label="Dashboard">
      ${boards.map(
        ({ id, title }) =>
          html`<button
            aria-pressed=${id === board?.id ? "true" : "false"}
            @click=${() => {
              this.url.set({ board: id });
            }}
          >
            ${title}
          </button>`,
      )}
    </span>`;
  }

  private about(component: Component): TemplateResult {
    const facts = [component.team, component.language].filter((fact) => fact !== undefined);
    return html`<fd-service-chip name=${component.id}></fd-service-chip>
      ${facts.length === 0 ? nothing : html`<span class="soft small">${facts.join(" · ")}</span>`}
      <span class="row small">
        <a href=${this.url.href("logs", { services: component.id })}>Logs</a>
        <a href=${this.url.href("traces", { service: component.id })}>Traces</a>
        <a href=${this.url.href("map", { node: component.id })}>Map</a>
        <a href=${this.url.href("changes", { target: component.id })}>Changes</a>
      </span>`;
  }

  private board(board: DashboardDefinition, job: string): TemplateResult {
    const known = this.metrics.value?.job === job ? this.metrics.value.names : undefined;
    if (job !== "" && known === undefined && this.metrics.error === undefined) return html``;
    const panels = panelsFor(board.panels, known);
    const sections = [...new Set(panels.map(({ section }) => section))];
    return html`${sections.map(
      (section) =>
        html`<section aria-label=${section}>
          ${sections.length > 1 ? html`<h2>${section}</h2>` : nothing}
          ${this.panels(
            panels.filter((panel) => panel.section === section),
            job,
          )}
        </section>`,
    )}`;
  }

  private panels(panels: readonly PanelDefinition[], job: string): TemplateResult {
    const spans = panelSpans(panels.length, panelsARow(this.size.width));
    return html`<div class="panels" style="grid-template-columns: repeat(${GRID_COLUMNS}, minmax(0, 1fr))">
      ${repeat(
        panels,
        ({ id }) => `${job}/${id}`,
        (panel, index) =>
          html`<fd-dashboard-panel
            style="grid-column: span ${spans[index] ?? GRID_COLUMNS}"
            .definition=${panel}
            .job=${job}
            .markers=${this.markers.markers}
          ></fd-dashboard-panel>`,
      )}
    </div>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      .head {
        position: sticky;
        top: 0;
        z-index: 3;
        gap: var(--space-3);
        padding: var(--space-2) var(--space-4);
        background: var(--surface-0);
        border-block-end: 1px solid var(--line);
      }
      section {
        padding: var(--space-3) var(--space-4) 0;
      }
      h2 {
        color: var(--ink-soft);
        margin-block-end: var(--space-1);
      }
      .panels {
        display: grid;
        gap: var(--space-4) var(--space-3);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-dashboards": DashboardsView;
  }
}
