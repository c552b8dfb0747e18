/**
 * The service map: who calls whom, how much, and what is worse than in the hour before, or than at another time. As a
 * drawing, a tree or a table, with the figures of the chosen part beside it. In the URL: `node` or `edge`, `find`, `only`,
 * `hops`, `group`, `form`, `fold`, `cam`, and the times of map-scope.
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import type { Catalogue } from "../../../server/wire/actions.js";
import type { ServiceMap } from "../../../server/wire/telemetry.js";
import "../../charts/map-graph.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-answer.js";
import "../../elements/error-notice.js";
import type { ExportSource } from "../../elements/export-menu.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import { isOutsideRun } from "../../state/empty-reason.js";
import type { UrlState } from "../../state/url-state.js";
import { fillStyles } from "../logs/fill.styles.js";
import { mapExhibit, mapRequests, mapTable } from "./map-export.js";
import { litNodes } from "./map-figures.js";
import "./map-part.js";
import { compareMaps, edgeId, groupMap, mapWindow, timesText, versusWindow, withinHops } from "./map-scope.js";
import "./map-tables.js";
import "./map-times.js";
import "./map-tools.js";
import "./map-tree.js";

@customElement("fd-view-map")
export class MapView extends LitElement {
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: timeContext }) private readonly time!: TimeModel;

  private readonly map = new QueryController<ServiceMap>(this, {
    key: () => [mapWindow(this.read, this.time.window()), versusWindow(this.read, this.time.window())],
    run: async (signal) => {
      const window = this.time.window();
      const versus = versusWindow(this.read, window);
      const [map, earlier] = await Promise.all([
        this.run.queries.map(mapWindow(this.read, window), signal),
        versus === undefined ? undefined : this.run.queries.map(versus, signal),
      ]);
      return earlier === undefined ? map : compareMaps(map, earlier);
    },
  });

  /** For the teams of parts. */
  private readonly catalogue = new QueryController<Catalogue>(this, {
    key: () => (this.url.get("group") === "team" ? this.run.runId : undefined),
    run: (signal) => this.run.queries.catalogue(signal),
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.url, events: ["changed"] },
      { target: () => this.time, events: ["window"] },
    );
  }

  private readonly read = (name: string): string | undefined => this.url.get(name);

  override render(): TemplateResult {
    const map = this.map.value;
    const error = this.map.error ?? this.catalogue.error;
    return html`<div class="view">
      ${error === undefined ? nothing : html`<fd-error-notice .error=${error}></fd-error-notice>`}
      ${
        isOutsideRun(this.run.store, mapWindow(this.read, this.time.window()))
          ? html`<fd-empty-answer heading="Nothing is known of this time"></fd-empty-answer>`
          : map === undefined
            ? nothing
            : this.renderMap(this.grouped(map))
      }
    </div>`;
  }

  private grouped(map: ServiceMap): ServiceMap {
    const group = this.url.get("group");
    if (group === "kind") return groupMap(map, ({ kind }) => kind);
    const { value } = this.catalogue;
    if (group !== "team" || value === undefined) return map;
    const teams = new Map(value.components.map(({ id, team }) => [id, team]));
    return groupMap(map, ({ id }) => teams.get(id) ?? id);
  }

  private litOf(map: ServiceMap): ReadonlySet<string> {
    const lit = litNodes(map, { find: this.url.get("find") ?? "", onlyErrors: this.url.get("only") === "errors" });
    const hops = Number(this.url.get("hops"));
    const node = this.url.get("node");
    if (!(hops > 0) || node === undefined) return lit;
    const near = withinHops(map.edges, node, hops);
    return new Set([...lit].filter((id) => near.has(id)));
  }

  private renderMap(map: ServiceMap): TemplateResult {
    const lit = this.litOf(map);
    const isChosen = this.url.get("node") !== undefined || this.url.get("edge") !== undefined;
    return html`
      <fd-map-tools
        .lit=${lit.size}
        .total=${map.nodes.length}
        .source=${() => this.exported(map)}
        .exhibit=${() => mapExhibit(map)}
      ></fd-map-tools>
      <fd-map-times></fd-map-times>
      ${lit.size > 0 ? nothing : this.renderNone()}
      <div class="panes ${isChosen ? "chosen" : ""}">
        ${this.renderForm(map, lit)}
        <aside aria-label="The chosen part" aria-live="polite">
          <fd-map-part
            .map=${map}
            .node=${this.url.get("node")}
            .edge=${this.url.get("edge")}
            @node-choose=${this.nodeChosen}
            @edge-choose=${this.edgeChosen}
          ></fd-map-part>
        </aside>
      </div>
    `;
  }

  private renderForm(map: ServiceMap, lit: ReadonlySet<string>): TemplateResult {
    const form = this.url.get("form");
    if (form === "table")
      return html`<fd-map-tables
        .map=${map}
        .lit=${lit}
        @node-choose=${this.nodeChosen}
        @edge-choose=${this.edgeChosen}
      ></fd-map-tables>`;
    if (form === "tree")
      return html`<fd-map-tree
        .map=${map}
        .lit=${lit}
        .chosen=${this.url.get("node")}
        .folded=${new Set((this.url.get("fold") ?? "").split(",").filter((path) => path !== ""))}
        @node-choose=${this.nodeChosen}
        @fold-change=${(event: CustomEvent<{ readonly folded: readonly string[] }>) => {
          this.url.set({ fold: event.detail.folded.join(",") || undefined }, { replace: true });
        }}
      ></fd-map-tree>`;
    return html`<fd-service-graph
      .map=${map}
      .lit=${lit}
      .chosen=${this.url.get("node") ?? this.url.get("edge")}
      .camera=${this.url.get("cam")}
      @camera-change=${(event: CustomEvent<{ readonly camera: string | undefined }>) => {
        this.url.set({ cam: event.detail.camera }, { replace: true });
      }}
      @node-choose=${this.nodeChosen}
      @edge-choose=${this.edgeChosen}
    ></fd-service-graph>`;
  }

  private readonly nodeChosen = (event: CustomEvent<{ readonly id: string }>): void => {
    this.url.set({ node: event.detail.id, edge: undefined });
  };

  private readonly edgeChosen = (event: CustomEvent<{ readonly from: string; readonly to: string }>): void => {
    this.url.set({ node: undefined, edge: edgeId(event.detail) });
  };

  /** The parts stay on the screen, dimmed: where they are is worth more than an empty page. */
  private renderNone(): TemplateResult {
    const names = ["find", "only", "hops"].filter((name) => this.url.get(name) !== undefined);
    const why =
      this.url.get("only") === "errors" && this.url.get("find") === undefined
        ? "No part answers worse than the time it is compared with."
        : "No part matches.";
    return html`<p class="soft row" role="status">
      ${why}
      <button
        type="button"
        @click=${() => {
          this.url.set(Object.fromEntries(names.map((name) => [name, undefined])));
        }}
      >
        Show all parts
      </button>
      ${
        this.url.get("only") === "errors"
          ? html`<a href=${this.url.href("metrics", { browse: "1" })}>Metrics that changed most</a>`
          : nothing
      }
    </p>`;
  }

  private exported(map: ServiceMap): ExportSource {
    const chart = this.renderRoot.querySelector("fd-service-graph");
    return {
      title: "Service map",
      caption: timesText(this.read, this.time.window()),
      table: mapTable(map),
      json: map,
      requests: mapRequests(mapWindow(this.read, this.time.window())),
      ...(chart === null ? {} : { chart }),
    };
  }

  static override styles = [
    sharedStyles,
    fillStyles,
    css`
      .panes {
        flex: 1;
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(210px, 270px);
        border-block-start: 1px solid var(--line);
        min-height: 320px;
      }
      /* The drawing has the whole width until something is chosen: its text is small enough as it is. */
      .panes:not(.chosen) {
        grid-template-columns: minmax(0, 1fr);
      }
      .panes:not(.chosen) aside {
        display: none;
      }
      aside {
        overflow: auto;
        padding: var(--space-2) 0 var(--space-2) var(--space-3);
        border-inline-start: 1px solid var(--line);
      }
      @media (max-width: 900px) {
        .panes {
          grid-template-columns: 1fr;
          grid-template-rows: minmax(360px, 1fr) auto;
        }
        aside {
          border: 0;
          padding-inline-start: 0;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-map": MapView;
  }
}
