/**
 * The service map: who calls whom, how much, and what is worse than in the hour before. As a drawing or as a table, with
 * the figures of the chosen part beside it. In the URL: `node` or `edge`, `find`, `only`, `form`.
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import type { MapEdge, MapNode, ServiceMap, TrafficFigures } from "../../../server/wire/telemetry.js";
import "../../charts/map-graph.js";
import { healthOf } from "../../charts/map-health.js";
import type { Health } from "../../charts/map-health.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/error-notice.js";
import { icon } from "../../elements/icons.js";
import "../../elements/pin-button.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import "../../elements/service-chip.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { fillStyles } from "../logs/fill.styles.js";
import { figureRows, figuresText, litNodes } from "./map-figures.js";

@customElement("fd-view-map")
export class MapView extends LitElement {
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: timeContext }) private readonly time!: TimeModel;

  private readonly map = new QueryController<ServiceMap>(this, {
    key: () => this.time.window(),
    run: (signal) => this.run.queries.map(this.time.window(), signal),
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.url, events: ["changed"] },
      { target: () => this.time, events: ["window"] },
    );
  }

  override render(): TemplateResult {
    const map = this.map.value;
    return html`<div class="view">
      ${this.map.error === undefined ? nothing : html`<fd-error-notice .error=${this.map.error}></fd-error-notice>`}
      ${map === undefined ? nothing : this.renderMap(map)}
    </div>`;
  }

  private renderMap(map: ServiceMap): TemplateResult {
    const lit = litNodes(map, { find: this.url.get("find") ?? "", onlyErrors: this.url.get("only") === "errors" });
    const asTable = this.url.get("form") === "table";
    return html`
      ${this.renderTools(map, lit, asTable)}
      <div class="panes ${this.url.get("node") === undefined && this.url.get("edge") === undefined ? "" : "chosen"}">
        ${
          asTable
            ? this.renderTable(map, lit)
            : html`<fd-service-graph
                .map=${map}
                .lit=${lit}
                .chosen=${this.url.get("node") ?? this.url.get("edge")}
                @node-choose=${(event: CustomEvent<{ readonly id: string }>) => {
                  this.choose({ node: event.detail.id });
                }}
                @edge-choose=${(event: CustomEvent<{ readonly from: string; readonly to: string }>) => {
                  this.choose({ edge: `${event.detail.from}>${event.detail.to}` });
                }}
              ></fd-service-graph>`
        }
        <aside aria-label="The chosen part" aria-live="polite">${this.renderChosen(map)}</aside>
      </div>
    `;
  }

  private choose(part: { readonly node?: string; readonly edge?: string }): void {
    this.url.set({ node: part.node, edge: part.edge });
  }

  private renderTools(map: ServiceMap, lit: ReadonlySet<string>, asTable: boolean): TemplateResult {
    const only = this.url.get("only") === "errors";
    return html`<div class="row">
      <input
        type="search"
        aria-label="Find a part"
        placeholder="Find a part"
        .value=${this.url.get("find") ?? ""}
        @input=${(event: Event) => {
          this.url.set({ find: (event.target as HTMLInputElement).value || undefined }, { replace: true });
        }}
      />
      <button
        aria-pressed=${only ? "true" : "false"}
        @click=${() => {
          this.url.set({ only: only ? undefined : "errors" });
        }}
      >
        Only what is worse
      </button>
      <button
        aria-pressed=${asTable ? "true" : "false"}
        @click=${() => {
          this.url.set({ form: asTable ? undefined : "table" });
        }}
      >
        ${icon("table", 14)} Table
      </button>
      <span class="soft small" role="status">${lit.size} of ${map.nodes.length} parts</span>
      <span class="soft small legend">
        Now against the hour before: <span class="warning">▲ worse</span> <span class="critical">◆ much worse</span>;
        the wider an edge, the more calls
      </span>
      <fd-pin-button label="Pin map" .exhibit=${() => mapExhibit(map)}></fd-pin-button>
    </div>`;
  }

  private renderTable(map: ServiceMap, lit: ReadonlySet<string>): TemplateResult {
    const edges = map.edges.filter(({ from, to }) => lit.has(from) && lit.has(to));
    return html`<div class="tables" tabindex="0" role="group" aria-label="The map as tables">
      <table>
        <caption>
          Parts
        </caption>
        ${tableHead("Part")}
        <tbody>
          ${map.nodes
            .filter(({ id }) => lit.has(id))
            .map((node) =>
              this.tableRow(html`<fd-service-chip name=${node.id}></fd-service-chip>`, node, { node: node.id }),
            )}
        </tbody>
      </table>
      <table>
        <caption>
          Calls
        </caption>
        ${tableHead("From → to")}
        <tbody>
          ${edges.map((edge) =>
            this.tableRow(html`${edge.from} → ${edge.to}`, edge, { edge: `${edge.from}>${edge.to}` }),
          )}
        </tbody>
      </table>
    </div>`;
  }

  private tableRow(
    name: TemplateResult,
    { now, before }: { readonly now?: TrafficFigures; readonly before?: TrafficFigures },
    part: { readonly node?: string; readonly edge?: string },
  ): TemplateResult {
    return html`<tr>
      <td>
        <button
          class="link"
          @click=${() => {
            this.choose(part);
          }}
        >
          ${name}
        </button>
      </td>
      ${figureRows(now, before).map((row) => html`<td class="number">${row.now}<br /><span class="soft">${row.before}</span></td>`)}
      <td>${healthText(healthOf(now, before))}</td>
    </tr>`;
  }

  private renderChosen(map: ServiceMap): TemplateResult | typeof nothing {
    const node = map.nodes.find(({ id }) => id === this.url.get("node"));
    if (node !== undefined) return this.renderNode(map, node);
    const edge = map.edges.find(({ from, to }) => `${from}>${to}` === this.url.get("edge"));
    if (edge !== undefined) return this.renderEdge(edge);
    return nothing;
  }

  private renderNode(map: ServiceMap, node: MapNode): TemplateResult {
    const callers = map.edges.filter(({ to }) => to === node.id);
    const callees = map.edges.filter(({ from }) => from === node.id);
    return html`<h2><fd-service-chip name=${node.id}></fd-service-chip></h2>
      <p class="soft">${node.title}, ${node.kind}</p>
      ${healthText(healthOf(node.now, node.before))} ${figureTable(node)} ${this.links(node)}
      ${this.calls("Called by", callers, ({ from }) => from)} ${this.calls("Calls", callees, ({ to }) => to)}
      <fd-pin-button
        label="Pin these figures"
        .exhibit=${() => partExhibit(`${node.id} on the map`, node)}
      ></fd-pin-button>`;
  }

  /** Dashboards and telemetry exist for what runs our code; other parts are seen through their callers. */
  private links(node: MapNode): TemplateResult {
    const emits = node.kind === "service";
    return html`<ul>
      ${
        emits
          ? html`<li><a href=${this.url.href("dashboards", { service: node.id })}>${icon("grid", 14)} Dashboard</a></li>
              <li><a href=${this.url.href("logs", { services: node.id })}>${icon("lines", 14)} Logs</a></li>
              <li><a href=${this.url.href("traces", { service: node.id })}>${icon("waterfall", 14)} Traces</a></li>
              <li>
                <a href=${this.url.href("traces", { service: node.id, status: "error" })}
                  >${icon("critical", 14)} Traces with errors</a
                >
              </li>`
          : nothing
      }
      <li><a href=${this.url.href("changes", { target: node.id })}>${icon("diff", 14)} Changes</a></li>
    </ul>`;
  }

  private calls(title: string, edges: readonly MapEdge[], other: (edge: MapEdge) => string): TemplateResult {
    if (edges.length === 0) return html``;
    return html`<h3>${title}</h3>
      <ul>
        ${edges.map((edge) => {
          const health = healthOf(edge.now, edge.before);
          return html`<li>
            <button
              class="link"
              @click=${() => {
                this.choose({ edge: `${edge.from}>${edge.to}` });
              }}
            >
              ${other(edge)}
            </button>
            ${health.reasons.length === 0 ? nothing : healthText(health)}
          </li>`;
        })}
      </ul>`;
  }

  private renderEdge(edge: MapEdge): TemplateResult {
    const part = (id: string): TemplateResult =>
      html`<button
        class="link"
        @click=${() => {
          this.choose({ node: id });
        }}
      >
        <fd-service-chip name=${id}></fd-service-chip>
      </button>`;
    return html`<h2>${part(edge.from)} → ${part(edge.to)}</h2>
      <p class="soft">Calls as the caller sees them, waiting for a connection included.</p>
      ${healthText(healthOf(edge.now, edge.before))} ${figureTable(edge)}
      <ul>
        <li>
          <a href=${this.url.href("traces", { service: edge.from, order: "slowest" })}
            >${icon("waterfall", 14)} Slowest traces through ${edge.from}</a
          >
        </li>
        <li>
          <a href=${this.url.href("logs", { services: edge.from, q: edge.to })}
            >${icon("lines", 14)} Logs of ${edge.from} that name ${edge.to}</a
          >
        </li>
      </ul>
      <fd-pin-button
        label="Pin these figures"
        .exhibit=${() => partExhibit(`Calls from ${edge.from} to ${edge.to}`, edge)}
      ></fd-pin-button>`;
  }

  static override styles = [
    sharedStyles,
    fillStyles,
    css`
      .row fd-pin-button {
        margin-inline-start: auto;
      }
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
      h3 {
        margin-block-start: var(--space-3);
      }
      ul {
        list-style: none;
        margin: var(--space-2) 0;
        padding: 0;
      }
      li {
        padding-block: 3px;
        line-height: 20px;
      }
      .tables {
        overflow: auto;
        padding-inline-end: var(--space-3);
      }
      caption {
        text-align: start;
        font-weight: 600;
        padding-block: var(--space-2) var(--space-1);
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

function tableHead(first: string): TemplateResult {
  return html`<thead>
    <tr>
      <th>${first}</th>
      ${figureRows(undefined, undefined).map(({ name }) => html`<th class="number">${name}<br />before</th>`)}
      <th>Against the hour before</th>
    </tr>
  </thead>`;
}

interface Measured {
  readonly now?: TrafficFigures;
  readonly before?: TrafficFigures;
}

function figureTable({ now, before }: Measured): TemplateResult {
  return html`<table>
    <thead>
      <tr>
        <th></th>
        <th class="number">in the window</th>
        <th class="number">hour before</th>
      </tr>
    </thead>
    <tbody>
      ${figureRows(now, before).map(
        (row) =>
          html`<tr>
            <th scope="row">${row.name}</th>
            <td class="number">${row.now}</td>
            <td class="number">${row.before}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** Symbol, colour and words together. */
function healthText({ severity, reasons }: Health): TemplateResult {
  if (severity === "unknown") return html`<span class="soft">not measured</span>`;
  if (reasons.length === 0) return html`<span class="soft">as before</span>`;
  return html`<span class=${severity}>${icon(severity, 14)} ${reasons.join(", ")}</span>`;
}

function partExhibit(title: string, part: Measured): ExhibitParts {
  const facts = figureRows(part.now, part.before).map(({ name, now, before }) => ({
    name,
    value: `${now} (hour before: ${before})`,
  }));
  return { title, frozen: { kind: "facts", facts } };
}

/** Only what is worse: the rest of a map says little in a notebook. */
function mapExhibit(map: ServiceMap): ExhibitParts {
  const parts = [
    ...map.nodes.map((node) => ({ name: node.id, part: node })),
    ...map.edges.map((edge) => ({ name: `${edge.from} → ${edge.to}`, part: edge })),
  ];
  const facts = parts
    .filter(({ part }) => healthOf(part.now, part.before).reasons.length > 0)
    .map(({ name, part }) => ({ name, value: figuresText(part.now, part.before) }));
  return {
    title: "Service map",
    frozen: {
      kind: "facts",
      facts: facts.length > 0 ? facts : [{ name: "map", value: "everything as in the hour before" }],
    },
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-map": MapView;
  }
}
