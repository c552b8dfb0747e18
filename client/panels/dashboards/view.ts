/** Dashboards: the overview, each component's own, and the monitoring. The URL names the component (`service`). */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Catalogue } from "../../../server/wire/actions.js";
import { MarkerController } from "../../controllers/marker-controller.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import "../../elements/service-chip.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, urlContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { dashboardsOf } from "./definitions.js";
import type { DashboardDefinition } from "./definitions.js";
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
    const sections = [...new Set(board.panels.map(({ section }) => section))];
    return html`${sections.map(
      (section) =>
        html`<section aria-label=${section}>
          ${sections.length > 1 ? html`<h2>${section}</h2>` : nothing}
          <div class="panels">
            ${repeat(
              board.panels.filter((panel) => panel.section === section),
              ({ id }) => `${job}/${id}`,
              (panel) =>
                html`<fd-dashboard-panel
                  .definition=${panel}
                  .job=${job}
                  .markers=${this.markers.markers}
                ></fd-dashboard-panel>`,
            )}
          </div>
        </section>`,
    )}`;
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
        grid-template-columns: repeat(auto-fill, minmax(min(380px, 100%), 1fr));
        gap: var(--space-4) var(--space-5);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-dashboards": DashboardsView;
  }
}
